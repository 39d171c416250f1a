//! Taking a transfer up: is there anything to do, and may it be done now?

use std::time::Duration;

use stowage_db::{
    DbError, Tx,
    repo::{ChosenMain, MovingAsset, ObjectRow, StorageRow, TransferRow},
};
use stowage_domain::{
    Lifecycle, MainAway, Placing, StorageId, TransferEffect, TransferEvent, TransferId,
    TransferKind, TransferTrouble, WorkspaceId, delivery_wait, effective_main,
};
use stowage_jobs::JobContext;

use crate::Deps;

/// How long a transfer waits for a storage that is off; switching it on makes it due.
const AWAY: Duration = Duration::from_mins(5);

/// A copy that was begun.
#[derive(Debug)]
pub(crate) struct Begun {
    pub(crate) row: TransferRow,
    pub(crate) attempt: u32,
    pub(crate) asset: MovingAsset,
    pub(crate) source: ObjectRow,
    pub(crate) target: StorageRow,
    /// What the target proved to be when it was scanned.
    pub(crate) identity: Option<String>,
    /// The source stays, as a further copy.
    pub(crate) leaves_source: bool,
    /// How long a collected file stays after it was delivered.
    pub(crate) collector_hold_hours: u32,
}

/// What taking a transfer up came to.
pub(crate) enum Start {
    Go(Box<Begun>),
    /// There is nothing to do, or not any more.
    Over,
    Wait(Duration, String),
}

/// Records that a copy is begun, unless it has to wait.
pub(crate) async fn begin(
    deps: &Deps,
    (workspace, id): (WorkspaceId, TransferId),
    context: &JobContext,
) -> Result<Start, DbError> {
    let tx = deps.db.begin_in(workspace).await?;
    tx.jobs().guard(context).await?;
    let Some(row) = tx.transfers().lock(id).await? else {
        return Ok(Start::Over);
    };
    let (after, effect) = row.standing().step(TransferEvent::Begin);
    // What is committed is the purger's: it has the source go.
    let Some(TransferEffect::Copy { attempt }) = effect else {
        return Ok(Start::Over);
    };
    let Some((asset, source)) = subject(&tx, &row).await? else {
        tx.transfers().cancel(&row).await?;
        tx.commit().await?;
        return Ok(Start::Over);
    };
    let target = tx.main_storage().stands(row.target).await?;
    let target = target.ok_or_else(|| DbError::NotFound {
        table: "storage",
        id: row.target.to_string(),
    })?;
    if let Some((wait, trouble, reason)) = obstacle(&tx, &target).await? {
        let told = (trouble, reason.as_str());
        tx.transfers()
            .note_trouble(id, told, false, Some(wait))
            .await?;
        tx.commit().await?;
        return Ok(Start::Wait(wait, reason));
    }
    tx.transfers().save(&row, after).await?;
    let from = tx.storages().find(row.source_storage).await?;
    let hold = from.map_or(0, |from| from.delivery.collector_hold_hours);
    let leaves_source = match row.migration {
        Some(id) => tx.migrations().leaves_source(id).await?,
        None => false,
    };
    let identity = tx.scans().identity(row.target).await?;
    tx.commit().await?;
    Ok(Start::Go(Box::new(Begun {
        row,
        attempt,
        asset,
        source,
        target: target.storage,
        identity,
        leaves_source,
        collector_hold_hours: u32::try_from(hold).unwrap_or_default(),
    })))
}

/// Returns what is to go; none where the asset is on its way out, is another version by now, or its
/// original is not where it was.
async fn subject(tx: &Tx, row: &TransferRow) -> Result<Option<(MovingAsset, ObjectRow)>, DbError> {
    let Some(asset) = tx.assets().lock_to_move(row.asset).await? else {
        return Ok(None);
    };
    let is_kept = matches!(asset.lifecycle, Lifecycle::Live | Lifecycle::Trashed);
    let is_same = match &row.sha256 {
        Some(sha256) => asset.sha256.as_ref() == Some(sha256),
        None => asset.version == row.version,
    };
    let source = match row.kind {
        TransferKind::Copy => any_source(tx, row).await?,
        _ => tx.objects().find(row.source_object).await?,
    };
    let source = source.filter(|source| source.asset == Some(row.asset) && source.present);
    Ok(source
        .filter(|_| is_kept && is_same)
        .map(|source| (asset, source)))
}

/// Returns where a further copy is made from: central storage where the original is still there, else
/// wherever it went.
async fn any_source(tx: &Tx, row: &TransferRow) -> Result<Option<ObjectRow>, DbError> {
    let objects = tx.objects().of_asset(row.asset).await?;
    let mut there: Vec<ObjectRow> = objects
        .into_iter()
        .filter(|object| object.present && object.storage != row.target)
        .collect();
    let central = |object: &ObjectRow| object.storage == StorageId::central_of(object.workspace);
    there.sort_by_key(|object| !central(object));
    Ok(there.into_iter().next())
}

/// Returns why nothing is written to the target now.
async fn obstacle(
    tx: &Tx,
    target: &ChosenMain,
) -> Result<Option<(Duration, TransferTrouble, String)>, DbError> {
    if let Placing::Fallback(away) = effective_main(Some(target.facts())) {
        let reason = match away {
            MainAway::Off => "the storage is switched off",
            MainAway::Disconnected => "the storage is disconnected",
            MainAway::ReadOnly => "the storage may only be read",
            MainAway::NotInPlan => "the plan does not include external storages",
        };
        let trouble = TransferTrouble::Unreachable;
        return Ok(Some((AWAY, trouble, reason.to_owned())));
    }
    let id = target.storage.id;
    let Some(known) = tx.transfers().delivery(id).await? else {
        return Ok(None);
    };
    let wait = tx
        .transfers()
        .take_turn(id, delivery_wait(known.failures + 1))
        .await?;
    Ok(wait.map(|wait| (wait, known.trouble, known.reason)))
}
