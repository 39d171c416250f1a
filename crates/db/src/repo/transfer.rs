//! The ledger of originals on their way from one storage to another, and how writes to each storage
//! went lately.

mod delivery;
mod list;
mod name;
mod stop;

use std::time::Duration;

use sea_orm::QueryResult;
use stowage_domain::{
    AssetId, MigrationId, RemoteObjectId, StorageId, Timestamp, Transfer, TransferEvent,
    TransferId, TransferKind, TransferState, TransferTrouble,
};
use uuid::Uuid;

pub use delivery::{Backlog, DeliveryRow};
pub use list::{ListedTransfer, TransferFilter};
pub use name::Leftover;

use super::{
    column::{moment, sum_of, word},
    repository,
};
use crate::DbError;

repository!(
    /// Transfers of the scope's workspace.
    Transfers
);

/// Where a transfer can still be stopped: nothing is committed.
pub(super) const OPEN: &str = "('planned', 'copying', 'copied')";

/// An original that is to go to another storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTransfer {
    pub id: TransferId,
    pub kind: TransferKind,
    pub asset: AssetId,
    /// The version of the asset that goes, and no other.
    pub version: i32,
    pub source_object: RemoteObjectId,
    pub source_storage: StorageId,
    pub target: StorageId,
    pub migration: Option<MigrationId>,
    pub size: u64,
    /// Of the content; none where nobody read all of it yet.
    pub sha256: Option<Vec<u8>>,
    /// When the original was received.
    pub received_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferRow {
    pub id: TransferId,
    pub kind: TransferKind,
    pub state: TransferState,
    /// Copies that were begun.
    pub attempt: u32,
    pub asset: AssetId,
    pub version: i32,
    pub source_object: RemoteObjectId,
    pub source_storage: StorageId,
    pub target: StorageId,
    /// The row whose name is reserved for the copy.
    pub target_object: Option<RemoteObjectId>,
    pub migration: Option<MigrationId>,
    /// Where the copy goes.
    pub path: Option<String>,
    pub size: u64,
    pub received_at: Timestamp,
    /// What was copied.
    pub source_revision: Option<String>,
    pub sha256: Option<Vec<u8>>,
    /// Attempts that were used up.
    pub failures: u32,
    pub trouble: Option<TransferTrouble>,
    pub error: Option<String>,
    pub next_try_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub finished_at: Option<Timestamp>,
}

impl TransferRow {
    /// Returns the transfer as the rules see it.
    pub fn standing(&self) -> Transfer<&str, &[u8]> {
        Transfer {
            state: self.state,
            kind: self.kind,
            attempt: self.attempt,
            source: self.source_revision.as_deref(),
            hash: self.sha256.as_deref(),
        }
    }
}

