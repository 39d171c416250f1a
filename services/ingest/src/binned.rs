//! What an import makes of a file whose asset is in the bin or purged: it brings nothing back, and
//! takes nothing along that is new (SPEC D6, D22).

use stowage_db::{
    DbError, Tx,
    repo::{ImportedAsset, ImportedFile},
};
use stowage_domain::{AssetId, Ids, Lifecycle};

use crate::record::Recorded;

/// Decides over a file at the place of an asset that is not live. None where the asset is live.
///
/// The same content stays what it is: in the bin, or suppressed. Other content is nobody's that was
/// deleted: it becomes an asset of its own.
pub(crate) async fn record_binned(
    tx: &Tx,
    ids: &dyn Ids,
    asset: ImportedAsset,
    (is_same, file): (bool, &ImportedFile),
) -> Result<Option<Recorded>, DbError> {
    match tx.assets().lifecycle(asset.id).await? {
        None | Some(Lifecycle::Live) => return Ok(None),
        Some(Lifecycle::Trashed | Lifecycle::Purging | Lifecycle::Purged) => {}
    }
    if is_same {
        return Ok(Some(Recorded {
            asset,
            is_new_content: false,
        }));
    }
    let asset = tx.assets().insert(ids.next().into(), file).await?;
    Ok(Some(Recorded {
        asset,
        is_new_content: true,
    }))
}

/// Returns whether an asset is only remembered, so that a file of its that moved is not imported.
pub(crate) async fn is_purged(tx: &Tx, asset: AssetId) -> Result<bool, DbError> {
    let lifecycle = tx.assets().lifecycle(asset).await?;
    Ok(matches!(
        lifecycle,
        Some(Lifecycle::Purging | Lifecycle::Purged)
    ))
}
