//! The ledger of deletions in customers' storages: an intent before anything is asked, an outcome
//! after.

use sea_orm::QueryResult;
use stowage_domain::{
    AssetId, ExternalOpId, RemoteObjectId, StorageId, Timestamp,
    purge::{DeleteHow, OpReason, OpState},
};
use uuid::Uuid;

use super::{
    column::{sum_of, word},
    page::{Cursor, Page},
    repository,
};
use crate::DbError;

repository!(
    /// Deletions outside, of the scope's workspace.
    ExternalOps
);

/// A deletion that is going to be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewExternalOp {
    pub id: ExternalOpId,
    pub reason: OpReason,
    pub storage: StorageId,
    pub asset: AssetId,
    pub object: RemoteObjectId,
    pub path: String,
    /// The content that may be deleted, and no other.
    pub revision: String,
    pub size: u64,
    pub how: DeleteHow,
    /// `Intent`, or `Refused` where it is known beforehand that the storage cannot.
    pub state: OpState,
    /// Why it is refused.
    pub error: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalOpRow {
    pub id: ExternalOpId,
    pub reason: OpReason,
    pub storage: StorageId,
    pub storage_name: String,
    pub asset: AssetId,
    /// None once even the tombstone is gone.
    pub asset_name: Option<String>,
    pub object: RemoteObjectId,
    pub path: String,
    pub revision: String,
    pub size: u64,
    pub how: DeleteHow,
    pub state: OpState,
    pub attempts: u32,
    pub error: Option<String>,
    pub intent_at: Timestamp,
    pub attempted_at: Option<Timestamp>,
    pub next_attempt_at: Timestamp,
}

const SELECT: &str = "select e.id, e.reason, e.storage_id, s.name as storage_name, e.ref_id, \
     a.name as asset_name, e.object_id, e.path, e.revision, e.size, e.how, e.state, e.attempts, \
     e.error, e.intent_at, e.attempted_at, e.next_attempt_at \
     from external_op e join storage s on s.id = e.storage_id left join asset a on a.id = e.ref_id";

/// Whether a row of `external_op e` is a copy that should be gone by now. The source of a transfer
/// may stay for days because that is wanted; it lingers once the storage was asked in vain.
const LINGERS: &str =
    "(e.reason = 'purge' or e.state = 'refused' or (e.error is not null and e.attempts > 0))";

