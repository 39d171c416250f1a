//! Ids in the path. What is no id names nothing, and so is not found.

use axum::{
    extract::{FromRequestParts, Path as AxumPath},
    http::request::Parts,
};
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::IntoParams;
use uuid::Uuid;

use crate::problem::{kinds, route_error};

/// Takes ids out of the path.
#[derive(Debug)]
pub(crate) struct Path<T>(pub(crate) T);

route_error! {
    /// A path with something that is no id.
    PathError {
        NoId = kinds::NOT_FOUND,
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = PathError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PathError> {
        let path = AxumPath::<T>::from_request_parts(parts, state).await;
        path.map(|AxumPath(path)| Self(path))
            .map_err(|_| PathError::NoId)
    }
}

macro_rules! path {
    ($name:ident { $($(#[doc = $doc:literal])* $field:ident),+ }) => {
        #[derive(Debug, Deserialize, IntoParams)]
        #[into_params(parameter_in = Path)]
        pub(crate) struct $name {
            $($(#[doc = $doc])* pub(crate) $field: Uuid),+
        }
    };
}

/// The workspace in the path, which [`Member`](super::Member) takes.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(
    dead_code,
    reason = "describes the parameter; nobody takes it this way"
)]
pub(crate) struct WorkspacePath {
    /// The workspace.
    workspace_id: Uuid,
}

path!(StoragePath {
    /// A storage of the workspace.
    storage_id
});
path!(ScanPath {
    /// A storage of the workspace.
    storage_id,
    /// A scan of the storage.
    run_id
});
path!(AssetPath {
    /// An asset of the workspace.
    asset_id
});
path!(HoldPath {
    /// A legal hold of the workspace.
    hold_id
});
path!(CopyPath {
    /// A copy of the workspace that lingers in a storage.
    copy_id
});
path!(JobPath {
    /// A job of the workspace.
    job_id
});
path!(MigrationPath {
    /// A migration of the workspace.
    migration_id
});
path!(TransferPath {
    /// A transfer of the workspace.
    transfer_id
});
path!(MemberPath {
    /// A member of the workspace.
    user_id
});
path!(InvitationPath {
    /// An invitation to the workspace.
    invitation_id
});
path!(ApiKeyPath {
    /// An API key to the workspace, of who asks.
    api_key_id
});
path!(SessionPath {
    /// A session of who asks.
    session_id
});
path!(UploadPath {
    /// An upload to the workspace, of who asks.
    upload_id
});
