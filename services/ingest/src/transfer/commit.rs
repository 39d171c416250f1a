//! The one transaction that makes a verified copy the original, and says what becomes of the source.

use std::time::Duration;

use stowage_db::{
    DbError, Tx,
    repo::{NewExternalOp, TransferRow},
};
use stowage_domain::{
    ExternalOpId, KeepLocalCopy, Lifecycle, ObjectRole, StorageId, TransferEffect, TransferEvent,
    TransferKind,
    purge::{DeleteHow, Event, OpReason, OpState, step},
};
use stowage_jobs::{JobContext, NewJob};
use stowage_proto::job::DeleteOriginal;

use super::{Begun, Placed};
use crate::Deps;

const HOUR: Duration = Duration::from_hours(1);

/// What a commit came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Committed {
    Yes,
    /// The asset is on its way out, or the source became something else: the copy is the reaper's.
    No,
    /// What the target has is not what was sent.
    Different,
}

/// Records the comparison; where it agrees, the copy is the original from then on.
pub(crate) async fn commit(
    deps: &Deps,
    begun: &Begun,
    placed: &Placed,
    hash: &[u8],
    context: &JobContext,
) -> Result<Committed, DbError> {
    let tx = deps.db.begin_in(begun.target.workspace).await?;
    tx.jobs().guard(context).await?;
    let row = tx.transfers().lock(begun.row.id).await?;
    let row = row.ok_or_else(|| lost(begun))?;
    let event = TransferEvent::Compared {
        attempt: begun.attempt,
        hash,
    };
    let (after, effect) = row.standing().step(event);
    match effect {
        Some(TransferEffect::Adopt { .. }) => {}
        Some(TransferEffect::Discard { .. }) => return Ok(Committed::Different),
        _ => return Err(lost(begun)),
    }
    if !adopt(&tx, begun, placed).await? {
        // Whatever was adopted in this transaction is not.
        drop(tx);
        return give_up(deps, begun, context).await;
    }
    tx.transfers().save(&row, after).await?;
    tx.transfers().clear_trouble(row.id).await?;
    if row.kind != TransferKind::Copy {
        release(&tx, deps, begun, &row).await?;
    }
    tx.commit().await?;
    Ok(Committed::Yes)
}

/// Makes the copy the asset's. False when something stands against it.
async fn adopt(tx: &Tx, begun: &Begun, placed: &Placed) -> Result<bool, DbError> {
    let id = begun.row.asset;
    let Some(asset) = tx.assets().lock_to_move(id).await? else {
        return Ok(false);
    };
    let is_kept = matches!(asset.lifecycle, Lifecycle::Live | Lifecycle::Trashed);
    if !is_kept || asset.sha256 != begun.asset.sha256 {
        return Ok(false);
    }
    let role = match begun.row.kind {
        TransferKind::Copy => ObjectRole::Copy,
        _ => ObjectRole::Original,
    };
    let objects = tx.transfers();
    if role == ObjectRole::Original {
        let revision = begun.source.imported_revision.as_deref();
        let revision = revision.unwrap_or_default();
        if !objects.step_down(begun.source.id, id, revision).await? {
            return Ok(false);
        }
    }
    if !objects
        .adopt(placed.object, (id, role), &placed.written)
        .await?
    {
        return Ok(false);
    }
    if asset.lifecycle == Lifecycle::Trashed {
        tx.bin().remember_places(&[id]).await?;
    }
    Ok(true)
}

/// Leaves the copy to the reaper: nobody wants it any more.
async fn give_up(deps: &Deps, begun: &Begun, context: &JobContext) -> Result<Committed, DbError> {
    let tx = deps.db.begin_in(begun.target.workspace).await?;
    tx.jobs().guard(context).await?;
    if let Some(row) = tx.transfers().lock(begun.row.id).await? {
        tx.transfers().cancel(&row).await?;
    }
    tx.commit().await?;
    Ok(Committed::No)
}

/// Commits the intent to have the source go, and the job that asks for it.
async fn release(tx: &Tx, deps: &Deps, begun: &Begun, row: &TransferRow) -> Result<(), DbError> {
    let Some(wait) = kept_for(begun) else {
        // It stays, as a further copy.
        tx.transfers()
            .settle_source(begun.source.id, row.asset, true)
            .await?;
        return Ok(());
    };
    let is_central = begun.source.storage == StorageId::central_of(begun.target.workspace);
    let op = NewExternalOp {
        id: ExternalOpId(deps.ids.next()),
        reason: OpReason::Transfer,
        storage: begun.source.storage,
        asset: row.asset,
        object: begun.source.id,
        path: begun.source.path.clone(),
        revision: begun.source.imported_revision.clone().unwrap_or_default(),
        size: begun.source.size,
        how: if is_central {
            DeleteHow::Central
        } else {
            DeleteHow::Permanent
        },
        state: step(OpState::Planned, Event::Commit).0,
        error: None,
    };
    tx.external_ops().insert(&op).await?;
    let job = DeleteOriginal {
        external_op_id: op.id.to_string(),
    };
    let due = tx.now_is().await? + wait;
    let job = NewJob::of(Some(begun.target.workspace), &job).due_at(due);
    tx.jobs().enqueue_all(vec![job]).await
}

/// Returns for how long the source stays once the copy is verified; none for good.
fn kept_for(begun: &Begun) -> Option<Duration> {
    match begun.row.kind {
        TransferKind::Deliver => {
            let settings = &begun.target.delivery;
            let days = u32::try_from(settings.keep_local_days).unwrap_or_default();
            match settings.keep_local_copy {
                KeepLocalCopy::UntilVerified => Some(Duration::ZERO),
                KeepLocalCopy::Days => Some(HOUR * 24 * days),
                KeepLocalCopy::Always => None,
            }
        }
        TransferKind::Collect => Some(HOUR * begun.collector_hold_hours),
        TransferKind::Migrate => (!begun.leaves_source).then_some(Duration::ZERO),
        TransferKind::Copy => None,
    }
}

fn lost(begun: &Begun) -> DbError {
    DbError::LeaseLost {
        what: format!("transfer {}", begun.row.id),
    }
}
