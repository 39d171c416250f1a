//! Calls to the storage connector, and what its failures look like to people.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt};
use stowage_domain::{Access, StorageId, StorageKind, WorkspaceId};
use stowage_proto::storage::{
    ConnectRequest, DisconnectRequest, Draft, FoldersRequest, IdentifyRequest, MarkRequest,
    MarkResponse, Object, ProbeRequest, ProbeResponse, ReadRequest, ReadResponse, StatRequest,
    folders_request, probe_request, read_response::Part,
    storage_service_client::StorageServiceClient,
};
use stowage_rpc::{ErrorCode, Problem, RemoteError, Transport, for_workspace};
use tonic::Status;
use tracing::warn;

use crate::problem::{Answer, Kind, kinds, log};

/// What bytes that go out to people are counted as.
const DOWNLOAD: &str = "download";

/// The storage connector, as the gateway uses it.
#[derive(Debug, Clone)]
pub(crate) struct Connector(StorageServiceClient<Transport>);

/// A call that the connector, or the storage behind it, refused.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the storage connector refused a call")]
pub(crate) struct ConnectorError(#[from] pub(crate) Status);

/// The beginning of an object, and the rest of it as it comes.
pub(crate) struct Opened {
    /// The facts of exactly the content that follows.
    pub(crate) object: Object,
    pub(crate) body: Body,
}

impl Connector {
    pub(crate) fn new(client: StorageServiceClient<Transport>) -> Self {
        Self(client)
    }

    /// Hands over the credentials of a storage whose row is there.
    pub(crate) async fn connect(
        &self,
        workspace: WorkspaceId,
        storage: StorageId,
        credentials: String,
    ) -> Result<(), ConnectorError> {
        let request = ConnectRequest {
            storage_id: storage.to_string(),
            credentials,
        };
        self.0
            .clone()
            .connect(for_workspace(workspace, request))
            .await?;
        Ok(())
    }

    /// Has the credentials of a storage forgotten.
    pub(crate) async fn disconnect(
        &self,
        workspace: WorkspaceId,
        storage: StorageId,
    ) -> Result<(), ConnectorError> {
        let request = DisconnectRequest {
            storage_id: storage.to_string(),
        };
        self.0
            .clone()
            .disconnect(for_workspace(workspace, request))
            .await?;
        Ok(())
    }

    /// Tries a connection and returns all of its steps.
    pub(crate) async fn probe(
        &self,
        workspace: WorkspaceId,
        target: probe_request::Target,
    ) -> Result<Vec<ProbeResponse>, ConnectorError> {
        let request = for_workspace(
            workspace,
            ProbeRequest {
                target: Some(target),
            },
        );
        let steps = self.0.clone().probe(request).await?.into_inner();
        Ok(steps.try_collect().await?)
    }

    /// Lists the folders of the server that may be connected.
    pub(crate) async fn server_roots(
        &self,
        workspace: WorkspaceId,
    ) -> Result<Vec<String>, ConnectorError> {
        self.server_folders_of(workspace, String::new()).await
    }

    /// Lists the names of the folders in a folder of the server.
    pub(crate) async fn server_folders(
        &self,
        workspace: WorkspaceId,
        folder: &str,
    ) -> Result<Vec<String>, ConnectorError> {
        let settings = serde_json::json!({ "folder": folder }).to_string();
        self.server_folders_of(workspace, settings).await
    }

    async fn server_folders_of(
        &self,
        workspace: WorkspaceId,
        settings: String,
    ) -> Result<Vec<String>, ConnectorError> {
        let draft = Draft {
            kind: StorageKind::Fs.as_str().to_owned(),
            settings,
            credentials: String::new(),
            access: Access::ReadOnly.as_str().to_owned(),
        };
        let target = Some(folders_request::Target::Draft(draft));
        let request = for_workspace(
            workspace,
            FoldersRequest {
                target,
                path: String::new(),
            },
        );
        Ok(self.0.clone().folders(request).await?.into_inner().names)
    }

    /// Has a storage prove that it is the one that was connected.
    pub(crate) async fn identify(
        &self,
        workspace: WorkspaceId,
        storage: StorageId,
        expected: &str,
    ) -> Result<(), ConnectorError> {
        let request = IdentifyRequest {
            storage_id: storage.to_string(),
            expected: expected.to_owned(),
        };
        self.0
            .clone()
            .identify(for_workspace(workspace, request))
            .await?;
        Ok(())
    }

    /// Puts the marker into a storage that is written to, or says whose marker it has.
    pub(crate) async fn mark(
        &self,
        workspace: WorkspaceId,
        storage: StorageId,
        take_over: bool,
    ) -> Result<MarkResponse, ConnectorError> {
        let request = MarkRequest {
            storage_id: storage.to_string(),
            take_over,
        };
        let answer = self
            .0
            .clone()
            .mark(for_workspace(workspace, request))
            .await?;
        Ok(answer.into_inner())
    }

    /// Asks for one object; none where the storage answers that it has no such thing.
    pub(crate) async fn stat(
        &self,
        workspace: WorkspaceId,
        storage: StorageId,
        path: &str,
    ) -> Result<Option<Object>, ConnectorError> {
        let request = StatRequest {
            storage_id: storage.to_string(),
            path: path.to_owned(),
        };
        match self
            .0
            .clone()
            .stat(for_workspace(workspace, request))
            .await
            .map_err(ConnectorError)
        {
            Ok(answer) => match answer.into_inner().object {
                Some(object) => Ok(Some(object)),
                None => Err(Status::internal("the answer names no object").into()),
            },
            Err(error) if error.storage_kind().as_deref() == Some("not_found") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Opens an object, or a stretch of its bytes.
    pub(crate) async fn read(
        &self,
        workspace: WorkspaceId,
        storage: StorageId,
        path: &str,
        range: Option<std::ops::Range<u64>>,
    ) -> Result<Opened, ConnectorError> {
        let request = ReadRequest {
            storage_id: storage.to_string(),
            path: path.to_owned(),
            offset: range.as_ref().map_or(0, |range| range.start),
            length: range.map(|range| range.end - range.start),
            purpose: DOWNLOAD.to_owned(),
        };
        let answer = self
            .0
            .clone()
            .read(for_workspace(workspace, request))
            .await?;
        let mut parts = answer.into_inner();
        let Some(ReadResponse {
            part: Some(Part::Object(object)),
        }) = parts.message().await?
        else {
            return Err(Status::internal("the answer does not begin with the object").into());
        };
        Ok(Opened {
            object,
            body: Body::from_stream(chunks(parts)),
        })
    }
}

fn chunks(
    parts: impl Stream<Item = Result<ReadResponse, Status>> + Send + 'static,
) -> impl Stream<Item = Result<Bytes, Status>> + Send + 'static {
    parts.filter_map(async |part| match part {
        Ok(ReadResponse {
            part: Some(Part::Chunk(chunk)),
        }) => Some(Ok(chunk)),
        Ok(_) => None,
        Err(status) => {
            warn!(
                error = &status as &dyn std::error::Error,
                "a download broke off"
            );
            Some(Err(status))
        }
    })
}

const REFUSED_SETTINGS: Kind = Kind::named(
    ErrorCode::Invalid,
    "invalid-settings",
    "The storage's settings cannot work",
);
const DENIED: Kind = Kind::named(
    ErrorCode::Conflict,
    "storage-denied",
    "The storage refuses access",
);
const GONE: Kind = Kind::named(
    ErrorCode::Conflict,
    "storage-folder-missing",
    "The connected folder is not there",
);
const UNREACHABLE: Kind = Kind::named(
    ErrorCode::Unavailable,
    "storage-unreachable",
    "The storage cannot be reached",
);
const THROTTLED: Kind = Kind::named(
    ErrorCode::Unavailable,
    "storage-throttled",
    "The storage asks to come back later",
);

impl ConnectorError {
    /// Returns the word for what went wrong with the storage itself, none when it never got there.
    pub(crate) fn storage_kind(&self) -> Option<String> {
        RemoteError::from_status(&self.0).map(|remote| remote.kind)
    }

    /// Returns what went wrong, for people.
    pub(crate) fn message(&self) -> &str {
        self.0.message()
    }

    fn kind(&self) -> Kind {
        match self.storage_kind().as_deref() {
            Some("invalid_settings" | "unsupported" | "too_large") => return REFUSED_SETTINGS,
            Some("unauthenticated" | "denied") => return DENIED,
            Some("root_not_found") => return GONE,
            Some("throttled") => return THROTTLED,
            Some("unreachable" | "unexpected" | "full") => return UNREACHABLE,
            _ => {}
        }
        match ErrorCode::from_grpc(self.0.code()) {
            ErrorCode::NotFound => kinds::NOT_FOUND,
            ErrorCode::Invalid => REFUSED_SETTINGS,
            ErrorCode::Forbidden | ErrorCode::Conflict => DENIED,
            ErrorCode::Exhausted | ErrorCode::Unavailable => kinds::UNAVAILABLE,
            ErrorCode::Timeout => kinds::TIMEOUT,
            ErrorCode::Unauthenticated | ErrorCode::Internal => kinds::INTERNAL,
        }
    }
}

impl Answer for ConnectorError {
    fn kinds() -> Vec<Kind> {
        vec![
            REFUSED_SETTINGS,
            DENIED,
            GONE,
            UNREACHABLE,
            THROTTLED,
            kinds::NOT_FOUND,
            kinds::UNAVAILABLE,
            kinds::TIMEOUT,
            kinds::INTERNAL,
        ]
    }

    fn problem(self) -> Problem {
        let kind = self.kind();
        if kind == kinds::INTERNAL || kind == kinds::UNAVAILABLE || kind == kinds::TIMEOUT {
            log(&self, "a call to the storage connector failed");
        }
        let remote = RemoteError::from_status(&self.0);
        let problem = kind.problem().with_detail(self.0.message());
        match remote.and_then(|remote| remote.retry_after) {
            Some(after) => problem.with_retry_after(after.max(Duration::from_secs(1))),
            None => problem,
        }
    }
}

#[cfg(test)]
mod tests {
    use stowage_rpc::status_of;

    use super::*;

    #[test]
    fn every_failure_is_one_of_those_that_are_described() {
        let words = [
            "not_found",
            "root_not_found",
            "unauthenticated",
            "denied",
            "conflict",
            "already_exists",
            "full",
            "throttled",
            "timeout",
            "unreachable",
            "invalid_settings",
            "unsupported",
            "too_large",
            "unexpected",
        ];
        for word in words {
            let error = ConnectorError(status_of(word, "because", None));
            assert!(ConnectorError::kinds().contains(&error.kind()), "{word}");
        }
        for code in 0..17 {
            let error = ConnectorError(Status::new(code.into(), "because"));
            assert!(ConnectorError::kinds().contains(&error.kind()), "{code}");
        }
    }

    #[test]
    fn what_a_person_can_mend_is_told_in_words() {
        let status = status_of("invalid_settings", "name a folder of the server", None);
        let problem = ConnectorError(status).problem();
        assert_eq!(problem.status, 400);
        assert_eq!(
            problem.detail.as_deref(),
            Some("name a folder of the server")
        );
    }
}
