//! `GET /me`

use axum::extract::State;
use serde::Serialize;
use stowage_db::{Database, DbError, Scope, Tx, repo};
use utoipa::ToSchema;
use uuid::Uuid;

use super::workspaces::Workspace;
use crate::{
    extract::{Json, SignedIn, SignedInError},
    problem::route_error,
};

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    user: User,
    workspaces: Vec<Workspace>,
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct User {
    id: Uuid,
    email: String,
    name: String,
}

route_error! {
    /// What saying who is signed in answers when it does not.
    RouteError, after [SignedInError], from [DbError] {}
}

impl Me {
    /// Reads what a person sees of themselves. The transaction's scope is the system.
    pub(super) async fn of(tx: &Tx, user: repo::UserRow) -> Result<Self, DbError> {
        let members = tx.workspaces().list_of(user.id).await?;
        let workspaces = members
            .into_iter()
            .map(|member| Workspace::of(member.workspace, member.role));
        Ok(Self {
            workspaces: workspaces.collect(),
            user: User {
                id: user.id.0,
                email: user.email,
                name: user.name,
            },
        })
    }
}

/// Say who is signed in.
#[utoipa::path(
    get,
    path = "/me",
    tag = "session",
    operation_id = "get_me",
    security(("session" = [])),
    responses((status = 200, description = "Who is signed in", body = Me), RouteError)
)]
pub(crate) async fn show(
    State(db): State<Database>,
    signed_in: SignedIn,
) -> Result<Json<Me>, RouteError> {
    let tx = db.read(Scope::System).await?;
    Ok(Json(Me::of(&tx, signed_in.user).await?))
}
