//! What handlers take out of requests. Each answers problem+json when it cannot.

mod json;
mod member;
mod operator;
mod path;
mod query;

pub(crate) use json::{Json, JsonError, MaybeJson, fitting};
pub(crate) use member::{Member, MemberError, Refused, SignedIn, SignedInError, find, who};
pub(crate) use operator::{Operator, OperatorError};
pub(crate) use path::{
    AnyWorkspacePath, ApiKeyPath, AssetPath, BatchPath, CopyPath, HoldPath, InvitationPath,
    JobPath, MemberPath, MigrationPath, Path, PathError, RulePath, ScanPath, SessionPath,
    StoragePath, TransferPath, UploadPath, WorkspacePath,
};
pub(crate) use query::{Query, QueryError};