impl Transfers<'_> {
    /// Adds a transfer to the ledger. False when this asset is on its way there already.
    pub async fn insert(&self, new: &NewTransfer) -> Result<bool, DbError> {
        let sql = format!(
            "insert into transfer (id, workspace_id, kind, state, attempt, asset_id, version, \
             source_object_id, source_storage_id, target_storage_id, migration_id, size, sha256, \
             received_at, failures, created_at, updated_at) \
             values ($1, $2, $3, '{}', 0, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, {now}, {now}) \
             on conflict do nothing",
            TransferState::Planned,
            now = self.0.now()
        );
        let values = [
            new.id.0.into(),
            self.0.workspace()?.0.into(),
            new.kind.as_str().into(),
            new.asset.0.into(),
            new.version.into(),
            new.source_object.0.into(),
            new.source_storage.0.into(),
            new.target.0.into(),
            new.migration.map(Uuid::from).into(),
            (new.size as i64).into(),
            new.sha256.clone().into(),
            new.received_at.micros().into(),
        ];
        Ok(self.0.execute(&sql, values).await? == 1)
    }

    pub async fn find(&self, id: TransferId) -> Result<Option<TransferRow>, DbError> {
        self.read(id, "").await
    }

    /// Reads a transfer and keeps others from changing it until the transaction ends.
    pub async fn lock(&self, id: TransferId) -> Result<Option<TransferRow>, DbError> {
        self.read(id, self.0.dialect.lock_rows()).await
    }

    async fn read(&self, id: TransferId, lock: &str) -> Result<Option<TransferRow>, DbError> {
        let sql = format!("select * from transfer where id = $1 and workspace_id = $2{lock}");
        let values = [id.0.into(), self.0.workspace()?.0.into()];
        let row = self.0.row(&sql, values).await?;
        row.as_ref().map(transfer_of).transpose()
    }

    /// Writes how a transfer stands after a step, if it still stands as `before`. False when
    /// somebody else was faster.
    pub async fn save(
        &self,
        before: &TransferRow,
        after: Transfer<&str, &[u8]>,
    ) -> Result<bool, DbError> {
        let is_over = matches!(
            after.state,
            TransferState::Done | TransferState::Conflict | TransferState::Abandoned
        );
        let finished = if is_over {
            self.0.now()
        } else {
            "null".to_owned()
        };
        let sql = format!(
            "update transfer set state = $3, attempt = $4, source_revision = $5, \
             sha256 = coalesce($6, sha256), updated_at = {}, finished_at = {finished}, \
             next_try_at = null where id = $1 and workspace_id = $2 and state = $7 and attempt = $8",
            self.0.now()
        );
        let values = [
            before.id.0.into(),
            self.0.workspace()?.0.into(),
            after.state.as_str().into(),
            (after.attempt as i32).into(),
            after.source.map(str::to_owned).into(),
            after.hash.map(<[u8]>::to_vec).into(),
            before.state.as_str().into(),
            (before.attempt as i32).into(),
        ];
        Ok(self.0.execute(&sql, values).await? == 1)
    }

    /// Forgets what stood against a transfer: it went on.
    pub async fn clear_trouble(&self, id: TransferId) -> Result<(), DbError> {
        self.0
            .execute(
                "update transfer set trouble = null, error = null where id = $1 \
                 and workspace_id = $2",
                [id.0.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        Ok(())
    }

    /// Notes what stands against a transfer, and when it is tried next: none where a person has to
    /// ask for it.
    pub async fn note_trouble(
        &self,
        id: TransferId,
        (trouble, error): (TransferTrouble, &str),
        uses_attempt: bool,
        wait: Option<Duration>,
    ) -> Result<(), DbError> {
        let now = self.0.now_is().await?;
        let values = [
            id.0.into(),
            self.0.workspace()?.0.into(),
            trouble.as_str().into(),
            error.into(),
            i32::from(uses_attempt).into(),
            wait.map(|wait| (now + wait).micros()).into(),
            now.micros().into(),
        ];
        self.0
            .execute(
                "update transfer set trouble = $3, error = $4, failures = failures + $5, \
                 next_try_at = $6, updated_at = $7 where id = $1 and workspace_id = $2",
                values,
            )
            .await?;
        Ok(())
    }

    /// Returns the transfer whose source is this object of an asset, and that waits for it to go.
    pub async fn releasing(
        &self,
        object: RemoteObjectId,
        asset: AssetId,
    ) -> Result<Option<TransferRow>, DbError> {
        let sql = format!(
            "select * from transfer where source_object_id = $1 and asset_id = $2 \
             and workspace_id = $3 and state = '{}' limit 1",
            TransferState::Committed
        );
        let values = [
            object.0.into(),
            asset.0.into(),
            self.0.workspace()?.0.into(),
        ];
        let row = self.0.row(&sql, values).await?;
        row.as_ref().map(transfer_of).transpose()
    }

    /// Ends the transfer whose source was settled: it is gone, or another file has its place. Returns
    /// whether there was one.
    pub async fn settle_source(
        &self,
        object: RemoteObjectId,
        asset: AssetId,
        is_gone: bool,
    ) -> Result<bool, DbError> {
        let Some(row) = self.releasing(object, asset).await? else {
            return Ok(false);
        };
        let event = if is_gone {
            TransferEvent::SourceGone
        } else {
            TransferEvent::SourceChanged
        };
        let (after, _) = row.standing().step(event);
        self.save(&row, after).await
    }

    /// Returns whether Stowage itself put an object where it is: then its path says nothing about
    /// the file.
    pub async fn is_delivered(&self, object: RemoteObjectId) -> Result<bool, DbError> {
        let sql = format!(
            "select 1 as one from transfer where target_object_id = $1 and workspace_id = $2 \
             and state not in {OPEN} limit 1"
        );
        let values = [object.0.into(), self.0.workspace()?.0.into()];
        Ok(self.0.row(&sql, values).await?.is_some())
    }

    /// Lists the transfers to a storage of which nothing is committed, the oldest first.
    pub async fn open_to(
        &self,
        target: StorageId,
        limit: u32,
    ) -> Result<Vec<TransferRow>, DbError> {
        let sql = format!(
            "select * from transfer where target_storage_id = $1 and workspace_id = $2 \
             and state in {OPEN} order by created_at, id limit {limit}"
        );
        let values = [target.0.into(), self.0.workspace()?.0.into()];
        let rows = self.0.rows(&sql, values).await?;
        rows.iter().map(transfer_of).collect()
    }

    /// Returns whether an asset's version is still to be copied somewhere, so that its copy in the
    /// spool has to stay.
    pub async fn is_open(&self, asset: AssetId) -> Result<bool, DbError> {
        let sql = format!(
            "select 1 as one from transfer where asset_id = $1 and workspace_id = $2 \
             and state in {OPEN} limit 1"
        );
        let values = [asset.0.into(), self.0.workspace()?.0.into()];
        Ok(self.0.row(&sql, values).await?.is_some())
    }
}

pub(super) fn transfer_of(row: &QueryResult) -> Result<TransferRow, DbError> {
    let uuid = |column: &str| -> Result<Uuid, DbError> { Ok(row.try_get("", column)?) };
    let maybe = |column: &str| -> Result<Option<Uuid>, DbError> { Ok(row.try_get("", column)?) };
    let count =
        |column: &str| -> Result<u32, DbError> { Ok(row.try_get::<i32>("", column)? as u32) };
    let trouble: Option<String> = row.try_get("", "trouble")?;
    Ok(TransferRow {
        id: uuid("id")?.into(),
        kind: word(row, "transfer", "kind")?,
        state: word(row, "transfer", "state")?,
        attempt: count("attempt")?,
        asset: uuid("asset_id")?.into(),
        version: row.try_get("", "version")?,
        source_object: uuid("source_object_id")?.into(),
        source_storage: uuid("source_storage_id")?.into(),
        target: uuid("target_storage_id")?.into(),
        target_object: maybe("target_object_id")?.map(Into::into),
        migration: maybe("migration_id")?.map(Into::into),
        path: row.try_get("", "path")?,
        size: sum_of(row, "size")?,
        received_at: Timestamp(row.try_get("", "received_at")?),
        source_revision: row.try_get("", "source_revision")?,
        sha256: row.try_get("", "sha256")?,
        failures: count("failures")?,
        trouble: match trouble {
            Some(_) => Some(word(row, "transfer", "trouble")?),
            None => None,
        },
        error: row.try_get("", "error")?,
        next_try_at: moment(row, "next_try_at")?,
        created_at: Timestamp(row.try_get("", "created_at")?),
        updated_at: Timestamp(row.try_get("", "updated_at")?),
        finished_at: moment(row, "finished_at")?,
    })
}
