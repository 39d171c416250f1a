//! Moves of many originals from one storage to another.

pub(super) mod cancel;
pub(super) mod create;
pub(super) mod list;
pub(super) mod resume;
pub(super) mod show;

use serde::Serialize;
use stowage_db::{DbError, Tx, repo::MigrationRow};
use stowage_domain::{
    AuditAction, AuditSubject, Ids, MigrationId, MigrationState, StorageId, WorkspaceId,
};
use stowage_proto::job::PlanTransfers;
use stowage_rpc::ErrorCode;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{extract::Member, problem::Kind, wire::Moment};

pub(super) const NO_MIGRATION: Kind = Kind::named(
    ErrorCode::NotFound,
    "not-found",
    "There is no such migration",
);

/// How a migration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MigrationStatus {
    /// Its originals are still being counted.
    Planning,
    Running,
    /// Everything went, or was given up because it changed or vanished.
    Done,
    Cancelled,
}

/// A move of all originals that lie in one storage to another.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Migration {
    id: Uuid,
    /// Null for central storage.
    from_storage_id: Option<Uuid>,
    from_storage_name: String,
    /// Null for central storage.
    to_storage_id: Option<Uuid>,
    to_storage_name: String,
    /// Files stay where they are, as further copies.
    leave_source: bool,
    status: MigrationStatus,
    originals: u64,
    bytes: u64,
    /// Copied, verified and committed; their source may still have to go.
    moved: u64,
    moved_bytes: u64,
    /// Those of which nothing is committed yet.
    open: u64,
    /// Those of them that something stands against; the ledger says what.
    troubled: u64,
    /// Cancelled, or changed or gone meanwhile.
    given_up: u64,
    created_at: Moment,
    updated_at: Moment,
}

impl Migration {
    fn of(row: MigrationRow, workspace: WorkspaceId) -> Self {
        let progress = row.progress;
        let outside = |id: StorageId| (id != StorageId::central_of(workspace)).then_some(id.0);
        Self {
            id: row.id.0,
            from_storage_id: outside(row.source),
            from_storage_name: row.source_name,
            to_storage_id: outside(row.target),
            to_storage_name: row.target_name,
            leave_source: row.leaves_source,
            status: match row.state {
                MigrationState::Planning => MigrationStatus::Planning,
                MigrationState::Cancelled => MigrationStatus::Cancelled,
                MigrationState::Running if progress.open > 0 => MigrationStatus::Running,
                MigrationState::Running | MigrationState::Done => MigrationStatus::Done,
            },
            originals: progress.originals,
            bytes: progress.bytes,
            moved: progress.moved,
            moved_bytes: progress.moved_bytes,
            open: progress.open,
            troubled: progress.troubled,
            given_up: progress.given_up,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        }
    }
}

/// Records what a member does to a migration, on the storage whose originals it moves.
async fn record(
    tx: &Tx,
    ids: &dyn Ids,
    member: &Member,
    (action, row): (AuditAction, &MigrationRow),
) -> Result<(), DbError> {
    let subject = (AuditSubject::Storage, row.source.0);
    let entry = member.act(action, subject, row.told());
    tx.audit().record(ids.next().into(), &entry).await
}

/// Adds the job that puts a migration's originals on the ledger.
async fn plan(tx: &Tx, id: MigrationId, source: StorageId) -> Result<(), DbError> {
    let job = PlanTransfers {
        storage_id: source.to_string(),
        migration_id: id.to_string(),
    };
    tx.jobs().enqueue(&job).await?;
    Ok(())
}
