//! `POST /invitations/check`

use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use stowage_db::{Database, DbError, Scope};
use stowage_domain::Role;
use stowage_secrets::Token;
use utoipa::ToSchema;

use super::{BAD_LINK, TRIES};
use crate::{
    auth::{Client, Throttle, TooMany},
    extract::{Json, JsonError},
    problem::route_error,
    wire::{Moment, words},
};

/// The link that somebody was given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InvitationToken {
    /// From the link.
    token: String,
}

/// What an invitation leads to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvitationOffer {
    workspace_name: String,
    /// Who made it.
    invited_by: String,
    #[schema(schema_with = words::role)]
    role: Role,
    expires_at: Moment,
}

route_error! {
    /// What looking at an invitation answers when it does not.
    RouteError, after [JsonError], from [TooMany, DbError] {
        BadLink = BAD_LINK,
    }
}

/// Say what an invitation leads to, without using it.
#[utoipa::path(
    post,
    path = "/invitations/check",
    tag = "members",
    operation_id = "check_invitation",
    security(()),
    request_body = InvitationToken,
    responses((status = 200, description = "What it leads to", body = InvitationOffer), RouteError)
)]
pub(crate) async fn check(
    State(db): State<Database>,
    State(throttle): State<Arc<Throttle>>,
    client: Client,
    Json(sent): Json<InvitationToken>,
) -> Result<Json<InvitationOffer>, RouteError> {
    throttle.count(TRIES, client)?;
    let tx = db.read(Scope::System).await?;
    let hash = Token::from_caller(&sent.token).hash();
    let found = tx.invitations().find_by_token(&hash).await?;
    let found = found.ok_or(RouteError::BadLink)?;
    throttle.forgive(TRIES, client);
    Ok(Json(InvitationOffer {
        workspace_name: found.workspace_name,
        invited_by: found.inviter,
        role: found.role,
        expires_at: found.expires_at.into(),
    }))
}
