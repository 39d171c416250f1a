//! `POST /workspaces/{workspace_id}/api-keys`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use stowage_db::{Database, DbError, repo::ApiKeyRow};
use stowage_domain::{ApiKeyId, Clock, Ids, KeyScope, Permission, Role};
use stowage_rpc::ErrorCode;
use stowage_secrets::Token;
use tracing::info;
use utoipa::ToSchema;

use super::{ApiKey, ApiKeySecret, scopes};
use crate::{
    extract::{Json, JsonError, Member, MemberError, Refused, WorkspacePath},
    problem::{Fields, Kind, route_error},
    wire::name_of,
};

/// How many keys to one workspace somebody may have.
const MOST: usize = 100;

/// A key that is to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewApiKey {
    /// What it is for.
    name: String,
    /// What it may do, within what you may do at the time.
    #[schema(schema_with = scopes)]
    scopes: Vec<KeyScope>,
}

route_error! {
    /// What making a key answers when it does not.
    RouteError, after [MemberError, JsonError], from [Refused, Fields, DbError] {
        TooMany = Kind::named(
            ErrorCode::Conflict,
            "too-many-keys",
            "You have 100 API keys to this workspace; delete one first",
        ),
    }
}

/// Make an API key. The key itself is in this answer and never shown again.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/api-keys",
    tag = "api-keys",
    operation_id = "create_api_key",
    security(("session" = [])),
    params(WorkspacePath),
    request_body = NewApiKey,
    responses((status = 201, description = "The key, shown this once", body = ApiKeySecret), RouteError)
)]
pub(crate) async fn create(
    State(db): State<Database>,
    State(clock): State<Arc<dyn Clock>>,
    State(ids): State<Arc<dyn Ids>>,
    member: Member,
    Json(new): Json<NewApiKey>,
) -> Result<(StatusCode, Json<ApiKeySecret>), RouteError> {
    let workspace = member.must_in_person(Permission::View)?;
    let (name, scopes) = check(new, member.role)?;
    let key = Token::generate_key();
    let id = ApiKeyId(ids.next());
    let row = ApiKeyRow {
        id,
        name,
        masked: key.masked(),
        scopes,
        is_active: true,
        created_at: clock.now(),
        last_used_at: None,
    };
    let tx = db.begin_in(workspace).await?;
    if tx.api_keys().list(member.user).await?.len() >= MOST {
        return Err(RouteError::TooMany);
    }
    tx.api_keys().insert(&row, member.user, &key.hash()).await?;
    tx.commit().await?;
    info!(key.id = %id, user.id = %member.user, "made API key {id}");
    let secret = ApiKeySecret {
        api_key: ApiKey::of(row),
        key: key.expose().to_owned(),
    };
    Ok((StatusCode::CREATED, Json(secret)))
}

fn check(new: NewApiKey, role: Role) -> Result<(String, Vec<KeyScope>), Fields> {
    let mut wrong = Fields::none();
    let name = name_of(&new.name).unwrap_or_else(|reason| {
        wrong.add("name", reason);
        String::new()
    });
    let mut scopes = new.scopes;
    scopes.sort();
    scopes.dedup();
    if scopes.is_empty() {
        wrong.add("scopes", "must name at least one");
    }
    if let Some(beyond) = scopes.iter().find(|scope| !scope.is_within(role)) {
        wrong.add("scopes", format!("{beyond} is more than a {role} may do"));
    }
    wrong.check()?;
    Ok((name, scopes))
}
