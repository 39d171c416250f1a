//! Pictures that no asset shows any more: of former versions, and of assets that were dropped with
//! their storage or forgotten. Taken by row, deleted, forgotten, so that a crash only repeats.

use stowage_db::{DbError, Scope, repo::LeftPictures};
use stowage_domain::{RenditionKind, rendition_key};
use stowage_storage::{DeleteCondition, ObjectPath};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::{Deps, PurgerConfig};

/// Contents in one round.
const BATCH: u32 = 100;

pub(crate) async fn reap(config: &PurgerConfig, deps: &Deps, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        match reap_batch(config, deps).await {
            Ok(count) if count == BATCH as usize => {}
            Ok(0) => return,
            Ok(count) => {
                debug!(
                    pictures.reaped = count,
                    "took pictures of {count} contents away"
                );
                return;
            }
            Err(error) => {
                warn!(%error, "could not take pictures away that nothing shows any more");
                return;
            }
        }
    }
}

async fn reap_batch(config: &PurgerConfig, deps: &Deps) -> Result<usize, DbError> {
    let before = deps.clock.now() - config.keep_pictures;
    let tx = deps.db.begin(Scope::System).await?;
    let taken = tx.pictures().take_reapable(before, BATCH).await?;
    tx.commit_quietly().await?;
    let mut gone = Vec::with_capacity(taken.len());
    for pictures in taken {
        if delete(deps, &pictures).await {
            gone.push(pictures);
        }
    }
    if gone.is_empty() {
        return Ok(0);
    }
    let tx = deps.db.begin(Scope::System).await?;
    for pictures in &gone {
        tx.pictures().forget(pictures).await?;
    }
    tx.commit_quietly().await?;
    metrics::counter!("stowage_pictures_reaped_total").increment(gone.len() as u64);
    Ok(gone.len())
}

/// What cannot be deleted now keeps its row, and is taken again.
async fn delete(deps: &Deps, pictures: &LeftPictures) -> bool {
    for kind in RenditionKind::ALL {
        let key = rendition_key(pictures.workspace, &pictures.content_key, *kind);
        let Ok(path) = ObjectPath::new(key) else {
            continue;
        };
        if let Err(error) = deps.central.delete(&path, DeleteCondition::OwnKey).await {
            warn!(%error, "could not take a picture away; it is tried again");
            return false;
        }
    }
    true
}
