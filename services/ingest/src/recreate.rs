//! A move where the storage asks for a new asset: the old one is dropped, and that is recorded
//! (SPEC D7, `on_move = recreate`).

use serde_json::json;
use stowage_db::{
    DbError, Tx,
    repo::{AuditEntry, ImportedFile, ObjectRow},
};
use stowage_domain::{Actor, AuditAction, AuditSubject, Ids};

use crate::record::{MovedFrom, Recorded, insert};

/// Makes a new asset of the file at its new path, and drops the one that it was at its old path.
/// Nothing but rows of the library goes, and nothing goes by way of the bin.
pub(crate) async fn replace(
    tx: &Tx,
    ids: &dyn Ids,
    object: &ObjectRow,
    file: &ImportedFile,
    from: MovedFrom,
) -> Result<Recorded, DbError> {
    let recorded = insert(tx, ids, file).await?;
    let left = tx.objects().find(from.object).await?;
    let is_dropped = tx.objects().detach(from.object, from.asset).await?
        && tx.assets().drop_missing(from.asset).await?;
    if is_dropped {
        let entry = AuditEntry {
            actor: Actor::System,
            action: AuditAction::AssetRecreated,
            subject: AuditSubject::Asset,
            subject_id: from.asset.0,
            detail: json!({
                "storage_id": object.storage.to_string(),
                "from": left.map(|left| left.path),
                "to": object.path,
                "asset_id": recorded.asset.id.to_string(),
            }),
        };
        tx.audit().record(ids.next().into(), &entry).await?;
    }
    Ok(recorded)
}
