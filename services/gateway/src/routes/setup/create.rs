//! `POST /setup`

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
};
use serde::Deserialize;
use stowage_db::{
    Database, DbError, Scope,
    repo::{NewUser, WorkspaceRow},
};
use stowage_domain::{Clock, Ids, Role, UserId, WorkspaceId};
use stowage_rpc::ErrorCode;
use stowage_secrets::Token;
use utoipa::ToSchema;

use crate::{
    GatewayConfig,
    auth::{
        Client, PasswordFailure, Passwords, Throttle, TooMany, check_account, cookie, open_session,
    },
    extract::{Json, JsonError},
    problem::{Fields, Kind, route_error},
    routes::me::Me,
    wire::name_of,
};

/// The first owner and their workspace.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSetup {
    /// From the link that was printed at the start.
    token: String,
    email: String,
    name: String,
    /// At least 12 characters.
    password: String,
    workspace_name: String,
}

route_error! {
    /// What setting up answers when it does not.
    RouteError, after [JsonError], from [Fields, TooMany, PasswordFailure, DbError] {
        SetUpAlready = Kind::named(
            ErrorCode::Conflict, "already-set-up", "Stowage is set up already; sign in instead"
        ),
        BadToken = Kind::named(
            ErrorCode::Forbidden, "invalid-setup-token", "This link is not, or no longer, valid"
        ),
    }
}

/// Create the first owner and their workspace, and sign them in.
#[utoipa::path(
    post,
    path = "/setup",
    tag = "setup",
    operation_id = "create_setup",
    security(()),
    request_body = NewSetup,
    responses((status = 201, description = "The owner, signed in", body = Me), RouteError)
)]
#[expect(clippy::too_many_arguments, reason = "one for each thing that is used")]
pub(crate) async fn create(
    State(db): State<Database>,
    State(config): State<Arc<GatewayConfig>>,
    State(clock): State<Arc<dyn Clock>>,
    State(ids): State<Arc<dyn Ids>>,
    State(passwords): State<Arc<Passwords>>,
    State(throttle): State<Arc<Throttle>>,
    client: Client,
    headers: HeaderMap,
    Json(new): Json<NewSetup>,
) -> Result<(StatusCode, [(HeaderName, HeaderValue); 1], Json<Me>), RouteError> {
    let (email, name, workspace_name) = check(&new)?;
    throttle.count("setup", client)?;
    let tx = db.read(Scope::System).await?;
    let is_needed = tx.users().count().await? == 0;
    // Made at the start for a folder that was named there: the owner takes it over.
    let waiting = tx.workspaces().first().await?;
    drop(tx);
    if !is_needed {
        return Err(RouteError::SetUpAlready);
    }
    let password_hash = passwords.hash(new.password).await?;

    let at = clock.now();
    let user = NewUser {
        id: UserId(ids.next()),
        email,
        name,
        password_hash,
        created_at: at,
    };
    let workspace = waiting
        .as_ref()
        .map_or_else(|| WorkspaceId(ids.next()), |row| row.id);
    let tx = db.begin_in(workspace).await?;
    if tx.users().count().await? > 0 {
        return Err(RouteError::SetUpAlready);
    }
    if !tx
        .users()
        .take_setup_token(&Token::from_caller(&new.token).hash())
        .await?
    {
        return Err(RouteError::BadToken);
    }
    tx.users().insert(&user).await?;
    match waiting {
        Some(row) => {
            tx.workspaces()
                .update(&workspace_name, &row.time_zone, row.check_duplicates)
                .await?;
        }
        None => {
            let row = WorkspaceRow::new(workspace, &workspace_name, at);
            tx.workspaces().create(&row).await?;
        }
    }
    tx.workspaces()
        .add_member(workspace, user.id, Role::Owner, at)
        .await?;
    let session = open_session(&tx, &*ids, &config, user.id, &headers).await?;
    tx.commit().await?;

    let tx = db.read(Scope::System).await?;
    let me = Me::of(&tx, user).await?;
    Ok((
        StatusCode::CREATED,
        [(header::SET_COOKIE, cookie::set(&session, &config))],
        Json(me),
    ))
}

/// Returns e-mail, name and the workspace's name.
fn check(new: &NewSetup) -> Result<(String, String, String), Fields> {
    let mut wrong = Fields::none();
    let workspace = name_of(&new.workspace_name).unwrap_or_else(|reason| {
        wrong.add("workspace_name", reason);
        String::new()
    });
    let (email, name) = check_account(&new.email, &new.name, &new.password, wrong)?;
    Ok((email, name, workspace))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Answer;

    fn new() -> NewSetup {
        NewSetup {
            token: "t".into(),
            email: " Ada@Example.org ".into(),
            name: "Ada".into(),
            password: "correct horse".into(),
            workspace_name: "Home".into(),
        }
    }

    #[test]
    fn an_address_is_kept_in_lower_case() {
        assert_eq!(check(&new()).unwrap().0, "ada@example.org");
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let bad = NewSetup {
            email: "ada".into(),
            name: " ".into(),
            password: "short".into(),
            ..new()
        };
        let errors = check(&bad).unwrap_err().problem().errors;
        assert_eq!(
            errors.keys().collect::<Vec<_>>(),
            ["email", "name", "password"]
        );
    }
}
