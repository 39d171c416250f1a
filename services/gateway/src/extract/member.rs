//! Who asks, and what they may do.

use std::{error::Error as StdError, time::Duration};

use axum::{
    extract::{FromRef, FromRequestParts, RawPathParams},
    http::request::Parts,
};
use serde_json::Value;
use stowage_db::{
    Database, DbError, Scope, Tx,
    repo::{self, AuditEntry},
};
use stowage_domain::{
    Actor, ApiKeyId, AuditAction, AuditSubject, KeyScope, Permission, Role, SessionId, Timestamp,
    UserId, WorkspaceId,
};
use stowage_rpc::{ErrorCode, Problem};
use stowage_secrets::Token;
use tracing::warn;
use uuid::Uuid;

use crate::{
    auth::Credential,
    problem::{Answer, Kind, kinds, route_error},
};

const NO_WORKSPACE: Kind = Kind::named(
    ErrorCode::NotFound,
    "not-found",
    "There is no such workspace",
);

const NO_KEY: Kind = Kind::named(
    ErrorCode::Forbidden,
    "api-key-not-allowed",
    "This cannot be done with an API key; sign in",
);

/// How old the time of the last use may grow, so that looking does not write each time.
const TOUCH_AFTER: Duration = Duration::from_mins(5);

/// Somebody who is signed in, in person.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn {
    pub(crate) session: SessionId,
    pub(crate) user: repo::UserRow,
}

/// Somebody who is signed in and belongs to the workspace in the path.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) workspace: repo::WorkspaceRow,
    pub(crate) role: Role,
    pub(crate) user: UserId,
    /// What the key that they act by is good for; none where they are here themselves.
    key: Option<Vec<KeyScope>>,
}

route_error! {
    /// Nobody is signed in.
    SignedInError, from [DbError] {
        Unauthenticated = kinds::UNAUTHENTICATED,
        NoKey = NO_KEY,
    }
}

route_error! {
    /// Nobody who belongs to the workspace is signed in.
    MemberError, from [DbError] {
        Unauthenticated = kinds::UNAUTHENTICATED,
        /// A workspace that others have looks just like one that nobody has.
        NoWorkspace = NO_WORKSPACE,
    }
}

/// A member whose role does not reach, or whose key does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refused {
    Role { role: Role, permission: Permission },
    Scope(Permission),
    Key,
}

impl Answer for Refused {
    fn kinds() -> Vec<Kind> {
        vec![kinds::FORBIDDEN, NO_KEY]
    }

    fn problem(self) -> Problem {
        let (role, permission) = match self {
            Self::Key => return NO_KEY.problem(),
            Self::Scope(permission) => {
                let mut scopes = KeyScope::ALL.iter();
                return match scopes.find(|scope| scope.covers(permission)) {
                    Some(scope) => {
                        let detail = format!("the API key has no scope {scope}");
                        kinds::FORBIDDEN.problem().with_detail(detail)
                    }
                    None => NO_KEY.problem(),
                };
            }
            Self::Role { role, permission } => (role, permission),
        };
        let who = match permission {
            Permission::View => "a member",
            Permission::Contribute => "a contributor",
            Permission::Edit => "an editor",
            Permission::Purge | Permission::Administer | Permission::ManageMembers => {
                "an administrator or the owner"
            }
            Permission::DeleteWorkspace => "the owner",
        };
        let detail = format!("this takes {who}; your role here is {role}");
        kinds::FORBIDDEN.problem().with_detail(detail)
    }
}

impl Member {
    /// Fails unless the member may do this, and the key that they act by too. Every route of a
    /// workspace asks.
    pub(crate) fn must(&self, permission: Permission) -> Result<WorkspaceId, Refused> {
        if !self.role.may(permission) {
            let role = self.role;
            return Err(Refused::Role { role, permission });
        }
        match &self.key {
            Some(scopes) if !scopes.iter().any(|scope| scope.covers(permission)) => {
                Err(Refused::Scope(permission))
            }
            _ => Ok(self.workspace.id),
        }
    }

    /// Returns the record of something that the member does.
    pub(crate) fn act(
        &self,
        action: AuditAction,
        (subject, id): (AuditSubject, Uuid),
        detail: Value,
    ) -> AuditEntry {
        AuditEntry {
            actor: Actor::User(self.user),
            action,
            subject,
            subject_id: id,
            detail,
        }
    }

