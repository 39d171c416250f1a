//! `GET /workspaces/{workspace_id}/retention/rules`

use axum::extract::State;
use serde::Serialize;
use stowage_db::{Database, DbError};
use stowage_domain::Permission;
use utoipa::ToSchema;

use super::RetentionRule;
use crate::{
    extract::{Json, Member, MemberError, Refused, WorkspacePath},
    problem::route_error,
};

/// All rules of a workspace.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RetentionRules {
    items: Vec<RetentionRule>,
}

route_error! {
    /// What listing rules answers when it does not.
    RouteError, after [MemberError], from [Refused, DbError] {}
}

/// List the retention rules, oldest first.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/retention/rules",
    tag = "retention",
    operation_id = "list_retention_rules",
    params(WorkspacePath),
    responses((status = 200, description = "The rules", body = RetentionRules), RouteError)
)]
pub(crate) async fn list(
    State(db): State<Database>,
    member: Member,
) -> Result<Json<RetentionRules>, RouteError> {
    let workspace = member.must(Permission::Administer)?;
    let tx = db.read_in(workspace).await?;
    let rules = tx.retention().list().await?;
    Ok(Json(RetentionRules {
        items: rules.into_iter().map(RetentionRule::of).collect(),
    }))
}
