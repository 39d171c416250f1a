//! `POST /workspaces/{workspace_id}/invitations`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use stowage_db::{Database, DbError, repo::InvitationRow};
use stowage_domain::{Clock, Ids, InvitationId, Permission, Role, Timestamp};
use stowage_rpc::ErrorCode;
use stowage_secrets::Token;
use tracing::info;
use utoipa::ToSchema;

use super::Invitation;
use crate::{
    GatewayConfig,
    auth::secret_link,
    extract::{Json, JsonError, Member, MemberError, Refused, WorkspacePath},
    problem::{Fields, Kind, route_error},
    wire::{name_of, words},
};

const DEFAULT_DAYS: u32 = 7;
const MOST_DAYS: u32 = 90;
const DAY_MICROS: i64 = 24 * 60 * 60 * 1_000_000;

/// An invitation that is to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewInvitation {
    /// What whoever uses it becomes.
    #[schema(schema_with = words::role)]
    role: Role,
    /// Whom it is for, so that it is known again in the list.
    #[serde(default)]
    note: Option<String>,
    /// How many days it can be used, 1 to 90; 7 when left out.
    #[serde(default)]
    days: Option<u32>,
}

/// An invitation with its link, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvitationLink {
    invitation: Invitation,
    link: String,
}

route_error! {
    /// What inviting answers when it does not.
    RouteError, after [MemberError, JsonError], from [Refused, Fields, DbError] {
        AboveYou = Kind::named(
            ErrorCode::Forbidden,
            "role-above-yours",
            "Nobody gives or takes a role above their own",
        ),
    }
}

/// Make a link with which one person joins the workspace.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/invitations",
    tag = "members",
    operation_id = "create_invitation",
    security(("session" = [])),
    params(WorkspacePath),
    request_body = NewInvitation,
    responses(
        (status = 201, description = "The invitation, with its link", body = InvitationLink),
        RouteError
    )
)]
pub(crate) async fn create(
    State(db): State<Database>,
    State(config): State<Arc<GatewayConfig>>,
    State(clock): State<Arc<dyn Clock>>,
    State(ids): State<Arc<dyn Ids>>,
    member: Member,
    Json(new): Json<NewInvitation>,
) -> Result<(StatusCode, Json<InvitationLink>), RouteError> {
    let workspace = member.must_in_person(Permission::ManageMembers)?;
    if !member.role.may_give(new.role) {
        return Err(RouteError::AboveYou);
    }
    let (note, days) = check(&new)?;
    let token = Token::generate();
    let at = clock.now();
    let id = InvitationId(ids.next());
    let tx = db.begin_in(workspace).await?;
    let inviter = tx.users().find(member.user).await?;
    let row = InvitationRow {
        id,
        workspace,
        workspace_name: member.workspace.name,
        role: new.role,
        note,
        created_by: member.user,
        inviter: inviter.map(|user| user.name).unwrap_or_default(),
        created_at: at,
        expires_at: Timestamp::from_micros(at.micros() + i64::from(days) * DAY_MICROS),
    };
    tx.invitations().insert(&row, &token.hash()).await?;
    tx.commit().await?;
    info!(invitation.id = %id, user.id = %member.user, "made invitation {id}");
    let answer = InvitationLink {
        invitation: Invitation::of(row),
        link: secret_link(&config, "invitation", &token),
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

fn check(new: &NewInvitation) -> Result<(String, u32), Fields> {
    let mut wrong = Fields::none();
    let note = new.note.as_deref().unwrap_or_default().trim();
    if !note.is_empty()
        && let Err(reason) = name_of(note)
    {
        wrong.add("note", reason);
    }
    let days = new.days.unwrap_or(DEFAULT_DAYS);
    if !(1..=MOST_DAYS).contains(&days) {
        wrong.add("days", format!("must lie between 1 and {MOST_DAYS}"));
    }
    wrong.check()?;
    Ok((note.to_owned(), days))
}
