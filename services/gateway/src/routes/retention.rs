//! Retention rules, what they mean, and their batches.

pub(super) mod batches;
pub(super) mod create;
pub(super) mod decide;
pub(super) mod delete;
pub(super) mod list;
pub(super) mod preview;
pub(super) mod run;
pub(super) mod update;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use stowage_db::{
    DbError, Tx,
    repo::{AuditEntry, RuleRow},
};
use stowage_domain::{
    Actor, AuditAction, AuditSubject, RetentionRuleId, StorageId, Timestamp, UserId, WorkspaceId,
    retention::{Age, AgeBasis, MOST_AGE_DAYS, RuleTerms},
};
use stowage_proto::job::ApplyRetention;
use stowage_rpc::ErrorCode;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    problem::{Fields, Kind},
    wire::{Moment, name_of, words},
};

const NO_RULE: Kind = Kind::named(
    ErrorCode::NotFound,
    "not-found",
    "There is no such retention rule",
);

/// How old an asset has to be.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleAge {
    /// Which date counts. An asset without a capture date is never old by it.
    #[schema(schema_with = words::age_basis)]
    basis: AgeBasis,
    /// Times 24 hours.
    #[schema(minimum = 1, maximum = 36500)]
    days: u32,
}

/// What a rule asks of an asset: all of it has to hold, and at least one thing is asked.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleTermsBody {
    /// It has this tag.
    tag: Option<String>,
    age: Option<RuleAge>,
    /// An original of it lies in this storage.
    storage_id: Option<Uuid>,
}

/// A rule that puts assets in the recycle bin by itself.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRetentionRule {
    name: String,
    terms: RuleTermsBody,
    /// Whether it runs daily; it does when left out.
    on: Option<bool>,
}

/// A rule that puts assets in the recycle bin by itself.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RetentionRule {
    id: Uuid,
    name: String,
    tag: Option<String>,
    age: Option<RuleAge>,
    storage_id: Option<Uuid>,
    on: bool,
    created_at: Moment,
    /// When it was last asked what it means.
    last_run_at: Option<Moment>,
}

impl RetentionRule {
    fn of(row: RuleRow) -> Self {
        Self {
            id: row.id.0,
            name: row.name,
            tag: row.terms.tag,
            age: row.terms.age.map(|age| RuleAge {
                basis: age.basis,
                days: age.days,
            }),
            storage_id: row.terms.storage.map(Uuid::from),
            on: row.is_on,
            created_at: row.created_at.into(),
            last_run_at: row.last_run_at.map(Into::into),
        }
    }
}

impl NewRetentionRule {
    /// Returns the rule, or says what is wrong with it.
    fn check(self, id: RetentionRuleId, created_at: Timestamp) -> Result<RuleRow, Fields> {
        Ok(RuleRow {
            id,
            name: name_of(&self.name).map_err(|wrong| Fields::one("name", wrong))?,
            terms: self.terms.check("terms.")?,
            is_on: self.on.unwrap_or(true),
            created_at,
            last_run_at: None,
        })
    }
}

impl RuleTermsBody {
    /// Returns the terms; what is wrong with them is named below `prefix`.
    fn check(self, prefix: &str) -> Result<RuleTerms, Fields> {
        let field = |name: &str| format!("{prefix}{name}");
        let tag = self.tag.as_deref().map(name_of).transpose();
        let age = self.age.map(|age| Age {
            basis: age.basis,
            days: age.days,
        });
        if age.is_some_and(|age| age.days == 0 || age.days > MOST_AGE_DAYS) {
            let error = format!("must lie between 1 and {MOST_AGE_DAYS}");
            return Err(Fields::one(field("age.days"), error));
        }
        let terms = RuleTerms {
            tag: tag.map_err(|wrong| Fields::one(field("tag"), wrong))?,
            age,
            storage: self.storage_id.map(StorageId),
        };
        if terms.is_empty() {
            let name = prefix.trim_end_matches('.');
            return Err(Fields::one(name, "must ask for a tag, an age or a storage"));
        }
        Ok(terms)
    }
}

/// Refuses terms that name a storage of nobody's here.
async fn check_storage(
    tx: &Tx,
    terms: &RuleTerms,
    field: &str,
) -> Result<Result<(), Fields>, DbError> {
    let Some(storage) = terms.storage else {
        return Ok(Ok(()));
    };
    let found = tx.storages().find(storage).await?;
    Ok(found
        .map(|_| ())
        .ok_or_else(|| Fields::one(field, "names no storage of this workspace")))
}

/// Returns the job that asks a rule what it means now.
fn planning(rule: RetentionRuleId) -> ApplyRetention {
    ApplyRetention {
        rule_id: rule.to_string(),
        batch_id: String::new(),
    }
}

/// Returns the record of an act on a rule.
fn about(
    (workspace, user): (WorkspaceId, UserId),
    action: AuditAction,
    detail: Value,
) -> AuditEntry {
    AuditEntry {
        actor: Actor::User(user),
        action,
        subject: AuditSubject::Workspace,
        subject_id: workspace.into(),
        detail,
    }
}

/// Describes a rule for the record.
fn described(rule: &RuleRow) -> Value {
    let RuleTerms { tag, age, storage } = &rule.terms;
    json!({
        "rule": rule.name,
        "rule_id": rule.id,
        "tag": tag,
        "storage": storage,
        "age_basis": age.map(|age| age.basis),
        "age_days": age.map(|age| age.days),
        "on": rule.is_on,
    })
}
