//! What handlers take out of requests. Each answers problem+json when it cannot.

mod json;
mod member;
mod path;
mod query;

pub(crate) use json::{Json, JsonError, MaybeJson, fitting};
pub(crate) use member::{Member, MemberError, Refused, SignedIn, SignedInError, find, who};
pub(crate) use path::{
    ApiKeyPath, AssetPath, CopyPath, HoldPath, InvitationPath, JobPath, MemberPath, MigrationPath,
    Path, PathError, ScanPath, SessionPath, StoragePath, TransferPath, UploadPath, WorkspacePath,
};
pub(crate) use query::{Query, QueryError};
