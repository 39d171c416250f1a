//! Asks storages that nothing scans whether they still answer (D18: hourly), and those that failed
//! whether they work again (D8).

use std::time::Duration;

use futures::StreamExt;
use stowage_db::{DbError, Scope};
use stowage_domain::{StorageId, WorkspaceId};
use stowage_storage::StorageError;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::{
    ConnectorConfig, Deps,
    health::HealthKeeper,
    marker::prove,
    open::{OpenError, Opener},
};

/// Storages asked in one round.
const ROUND: u32 = 50;

/// Checks what is due, again and again, until `stop` fires.
pub(crate) async fn run(config: ConnectorConfig, deps: Deps, stop: CancellationToken) {
    let pause = config.retry_failed_after.min(config.check_every / 10);
    let pause = pause.max(Duration::from_secs(1));
    let opener = Opener::new(
        deps.db.clone(),
        deps.egress.clone(),
        deps.keys.clone(),
        config.folders,
    );
    let health = HealthKeeper {
        db: deps.db.clone(),
        bus: deps.bus.clone(),
    };
    while stop
        .run_until_cancelled(tokio::time::sleep(pause))
        .await
        .is_some()
    {
        let now = deps.clock.now();
        let (before, soon) = (now - config.check_every, config.retry_failed_after);
        let due = async {
            let tx = deps.db.read(Scope::System).await?;
            tx.storages()
                .list_unchecked(before, now - soon, now + soon, ROUND)
                .await
        };
        match due.await {
            Ok(storages) => {
                for storage in storages {
                    check(&deps, &opener, &health, storage.workspace, storage.id).await;
                }
            }
            Err(error) => warn!(%error, "could not look for storages to check"),
        }
    }
}

async fn check(
    deps: &Deps,
    opener: &Opener,
    health: &HealthKeeper,
    workspace: WorkspaceId,
    id: StorageId,
) {
    match try_check(deps, opener, workspace, id).await {
        Ok(Ok(())) => health.succeeded(workspace, id).await,
        Ok(Err(error)) => health.failed(workspace, id, &error).await,
        Err(error) => warn!(storage.id = %id, %error, "could not check storage {id}"),
    }
}

/// The root answers, is the one that was connected, and its first page lists.
async fn try_check(
    deps: &Deps,
    opener: &Opener,
    workspace: WorkspaceId,
    id: StorageId,
) -> Result<Result<(), StorageError>, DbError> {
    let (row, storage) = match opener.open(workspace, id).await {
        Ok(opened) => opened,
        Err(OpenError::Storage(error)) => return Ok(Err(error)),
        Err(OpenError::Db(error)) => return Err(error),
    };
    let (db, clock) = (&deps.db, &*deps.clock);
    let expected = db.read_in(workspace).await?.scans().identity(id).await?;
    match prove(db, clock, &row, &*storage, expected.as_deref()).await {
        Ok(_) => {}
        Err(OpenError::Storage(error)) => return Ok(Err(error)),
        Err(OpenError::Db(error)) => return Err(error),
    }
    let page = storage.list(None).next().await;
    Ok(page.transpose().map(|_| ()))
}
