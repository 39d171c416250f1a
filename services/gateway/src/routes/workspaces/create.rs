//! `POST /workspaces`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use stowage_db::{Database, DbError, Scope, repo::WorkspaceRow};
use stowage_domain::{Clock, Ids, Role, WorkspaceId};
use utoipa::ToSchema;

use super::Workspace;
use crate::{
    extract::{Json, JsonError, SignedIn, SignedInError},
    problem::{Fields, kinds, route_error},
    wire::{name_of, time_zone_of},
};

/// A workspace that is to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewWorkspace {
    name: String,
    /// An IANA name; UTC when left out.
    time_zone: Option<String>,
}

route_error! {
    /// What making a workspace answers when it does not.
    RouteError, after [SignedInError, JsonError], from [Fields, DbError] {
        /// Only owners make further workspaces, as long as there is one.
        NoOwner = kinds::FORBIDDEN,
    }
}

/// Make a workspace. Only somebody who owns one already may make another; where there is none any
/// more, anybody who has an account.
#[utoipa::path(
    post,
    path = "/workspaces",
    tag = "workspaces",
    operation_id = "create_workspace",
    security(("session" = [])),
    request_body = NewWorkspace,
    responses((status = 201, description = "The new workspace", body = Workspace), RouteError)
)]
pub(crate) async fn create(
    State(db): State<Database>,
    State(clock): State<Arc<dyn Clock>>,
    State(ids): State<Arc<dyn Ids>>,
    signed_in: SignedIn,
    Json(new): Json<NewWorkspace>,
) -> Result<(StatusCode, Json<Workspace>), RouteError> {
    let name = name_of(&new.name).map_err(|wrong| Fields::one("name", wrong))?;
    let time_zone = time_zone_of(new.time_zone.as_deref().unwrap_or("UTC"))
        .map_err(|wrong| Fields::one("time_zone", wrong))?;
    let owner = signed_in.user.id;

    let tx = db.read(Scope::System).await?;
    let is_owner = tx
        .workspaces()
        .list_of(owner)
        .await?
        .iter()
        .any(|member| member.role == Role::Owner);
    let is_allowed = is_owner || tx.workspaces().count().await? == 0;
    drop(tx);
    if !is_allowed {
        return Err(RouteError::NoOwner);
    }

    let (id, at) = (WorkspaceId(ids.next()), clock.now());
    let row = WorkspaceRow {
        time_zone,
        ..WorkspaceRow::new(id, &name, at)
    };
    let tx = db.begin_in(id).await?;
    tx.workspaces().create(&row).await?;
    tx.workspaces()
        .add_member(id, owner, Role::Owner, at)
        .await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(Workspace::of(row, Role::Owner))))
}