    /// Fails where a key acts: it changes nothing about who may do what.
    pub(crate) fn must_in_person(&self, permission: Permission) -> Result<WorkspaceId, Refused> {
        match self.key {
            Some(_) => Err(Refused::Key),
            None => self.must(permission),
        }
    }
}

impl<S> FromRequestParts<S> for SignedIn
where
    Database: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = SignedInError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, SignedInError> {
        match Credential::of(&parts.headers) {
            Some(Credential::Session(token)) => {
                let found = find(&Database::from_ref(state), &token).await?;
                found.ok_or(SignedInError::Unauthenticated)
            }
            Some(Credential::Key(token)) => {
                let tx = Database::from_ref(state).read(Scope::System).await?;
                let holder = tx.api_keys().find_holder(&token.hash()).await?;
                Err(holder.map_or(SignedInError::Unauthenticated, |_| SignedInError::NoKey))
            }
            None => Err(SignedInError::Unauthenticated),
        }
    }
}

impl<S> FromRequestParts<S> for Member
where
    Database: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = MemberError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, MemberError> {
        let credential = Credential::of(&parts.headers).ok_or(MemberError::Unauthenticated)?;
        let params = RawPathParams::from_request_parts(parts, state).await.ok();
        let workspace = params.as_ref().and_then(|params| {
            let (_, id) = params.iter().find(|(name, _)| *name == "workspace_id")?;
            id.parse::<WorkspaceId>().ok()
        });
        who(&Database::from_ref(state), &credential, workspace).await
    }
}

/// Returns who holds the session or the key, as a member of the workspace.
pub(crate) async fn who(
    db: &Database,
    credential: &Credential,
    workspace: Option<WorkspaceId>,
) -> Result<Member, MemberError> {
    let (user, key) = match credential {
        Credential::Session(token) => {
            let signed_in = find(db, token).await?;
            let signed_in = signed_in.ok_or(MemberError::Unauthenticated)?;
            (signed_in.user.id, None)
        }
        Credential::Key(token) => {
            let holder = holder(db, token).await?;
            let holder = holder.ok_or(MemberError::Unauthenticated)?;
            if workspace != Some(holder.workspace) {
                return Err(MemberError::NoWorkspace);
            }
            (holder.user, Some(holder.scopes))
        }
    };
    let workspace = workspace.ok_or(MemberError::NoWorkspace)?;
    let tx = db.read(Scope::System).await?;
    let found = tx.workspaces().find_for(workspace, user).await?;
    let repo::Member { workspace, role } = found.ok_or(MemberError::NoWorkspace)?;
    Ok(Member {
        workspace,
        role,
        user,
        key,
    })
}

/// Returns who is signed in with this session.
pub(crate) async fn find(db: &Database, token: &Token) -> Result<Option<SignedIn>, DbError> {
    let tx = db.read(Scope::System).await?;
    let Some(session) = tx.sessions().find(&token.hash()).await? else {
        return Ok(None);
    };
    let user = tx.users().find(session.user).await?;
    let is_due = is_due(&tx, session.last_used_at);
    drop(tx);
    if is_due {
        touch(db, Used::Session(session.id)).await;
    }
    Ok(user.map(|user| SignedIn {
        session: session.id,
        user,
    }))
}

async fn holder(db: &Database, token: &Token) -> Result<Option<repo::KeyHolder>, DbError> {
    let tx = db.read(Scope::System).await?;
    let holder = tx.api_keys().find_holder(&token.hash()).await?;
    if let Some(holder) = &holder
        && is_due(&tx, holder.last_used_at)
    {
        drop(tx);
        touch(db, Used::Key(holder.id)).await;
    }
    Ok(holder)
}

fn is_due(tx: &Tx, last: Option<Timestamp>) -> bool {
    last.is_none_or(|last| tx.began_at().since(last) >= TOUCH_AFTER)
}

#[derive(Debug, Clone, Copy)]
enum Used {
    Session(SessionId),
    Key(ApiKeyId),
}

/// Notes the use for people to see. Nobody is turned away because that did not work.
async fn touch(db: &Database, used: Used) {
    let noted = async {
        let tx = db.begin(Scope::System).await?;
        match used {
            Used::Session(id) => tx.sessions().touch(id).await?,
            Used::Key(id) => tx.api_keys().touch(id).await?,
        }
        tx.commit_quietly().await
    };
    let noted: Result<(), DbError> = noted.await;
    if let Err(error) = noted {
        let error = &error as &dyn StdError;
        warn!(error, "could not note the use of a session or a key");
    }
}
