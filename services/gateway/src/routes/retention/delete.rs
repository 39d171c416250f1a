//! `DELETE /workspaces/{workspace_id}/retention/rules/{rule_id}`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde_json::json;
use stowage_db::{Database, DbError};
use stowage_domain::{AuditAction, Ids, Permission, RetentionRuleId};

use super::{NO_RULE, about};
use crate::{
    extract::{Member, MemberError, Path, PathError, Refused, RulePath, WorkspacePath},
    problem::route_error,
};

route_error! {
    /// What removing a rule answers when it does not.
    RouteError, after [MemberError, PathError], from [Refused, DbError] {
        NoRule = NO_RULE,
    }
}

/// Remove a retention rule with its batches. What it put in the bin stays there until its time is
/// over, or somebody restores it.
#[utoipa::path(
    delete,
    path = "/workspaces/{workspace_id}/retention/rules/{rule_id}",
    tag = "retention",
    operation_id = "delete_retention_rule",
    params(WorkspacePath, RulePath),
    responses((status = 204, description = "It is gone"), RouteError)
)]
pub(crate) async fn delete(
    State(db): State<Database>,
    State(ids): State<Arc<dyn Ids>>,
    member: Member,
    Path(path): Path<RulePath>,
) -> Result<StatusCode, RouteError> {
    let workspace = member.must(Permission::Administer)?;
    let id = RetentionRuleId(path.rule_id);
    let tx = db.begin_in(workspace).await?;
    let rule = tx.retention().find(id).await?.ok_or(RouteError::NoRule)?;
    tx.retention().delete(id).await?;
    let detail = json!({ "rule": rule.name, "rule_id": id, "removed": true });
    let who = (workspace, member.user);
    let entry = about(who, AuditAction::RetentionRuleChanged, detail);
    tx.audit().record(ids.next().into(), &entry).await?;
    tx.commit_quietly().await?;
    Ok(StatusCode::NO_CONTENT)
}