impl ExternalOps<'_> {
    /// Adds a deletion to the ledger. The same one again changes nothing.
    pub async fn insert(&self, op: &NewExternalOp) -> Result<(), DbError> {
        let now = self.0.now_is().await?;
        let values = [
            op.id.0.into(),
            self.0.workspace()?.0.into(),
            op.storage.0.into(),
            op.asset.0.into(),
            op.object.0.into(),
            op.path.clone().into(),
            op.revision.clone().into(),
            (op.size as i64).into(),
            op.how.as_str().into(),
            op.state.as_str().into(),
            op.error.clone().into(),
            now.micros().into(),
            op.reason.as_str().into(),
        ];
        self.0
            .execute(
                "insert into external_op (id, workspace_id, storage_id, reason, ref_id, \
                 object_id, path, revision, size, how, state, attempts, error, intent_at, \
                 next_attempt_at) values ($1, $2, $3, $13, $4, $5, $6, $7, $8, $9, $10, 0, \
                 $11, $12, $12) on conflict (reason, ref_id, object_id) do nothing",
                values,
            )
            .await?;
        Ok(())
    }

    pub async fn find(&self, id: ExternalOpId) -> Result<Option<ExternalOpRow>, DbError> {
        let sql = format!("{SELECT} where e.id = $1 and e.workspace_id = $2");
        let values = [id.0.into(), self.0.workspace()?.0.into()];
        let row = self.0.row(&sql, values).await?;
        row.as_ref().map(op_of).transpose()
    }

    /// Lists the deletions of an asset's originals.
    pub async fn of_asset(&self, asset: AssetId) -> Result<Vec<ExternalOpRow>, DbError> {
        let sql =
            format!("{SELECT} where e.ref_id = $1 and e.workspace_id = $2 order by e.id limit 100");
        let values = [asset.0.into(), self.0.workspace()?.0.into()];
        let rows = self.0.rows(&sql, values).await?;
        rows.iter().map(op_of).collect()
    }

    /// Lists copies that should be gone and are not known to be, the latest first.
    pub async fn lingering(
        &self,
        cursor: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<ExternalOpRow>, DbError> {
        let cursor = cursor.unwrap_or(Cursor::START);
        let sql = format!(
            "{SELECT} where e.workspace_id = $1 and e.state in ('intent', 'refused') \
             and {LINGERS} and (e.intent_at, e.id) < ($2, $3) order by e.intent_at desc, e.id desc limit {}",
            limit + 1
        );
        let values = [
            self.0.workspace()?.0.into(),
            cursor.at.micros().into(),
            cursor.id.into(),
        ];
        let rows = self.0.rows(&sql, values).await?;
        let rows: Vec<ExternalOpRow> = rows.iter().map(op_of).collect::<Result<_, _>>()?;
        Ok(Page::cut(rows, limit as usize, |op| Cursor {
            at: op.intent_at,
            id: op.id.0,
        }))
    }

    /// Notes that the storage is about to be asked.
    pub async fn begin_attempt(&self, id: ExternalOpId) -> Result<(), DbError> {
        let sql = format!(
            "update external_op set attempts = attempts + 1, attempted_at = {} \
             where id = $1 and workspace_id = $2 and state = 'intent'",
            self.0.now()
        );
        let values = [id.0.into(), self.0.workspace()?.0.into()];
        self.0.execute(&sql, values).await?;
        Ok(())
    }

    /// Notes why it did not work and when it is tried again, on the database's clock.
    pub async fn put_off(
        &self,
        id: ExternalOpId,
        error: &str,
        wait: std::time::Duration,
    ) -> Result<(), DbError> {
        let until = self.0.now_is().await? + wait;
        let values = [
            id.0.into(),
            self.0.workspace()?.0.into(),
            error.into(),
            until.micros().into(),
        ];
        self.0
            .execute(
                "update external_op set error = $3, next_attempt_at = $4 \
                 where id = $1 and workspace_id = $2 and state = 'intent'",
                values,
            )
            .await?;
        Ok(())
    }

    /// Moves a deletion on, if it still stands as it did. False when somebody else was faster.
    pub async fn settle(
        &self,
        id: ExternalOpId,
        (from, to): (OpState, OpState),
        error: Option<&str>,
    ) -> Result<bool, DbError> {
        let now = self.0.now_is().await?;
        let is_open = matches!(to, OpState::Intent | OpState::Refused);
        let values = [
            id.0.into(),
            self.0.workspace()?.0.into(),
            from.as_str().into(),
            to.as_str().into(),
            error.into(),
            now.micros().into(),
            (!is_open).then_some(now.micros()).into(),
        ];
        let moved = self
            .0
            .execute(
                "update external_op set state = $4, error = $5, next_attempt_at = $6, \
                 finished_at = $7 where id = $1 and workspace_id = $2 and state = $3",
                values,
            )
            .await?;
        Ok(moved == 1)
    }

    /// Makes the next try of a deletion due now, where one waits. True when one did.
    pub async fn wake(&self, id: ExternalOpId) -> Result<bool, DbError> {
        let sql = format!(
            "update job set due_at = {now}, rung_at = null, updated_at = {now} \
             where kind = 'delete-original' and workspace_id = $1 and dedup_key = $2 \
             and state = 'queued'",
            now = self.0.now()
        );
        let values = [self.0.workspace()?.0.into(), id.to_string().into()];
        Ok(self.0.execute(&sql, values).await? > 0)
    }

    /// Follows an original that was moved before it could be deleted.
    pub async fn follow(
        &self,
        (from, to): (RemoteObjectId, RemoteObjectId),
        (path, revision): (&str, &str),
    ) -> Result<(), DbError> {
        let values = [
            from.0.into(),
            to.0.into(),
            path.into(),
            revision.into(),
            self.0.workspace()?.0.into(),
        ];
        self.0
            .execute(
                "update external_op set object_id = $2, path = $3, revision = $4 \
                 where object_id = $1 and workspace_id = $5 and state in ('intent', 'refused')",
                values,
            )
            .await?;
        Ok(())
    }

    /// Gives up the deletions that wait for a storage which is being removed: nothing in it is
    /// touched from then on.
    pub async fn cancel_of(&self, storage: StorageId) -> Result<(), DbError> {
        let sql = format!(
            "update external_op set state = '{}', error = 'the storage was removed', \
             finished_at = {} where storage_id = $1 and workspace_id = $2 \
             and state in ('intent', 'refused')",
            OpState::Kept,
            self.0.now()
        );
        let values = [storage.0.into(), self.0.workspace()?.0.into()];
        self.0.execute(&sql, values).await?;
        Ok(())
    }

    /// Lists the deletions that wait for a storage.
    pub async fn waiting_for(&self, storage: StorageId) -> Result<Vec<ExternalOpId>, DbError> {
        let rows = self
            .0
            .rows(
                "select id from external_op where storage_id = $1 and workspace_id = $2 \
                 and state = 'intent' order by intent_at limit 10000",
                [storage.0.into(), self.0.workspace()?.0.into()],
            )
            .await?;
        rows.iter()
            .map(|row| Ok(row.try_get::<Uuid>("", "id")?.into()))
            .collect()
    }

    /// Counts lingering copies of all workspaces, and those older than `than`.
    pub async fn backlog(&self, than: std::time::Duration) -> Result<(u64, u64), DbError> {
        let before = self.0.now_is().await? - than;
        let row = self
            .0
            .row(
                &format!(
                    "select count(*) as n, cast(coalesce(sum(case when e.intent_at < $1 then 1 \
                     else 0 end), 0) as bigint) as old from external_op e \
                     where e.state in ('intent', 'refused') and {LINGERS}"
                ),
                [before.micros().into()],
            )
            .await?;
        row.map_or(Ok((0, 0)), |row| {
            Ok((sum_of(&row, "n")?, sum_of(&row, "old")?))
        })
    }
}

fn op_of(row: &QueryResult) -> Result<ExternalOpRow, DbError> {
    let uuid = |column: &str| -> Result<Uuid, DbError> { Ok(row.try_get("", column)?) };
    Ok(ExternalOpRow {
        id: uuid("id")?.into(),
        reason: word(row, "external_op", "reason")?,
        storage: uuid("storage_id")?.into(),
        storage_name: row.try_get("", "storage_name")?,
        asset: uuid("ref_id")?.into(),
        asset_name: row.try_get("", "asset_name")?,
        object: uuid("object_id")?.into(),
        path: row.try_get("", "path")?,
        revision: row.try_get("", "revision")?,
        size: sum_of(row, "size")?,
        how: word(row, "external_op", "how")?,
        state: word(row, "external_op", "state")?,
        attempts: row.try_get::<i32>("", "attempts")? as u32,
        error: row.try_get("", "error")?,
        intent_at: Timestamp(row.try_get("", "intent_at")?),
        attempted_at: row
            .try_get::<Option<i64>>("", "attempted_at")?
            .map(Timestamp),
        next_attempt_at: Timestamp(row.try_get("", "next_attempt_at")?),
    })
}
