//! Who belongs to a workspace.

pub(super) mod delete;
pub(super) mod list;
pub(super) mod reset_password;
pub(super) mod update;

use serde::Serialize;
use stowage_db::repo::MemberRow;
use stowage_domain::Role;
use stowage_rpc::ErrorCode;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    problem::Kind,
    wire::{Moment, words},
};

const NO_MEMBER: Kind = Kind::named(ErrorCode::NotFound, "not-found", "There is no such member");
const LAST_OWNER: Kind = Kind::named(
    ErrorCode::Conflict,
    "last-owner",
    "A workspace keeps at least one owner; make somebody else an owner first",
);
const ABOVE_YOU: Kind = Kind::named(
    ErrorCode::Forbidden,
    "role-above-yours",
    "Nobody gives or takes a role above their own",
);

/// Somebody who belongs to the workspace.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MemberEntry {
    user_id: Uuid,
    name: String,
    email: String,
    #[schema(schema_with = words::role)]
    role: Role,
    joined_at: Moment,
}

impl MemberEntry {
    fn of(row: MemberRow) -> Self {
        Self {
            user_id: row.user.0,
            name: row.name,
            email: row.email,
            role: row.role,
            joined_at: row.joined_at.into(),
        }
    }
}
