//! What the catalog makes of a file that was read: a new asset, a new version of one, or one that
//! moved (SPEC D6, D7; ARCHITECTURE 4.8).

use stowage_db::{
    DbError, Tx,
    repo::{ImportedAsset, ImportedFile, ObjectRow},
};
use stowage_domain::{AssetId, Ids, MoveVerdict, ObjectRole, OnMove, RemoteObjectId, judge_move};

use crate::{
    binned::{is_purged, record_binned},
    recreate::replace,
};

/// An asset whose original left the place where it was known, for the one just read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MovedFrom {
    pub(crate) object: RemoteObjectId,
    pub(crate) asset: AssetId,
    /// What the storage is set to make of that.
    pub(crate) on_move: OnMove,
}

/// What became of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Recorded {
    pub(crate) asset: ImportedAsset,
    /// Its pictures are to be made.
    pub(crate) is_new_content: bool,
}

/// Writes what was read of `object`, within the caller's transaction.
pub(crate) async fn record(
    tx: &Tx,
    ids: &dyn Ids,
    object: &ObjectRow,
    file: &ImportedFile,
    moved_from: Option<MovedFrom>,
    again: bool,
) -> Result<Recorded, DbError> {
    if let Some(id) = object.asset {
        let known = tx.assets().find_content(id).await?;
        if let Some((version, sha256)) = known {
            let is_same = sha256.is_some() && sha256 == file.sha256;
            // The original lies elsewhere and is as it was: what was written over a further copy of
            // it is another file.
            if object.role == ObjectRole::Copy && !is_same {
                tx.objects()
                    .set_role(object.id, ObjectRole::Original)
                    .await?;
                return insert(tx, ids, file).await;
            }
            let asset = ImportedAsset { id, version };
            if let Some(recorded) = record_binned(tx, ids, asset, (is_same, file)).await? {
                return Ok(recorded);
            }
            let is_same = is_same && !again;
            if is_same {
                return Ok(as_it_was(asset));
            }
            let asset = tx.assets().new_version(id, file).await?;
            return Ok(Recorded {
                asset,
                is_new_content: true,
            });
        }
    }
    if let Some(from) = moved_from {
        if is_purged(tx, from.asset).await? {
            if tx.objects().detach(from.object, from.asset).await? {
                return Ok(as_it_was(ImportedAsset {
                    id: from.asset,
                    version: 0,
                }));
            }
        } else {
            match verdict_of(tx, from).await? {
                MoveVerdict::Follow => {
                    if tx.objects().detach(from.object, from.asset).await? {
                        return Ok(as_it_was(tx.assets().moved(from.asset, file).await?));
                    }
                }
                MoveVerdict::Replace => return replace(tx, ids, object, file, from).await,
                MoveVerdict::Apart => {}
            }
        }
    }
    insert(tx, ids, file).await
}

fn as_it_was(asset: ImportedAsset) -> Recorded {
    Recorded {
        asset,
        is_new_content: false,
    }
}

/// Makes a new asset of the file.
pub(crate) async fn insert(
    tx: &Tx,
    ids: &dyn Ids,
    file: &ImportedFile,
) -> Result<Recorded, DbError> {
    let asset = tx.assets().insert(ids.next().into(), file).await?;
    Ok(Recorded {
        asset,
        is_new_content: true,
    })
}

async fn verdict_of(tx: &Tx, from: MovedFrom) -> Result<MoveVerdict, DbError> {
    let has_other_places = tx
        .objects()
        .has_other_places(from.asset, from.object)
        .await?;
    let must_stay = has_other_places || tx.holds().holds(from.asset).await?;
    Ok(judge_move(from.on_move, must_stay))
}
