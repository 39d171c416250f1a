//! What rules meant, and how far it is carried out.

use sea_orm::{QueryResult, Value};
use stowage_domain::{
    AssetId, RetentionBatchId, RetentionRuleId, Timestamp, UserId, retention::BatchState,
};
use uuid::Uuid;

use super::{
    super::{
        bin::ids_of,
        column::{places, sum_of, word},
        page::{Cursor, Page},
    },
    Matched, Retention, RuleRow,
};
use crate::DbError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchRow {
    pub id: RetentionBatchId,
    pub rule: RetentionRuleId,
    pub rule_name: String,
    pub state: BatchState,
    /// As they were counted when it was planned.
    pub assets: u64,
    pub bytes: u64,
    pub live_assets: u64,
    /// How many it has put in the bin so far.
    pub binned: u64,
    pub created_at: Timestamp,
    /// None until it is decided, and when that person is no longer known.
    pub decided_by: Option<String>,
    pub decided_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
}

const BATCH: &str = "select b.*, r.name as rule_name, u.name as by_name from retention_batch b \
     join retention_rule r on r.id = b.rule_id \
     left join user_account u on u.id = b.decided_by where b.workspace_id = $1";

impl Retention<'_> {
    /// Stores what a rule means now as a batch. False when one of it waits or runs already.
    pub async fn plan(
        &self,
        id: RetentionBatchId,
        rule: &RuleRow,
        (matched, state): (Matched, BatchState),
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let sql = format!(
            "insert into retention_batch (id, workspace_id, rule_id, state, assets, bytes, \
             live_assets, binned, created_at) values ($1, $2, $3, $4, $5, $6, $7, 0, {}) \
             on conflict do nothing",
            self.0.now()
        );
        let values = [
            id.0.into(),
            self.0.workspace()?.0.into(),
            rule.id.0.into(),
            state.as_str().into(),
            (matched.assets as i64).into(),
            (matched.bytes as i64).into(),
            (matched.live as i64).into(),
        ];
        if self.0.execute(&sql, values).await? == 0 {
            return Ok(false);
        }
        let (condition, mut values) = self.condition(&rule.terms, now)?;
        values.push(id.0.into());
        let sql = format!(
            "insert into retention_item (batch_id, asset_id, workspace_id) \
             select ${}, a.id, a.workspace_id from asset a where {condition}",
            values.len()
        );
        self.0.execute(&sql, values).await?;
        Ok(true)
    }

    pub async fn batch(&self, id: RetentionBatchId) -> Result<Option<BatchRow>, DbError> {
        let values = [self.0.workspace()?.0.into(), id.0.into()];
        let row = self
            .0
            .row(&format!("{BATCH} and b.id = $2"), values)
            .await?;
        row.as_ref().map(batch_of).transpose()
    }

    /// Lists batches, the latest first; those that wait alone where that is asked for.
    pub async fn batches(
        &self,
        only_waiting: bool,
        cursor: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<BatchRow>, DbError> {
        let cursor = cursor.unwrap_or(Cursor::START);
        let waiting = if only_waiting {
            "and b.state = 'waiting'"
        } else {
            ""
        };
        let sql = format!(
            "{BATCH} and (b.created_at, b.id) < ($2, $3) {waiting} \
             order by b.created_at desc, b.id desc limit {}",
            limit + 1
        );
        let values = [
            self.0.workspace()?.0.into(),
            cursor.at.micros().into(),
            cursor.id.into(),
        ];
        let rows = self.0.rows(&sql, values).await?;
        let rows: Vec<BatchRow> = rows.iter().map(batch_of).collect::<Result<_, _>>()?;
        Ok(Page::cut(rows, limit as usize, |batch| Cursor {
            at: batch.created_at,
            id: batch.id.0,
        }))
    }

    /// Moves a batch on, if it still stands as it did; `by` where a person decided. False when
    /// somebody else was faster.
    pub async fn settle(
        &self,
        id: RetentionBatchId,
        (from, to): (BatchState, BatchState),
        by: Option<UserId>,
    ) -> Result<bool, DbError> {
        let moment = if by.is_some() {
            "decided_at"
        } else {
            "finished_at"
        };
        let sql = format!(
            "update retention_batch set state = $4, decided_by = coalesce($5, decided_by), \
             {moment} = {} where id = $1 and workspace_id = $2 and state = $3",
            self.0.now()
        );
        let values = [
            id.0.into(),
            self.0.workspace()?.0.into(),
            from.as_str().into(),
            to.as_str().into(),
            by.map(Uuid::from).into(),
        ];
        let is_ours = self.0.execute(&sql, values).await? == 1;
        if is_ours && to == BatchState::Refused {
            self.0
                .execute(
                    "delete from retention_item where batch_id = $1 and workspace_id = $2",
                    [id.0.into(), self.0.workspace()?.0.into()],
                )
                .await?;
        }
        Ok(is_ours)
    }

    /// Returns some of what is still to be done of a batch.
    pub async fn items(&self, id: RetentionBatchId, limit: u32) -> Result<Vec<AssetId>, DbError> {
        let sql = format!(
            "select asset_id as id from retention_item where batch_id = $1 and workspace_id = $2 \
             order by asset_id limit {limit}"
        );
        let values = [id.0.into(), self.0.workspace()?.0.into()];
        ids_of(&self.0.rows(&sql, values).await?)
    }

    /// Strikes items off a batch, of which so many were put in the bin.
    pub async fn strike(
        &self,
        id: RetentionBatchId,
        items: &[AssetId],
        binned: u64,
    ) -> Result<(), DbError> {
        let workspace = self.0.workspace()?;
        let sql = format!(
            "delete from retention_item where batch_id = $1 and workspace_id = $2 \
             and asset_id in ({})",
            places(3, items.len())
        );
        let mut values: Vec<Value> = vec![id.0.into(), workspace.0.into()];
        values.extend(items.iter().map(|item| Value::from(item.0)));
        self.0.execute(&sql, values).await?;
        let values = [id.0.into(), workspace.0.into(), (binned as i64).into()];
        self.0
            .execute(
                "update retention_batch set binned = binned + $3 \
                 where id = $1 and workspace_id = $2",
                values,
            )
            .await?;
        Ok(())
    }
}

fn batch_of(row: &QueryResult) -> Result<BatchRow, DbError> {
    let uuid = |column: &str| -> Result<Uuid, DbError> { Ok(row.try_get("", column)?) };
    let moment = |column: &str| -> Result<Option<Timestamp>, DbError> {
        Ok(row.try_get::<Option<i64>>("", column)?.map(Timestamp))
    };
    Ok(BatchRow {
        id: uuid("id")?.into(),
        rule: uuid("rule_id")?.into(),
        rule_name: row.try_get("", "rule_name")?,
        state: word(row, "retention_batch", "state")?,
        assets: sum_of(row, "assets")?,
        bytes: sum_of(row, "bytes")?,
        live_assets: sum_of(row, "live_assets")?,
        binned: sum_of(row, "binned")?,
        created_at: Timestamp(row.try_get("", "created_at")?),
        decided_by: row.try_get("", "by_name")?,
        decided_at: moment("decided_at")?,
        finished_at: moment("finished_at")?,
    })
}
