//! `POST /workspaces/{workspace_id}/retention/rules`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use stowage_db::{Database, DbError};
use stowage_domain::{AuditAction, Clock, Ids, Permission};

use super::{NewRetentionRule, RetentionRule, about, check_storage, described};
use crate::{
    extract::{Json, JsonError, Member, MemberError, Refused, WorkspacePath},
    problem::{Fields, route_error},
};

route_error! {
    /// What making a rule answers when it does not.
    RouteError, after [MemberError, JsonError], from [Refused, Fields, DbError] {}
}

/// Make a retention rule. It runs within a minute, and daily from then on.
///
/// What it means goes to the recycle bin, from where it can be restored. A batch of more than 100
/// assets that are more than a tenth of the library waits for an administrator. A legal hold keeps
/// an asset from every rule. Ask for a preview first.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/retention/rules",
    tag = "retention",
    operation_id = "create_retention_rule",
    params(WorkspacePath),
    request_body = NewRetentionRule,
    responses((status = 201, description = "The rule", body = RetentionRule), RouteError)
)]
pub(crate) async fn create(
    State(db): State<Database>,
    State(clock): State<Arc<dyn Clock>>,
    State(ids): State<Arc<dyn Ids>>,
    member: Member,
    Json(new): Json<NewRetentionRule>,
) -> Result<(StatusCode, Json<RetentionRule>), RouteError> {
    let workspace = member.must(Permission::Administer)?;
    let rule = new.check(ids.next().into(), clock.now())?;
    let tx = db.begin_in(workspace).await?;
    check_storage(&tx, &rule.terms, "terms.storage_id").await??;
    tx.retention().insert(&rule, member.user).await?;
    let who = (workspace, member.user);
    let entry = about(who, AuditAction::RetentionRuleChanged, described(&rule));
    tx.audit().record(ids.next().into(), &entry).await?;
    tx.commit_quietly().await?;
    Ok((StatusCode::CREATED, Json(RetentionRule::of(rule))))
}
