//! `PUT /workspaces/{workspace_id}/retention/rules/{rule_id}`

use std::sync::Arc;

use axum::extract::State;
use stowage_db::{Database, DbError};
use stowage_domain::{AuditAction, Ids, Permission, RetentionRuleId};

use super::{NO_RULE, NewRetentionRule, RetentionRule, about, check_storage, described};
use crate::{
    extract::{
        Json, JsonError, Member, MemberError, Path, PathError, Refused, RulePath, WorkspacePath,
    },
    problem::{Fields, route_error},
};

route_error! {
    /// What changing a rule answers when it does not.
    RouteError, after [MemberError, PathError, JsonError], from [Refused, Fields, DbError] {
        NoRule = NO_RULE,
    }
}

/// Change a retention rule. A batch of it that waits for a decision was planned by other words, and
/// is dropped.
#[utoipa::path(
    put,
    path = "/workspaces/{workspace_id}/retention/rules/{rule_id}",
    tag = "retention",
    operation_id = "update_retention_rule",
    params(WorkspacePath, RulePath),
    request_body = NewRetentionRule,
    responses((status = 200, description = "The rule as it is now", body = RetentionRule), RouteError)
)]
pub(crate) async fn update(
    State(db): State<Database>,
    State(ids): State<Arc<dyn Ids>>,
    member: Member,
    Path(path): Path<RulePath>,
    Json(new): Json<NewRetentionRule>,
) -> Result<Json<RetentionRule>, RouteError> {
    let workspace = member.must(Permission::Administer)?;
    let id = RetentionRuleId(path.rule_id);
    let tx = db.begin_in(workspace).await?;
    let former = tx.retention().find(id).await?.ok_or(RouteError::NoRule)?;
    let rule = new.check(id, former.created_at)?;
    check_storage(&tx, &rule.terms, "terms.storage_id").await??;
    tx.retention().update(&rule).await?;
    let who = (workspace, member.user);
    let entry = about(who, AuditAction::RetentionRuleChanged, described(&rule));
    tx.audit().record(ids.next().into(), &entry).await?;
    tx.commit_quietly().await?;
    Ok(Json(RetentionRule::of(rule)))
}
