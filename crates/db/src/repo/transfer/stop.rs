//! Transfers that are stopped before anything is committed, or sent elsewhere.

use stowage_domain::{
    AssetId, MigrationId, RemoteObjectId, StorageId, TransferEvent, TransferId, TransferState,
};
use stowage_proto::job::TransferOriginal;

use super::{NewTransfer, OPEN, TransferRow, Transfers, transfer_of};
use crate::DbError;

impl Transfers<'_> {
    /// Stops a transfer of which nothing is committed. False when there is nothing to stop.
    pub async fn cancel(&self, row: &TransferRow) -> Result<bool, DbError> {
        let (after, _) = row.standing().step(TransferEvent::Cancel);
        Ok(after.state == TransferState::Abandoned && self.save(row, after).await?)
    }

    /// Sends an original to another storage than it was to go to, under a new id; to none where it
    /// stays where it is. False when it went on meanwhile.
    pub async fn redirect(
        &self,
        row: &TransferRow,
        id: TransferId,
        target: Option<StorageId>,
    ) -> Result<bool, DbError> {
        if !self.cancel(row).await? {
            return Ok(false);
        }
        let Some(target) = target else {
            return Ok(true);
        };
        let new = NewTransfer {
            id,
            kind: row.kind,
            asset: row.asset,
            version: row.version,
            source_object: row.source_object,
            source_storage: row.source_storage,
            target,
            migration: row.migration,
            size: row.size,
            sha256: row.sha256.clone(),
            received_at: row.received_at,
        };
        if self.insert(&new).await? {
            let job = TransferOriginal {
                transfer_id: id.to_string(),
            };
            self.0.jobs().enqueue(&job).await?;
        }
        Ok(true)
    }

    /// Stops what is on its way of an asset to a storage and is not this content, or not from here:
    /// the file changed, or has another name.
    pub async fn supersede(
        &self,
        (asset, target): (AssetId, StorageId),
        source: RemoteObjectId,
        sha256: Option<&[u8]>,
    ) -> Result<(), DbError> {
        let sql = format!(
            "select * from transfer where asset_id = $1 and target_storage_id = $2 \
             and workspace_id = $3 and state in {OPEN}"
        );
        let values = [
            asset.0.into(),
            target.0.into(),
            self.0.workspace()?.0.into(),
        ];
        for row in &self.0.rows(&sql, values).await? {
            let row = transfer_of(row)?;
            let is_same = row.sha256.is_some() && row.sha256.as_deref() == sha256;
            if !is_same || row.source_object != source {
                self.cancel(&row).await?;
            }
        }
        Ok(())
    }

    /// Stops transfers of a migration of which nothing is committed, at most `limit`. Returns how
    /// many.
    pub async fn cancel_of(&self, migration: MigrationId, limit: u32) -> Result<u64, DbError> {
        let sql = format!(
            "select * from transfer where migration_id = $1 and workspace_id = $2 \
             and state in {OPEN} order by id limit {limit}"
        );
        let values = [migration.0.into(), self.0.workspace()?.0.into()];
        let mut cancelled = 0;
        for row in &self.0.rows(&sql, values).await? {
            cancelled += u64::from(self.cancel(&transfer_of(row)?).await?);
        }
        Ok(cancelled)
    }

    /// Gives up what is on its way out of a storage that is removed; nothing in it is touched.
    pub async fn cancel_from(&self, storage: StorageId) -> Result<(), DbError> {
        let workspace = self.0.workspace()?;
        for (states, end) in [
            (OPEN, TransferState::Abandoned),
            ("('committed')", TransferState::Done),
        ] {
            let sql = format!(
                "update transfer set state = '{end}', updated_at = {now}, finished_at = {now} \
                 where source_storage_id = $1 and workspace_id = $2 and state in {states}",
                now = self.0.now()
            );
            self.0
                .execute(&sql, [storage.0.into(), workspace.0.into()])
                .await?;
        }
        Ok(())
    }
}
