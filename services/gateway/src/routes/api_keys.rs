//! Keys with which programs act for who made them, in one workspace.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod list;
pub(super) mod regenerate;
pub(super) mod update;

use serde::Serialize;
use stowage_db::repo::ApiKeyRow;
use stowage_domain::KeyScope;
use stowage_rpc::ErrorCode;
use utoipa::{
    ToSchema,
    openapi::{Array, ArrayBuilder},
};
use uuid::Uuid;

use crate::{
    problem::Kind,
    wire::{Moment, words},
};

const NO_KEY: Kind = Kind::named(
    ErrorCode::NotFound,
    "not-found",
    "There is no such API key of yours",
);

/// An API key, without what opens anything.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiKey {
    id: Uuid,
    name: String,
    /// The two ends of the key.
    masked: String,
    #[schema(schema_with = scopes)]
    scopes: Vec<KeyScope>,
    /// A key that is not active opens nothing until it is again.
    is_active: bool,
    created_at: Moment,
    /// To within five minutes.
    last_used_at: Option<Moment>,
}

/// A key that was just made. It is shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApiKeySecret {
    api_key: ApiKey,
    /// What programs send: `Authorization: Bearer <key>` or `X-API-Key: <key>`.
    key: String,
}

impl ApiKey {
    fn of(row: ApiKeyRow) -> Self {
        Self {
            id: row.id.0,
            name: row.name,
            masked: row.masked,
            scopes: row.scopes,
            is_active: row.is_active,
            created_at: row.created_at.into(),
            last_used_at: row.last_used_at.map(Moment::from),
        }
    }
}

fn scopes() -> Array {
    ArrayBuilder::new().items(words::key_scope()).build()
}
