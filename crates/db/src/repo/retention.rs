//! Retention rules, and what they mean now.

use std::{collections::HashMap, time::Duration};

use sea_orm::{QueryResult, Value};
use stowage_domain::{
    AssetId, Lifecycle, RetentionRuleId, Timestamp, UserId, WorkspaceId,
    retention::{Age, AgeBasis, RuleFacts, RuleTerms},
};
use uuid::Uuid;

use super::{
    bin::{IS_HELD, ids_of},
    column::{places, sum_of, word},
    edit::SHOWN_TAG,
    repository,
};
use crate::DbError;

mod batch;

pub use batch::BatchRow;

repository!(
    /// Retention rules of the scope's workspace, unless a method says otherwise.
    Retention
);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleRow {
    pub id: RetentionRuleId,
    pub name: String,
    pub terms: RuleTerms,
    pub is_on: bool,
    pub created_at: Timestamp,
    pub last_run_at: Option<Timestamp>,
}

/// What a rule means now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Matched {
    pub assets: u64,
    pub bytes: u64,
    /// Everything in the library, for comparison.
    pub live: u64,
}

impl Retention<'_> {
    pub async fn insert(&self, rule: &RuleRow, by: UserId) -> Result<(), DbError> {
        let mut values = self.values_of(rule)?;
        values.push(by.0.into());
        values.push(rule.created_at.micros().into());
        self.0
            .execute(
                "insert into retention_rule (id, workspace_id, name, tag, storage_id, age_basis, \
                 age_days, is_on, created_by, created_at) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                values,
            )
            .await?;
        Ok(())
    }

    /// Changes a rule. What waits of it for a decision was planned by other words, and goes.
    pub async fn update(&self, rule: &RuleRow) -> Result<(), DbError> {
        let values = self.values_of(rule)?;
        self.0
            .execute(
                "update retention_rule set name = $3, tag = $4, storage_id = $5, age_basis = $6, \
                 age_days = $7, is_on = $8, last_run_at = null where id = $1 and workspace_id = $2",
                values,
            )
            .await?;
        let values = [rule.id.0.into(), self.0.workspace()?.0.into()];
        self.0
            .execute(
                "delete from retention_batch where rule_id = $1 and workspace_id = $2 \
                 and state = 'waiting'",
                values,
            )
            .await?;
        Ok(())
    }

    fn values_of(self, rule: &RuleRow) -> Result<Vec<Value>, DbError> {
        let RuleTerms { tag, age, storage } = &rule.terms;
        Ok(vec![
            rule.id.0.into(),
            self.0.workspace()?.0.into(),
            rule.name.clone().into(),
            tag.clone().into(),
            storage.map(Uuid::from).into(),
            age.map(|age| age.basis.as_str().to_owned()).into(),
            age.map(|age| age.days as i32).into(),
            rule.is_on.into(),
        ])
    }

    /// Removes a rule with its batches. False when there is none.
    pub async fn delete(&self, id: RetentionRuleId) -> Result<bool, DbError> {
        let values = [id.0.into(), self.0.workspace()?.0.into()];
        let sql = "delete from retention_rule where id = $1 and workspace_id = $2";
        Ok(self.0.execute(sql, values).await? == 1)
    }

    pub async fn find(&self, id: RetentionRuleId) -> Result<Option<RuleRow>, DbError> {
        let values = [id.0.into(), self.0.workspace()?.0.into()];
        let sql = "select * from retention_rule where id = $1 and workspace_id = $2";
        let row = self.0.row(sql, values).await?;
        row.as_ref().map(rule_of).transpose()
    }

    /// Lists the rules, oldest first.
    pub async fn list(&self) -> Result<Vec<RuleRow>, DbError> {
        let sql = "select * from retention_rule where workspace_id = $1 \
                   order by created_at, id limit 1000";
        let rows = self.0.rows(sql, [self.0.workspace()?.0.into()]).await?;
        rows.iter().map(rule_of).collect()
    }

    /// Lists rules of all workspaces that are on and have not run for `every`.
    pub async fn due(
        &self,
        every: Duration,
    ) -> Result<Vec<(WorkspaceId, RetentionRuleId)>, DbError> {
        let before = self.0.now_is().await? - every;
        let rows = self
            .0
            .rows(
                "select r.id, r.workspace_id from retention_rule r \
                 join workspace w on w.id = r.workspace_id and w.deleting_at is null \
                 where r.is_on and (r.last_run_at is null or r.last_run_at <= $1) limit 1000",
                [before.micros().into()],
            )
            .await?;
        rows.iter()
            .map(|row| {
                let id: Uuid = row.try_get("", "id")?;
                let workspace: Uuid = row.try_get("", "workspace_id")?;
                Ok((workspace.into(), id.into()))
            })
            .collect()
    }

    /// Notes that a rule was asked what it means.
    pub async fn note_run(&self, id: RetentionRuleId) -> Result<(), DbError> {
        let sql = format!(
            "update retention_rule set last_run_at = {} where id = $1 and workspace_id = $2",
            self.0.now()
        );
        let values = [id.0.into(), self.0.workspace()?.0.into()];
        self.0.execute(&sql, values).await?;
        Ok(())
    }

    /// Counts what a rule means now.
    pub async fn matched(&self, terms: &RuleTerms, now: Timestamp) -> Result<Matched, DbError> {
        let (condition, values) = self.condition(terms, now)?;
        let sql = format!(
            "select count(*) as n, cast(coalesce(sum(a.size), 0) as bigint) as bytes, \
             (select count(*) from asset l where l.workspace_id = $1 and l.lifecycle = 'live') \
             as live from asset a where {condition}"
        );
        let row = self.0.row(&sql, values).await?;
        row.map_or(Ok(Matched::default()), |row| {
            Ok(Matched {
                assets: sum_of(&row, "n")?,
                bytes: sum_of(&row, "bytes")?,
                live: sum_of(&row, "live")?,
            })
        })
    }

    /// Lists some of what a rule means now, the latest first.
    pub async fn samples(
        &self,
        terms: &RuleTerms,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<AssetId>, DbError> {
        let (condition, values) = self.condition(terms, now)?;
        let sql = format!(
            "select a.id from asset a where {condition} order by a.sort_at desc, a.id desc \
             limit {limit}"
        );
        ids_of(&self.0.rows(&sql, values).await?)
    }

    /// Says in SQL what `RuleTerms::means` says; whatever is binned is asked both.
    fn condition(self, terms: &RuleTerms, now: Timestamp) -> Result<(String, Vec<Value>), DbError> {
        let mut values: Vec<Value> = vec![self.0.workspace()?.0.into()];
        let mut conditions = vec![format!(
            "a.workspace_id = $1 and a.lifecycle = 'live' and not {IS_HELD}"
        )];
        if terms.is_empty() {
            conditions.push("1 = 0".to_owned());
        }
        if let Some(tag) = &terms.tag {
            values.push(tag.clone().into());
            conditions.push(format!(
                "exists (select 1 from asset_tag t where t.workspace_id = $1 \
                 and t.name = ${} and t.asset_id = a.id and {SHOWN_TAG})",
                values.len()
            ));
        }
        if let Some(age) = terms.age {
            values.push(age.before(now).micros().into());
            let column = match age.basis {
                AgeBasis::Imported => "a.created_at",
                AgeBasis::Captured => "a.taken_at",
            };
            conditions.push(format!("{column} <= ${}", values.len()));
        }
        if let Some(storage) = terms.storage {
            values.push(storage.0.into());
            conditions.push(format!(
                "exists (select 1 from remote_object o where o.asset_id = a.id \
                 and o.storage_id = ${})",
                values.len()
            ));
        }
        Ok((conditions.join(" and "), values))
    }

    /// Returns what rules look at, of these assets.
    pub async fn facts(&self, ids: &[AssetId]) -> Result<HashMap<AssetId, RuleFacts>, DbError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let list = places(2, ids.len());
        let mut values: Vec<Value> = vec![self.0.workspace()?.0.into()];
        values.extend(ids.iter().map(|id| Value::from(id.0)));
        let sql = format!(
            "select a.id, a.created_at, a.taken_at, a.lifecycle, \
             case when {IS_HELD} then 1 else 0 end as held \
             from asset a where a.workspace_id = $1 and a.id in ({list})"
        );
        let mut facts = HashMap::new();
        for row in &self.0.rows(&sql, values.clone()).await? {
            let lifecycle: Lifecycle = word(row, "asset", "lifecycle")?;
            let found = RuleFacts {
                imported_at: Some(Timestamp(row.try_get("", "created_at")?)),
                captured_at: row.try_get::<Option<i64>>("", "taken_at")?.map(Timestamp),
                is_live: lifecycle == Lifecycle::Live,
                is_held: row.try_get::<i32>("", "held")? != 0,
                ..RuleFacts::default()
            };
            facts.insert(row.try_get::<Uuid>("", "id")?.into(), found);
        }
        let tags = format!(
            "select t.asset_id as id, t.name from asset_tag t where t.workspace_id = $1 \
             and t.asset_id in ({list}) and {SHOWN_TAG}"
        );
        for row in &self.0.rows(&tags, values.clone()).await? {
            if let Some(found) = facts.get_mut(&row.try_get::<Uuid>("", "id")?.into()) {
                found.tags.push(row.try_get("", "name")?);
            }
        }
        let storages = format!(
            "select o.asset_id as id, o.storage_id from remote_object o \
             where o.workspace_id = $1 and o.asset_id in ({list})"
        );
        for row in &self.0.rows(&storages, values).await? {
            if let Some(found) = facts.get_mut(&row.try_get::<Uuid>("", "id")?.into()) {
                found
                    .storages
                    .push(row.try_get::<Uuid>("", "storage_id")?.into());
            }
        }
        Ok(facts)
    }
}

fn rule_of(row: &QueryResult) -> Result<RuleRow, DbError> {
    let id: Uuid = row.try_get("", "id")?;
    let basis: Option<String> = row.try_get("", "age_basis")?;
    let days: Option<i32> = row.try_get("", "age_days")?;
    let age = match (basis, days) {
        (Some(_), Some(days)) => Some(Age {
            basis: word(row, "retention_rule", "age_basis")?,
            days: days as u32,
        }),
        _ => None,
    };
    Ok(RuleRow {
        id: id.into(),
        name: row.try_get("", "name")?,
        terms: RuleTerms {
            tag: row.try_get("", "tag")?,
            age,
            storage: row
                .try_get::<Option<Uuid>>("", "storage_id")?
                .map(Into::into),
        },
        is_on: row.try_get("", "is_on")?,
        created_at: Timestamp(row.try_get("", "created_at")?),
        last_run_at: row
            .try_get::<Option<i64>>("", "last_run_at")?
            .map(Timestamp),
    })
}
