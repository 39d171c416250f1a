//! Links that let somebody into a workspace.

pub(super) mod accept;
pub(super) mod check;
pub(super) mod create;
pub(super) mod delete;
pub(super) mod list;

use serde::Serialize;
use stowage_db::repo::InvitationRow;
use stowage_domain::Role;
use stowage_rpc::ErrorCode;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    problem::Kind,
    wire::{Moment, words},
};

const BAD_LINK: Kind = Kind::named(
    ErrorCode::Forbidden,
    "invalid-link",
    "This link is not, or no longer, valid; ask for another",
);

/// What tries of tokens are counted by.
const TRIES: &str = "invitation";

/// An invitation that nobody has used yet.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Invitation {
    id: Uuid,
    /// What whoever uses it becomes.
    #[schema(schema_with = words::role)]
    role: Role,
    /// Whom it is for, in the words of who made it.
    note: String,
    created_by: String,
    created_at: Moment,
    expires_at: Moment,
}

impl Invitation {
    fn of(row: InvitationRow) -> Self {
        Self {
            id: row.id.0,
            role: row.role,
            note: row.note,
            created_by: row.inviter,
            created_at: row.created_at.into(),
            expires_at: row.expires_at.into(),
        }
    }
}
