//! Connection tests, saved or not (SPEC D19).

use std::time::Duration;

use futures::StreamExt;
use stowage_domain::{Access, StorageId, WorkspaceId};
use stowage_proto::storage::{ProbeRequest, ProbeResponse, StepStatus, probe_request::Target};
use stowage_storage::{
    Capability, ErrorKind, StorageError,
    probe::{Finding, Probe, ProbeEvent, ProbeStatus, ProbeStep, Step},
};
use tonic::{Response, Status};
use tracing::warn;

use super::{Answers, StorageGrpc, db_status, list::connection_of, storage_id, storage_status};
use crate::{
    health::remedy_for,
    open::{Connection, OpenError},
};

impl StorageGrpc {
    pub(super) async fn probe_steps(
        &self,
        workspace: WorkspaceId,
        request: ProbeRequest,
    ) -> Result<Response<Answers<ProbeResponse>>, Status> {
        let (saved, connection) = match request.target {
            Some(Target::StorageId(id)) => {
                let id = storage_id(&id)?;
                let connection = match self.opener.connection(workspace, id).await {
                    Ok(connection) => connection,
                    Err(OpenError::Db(error)) => return Err(db_status(&error)),
                    Err(OpenError::Storage(error)) => return Err(storage_status(&error)),
                };
                (Some(id), connection)
            }
            Some(Target::Draft(draft)) => (None, connection_of(draft)?),
            None => return Err(Status::invalid_argument("target must be set")),
        };
        let probe = match self.begin(connection) {
            Ok(probe) => probe,
            // Settings that cannot work are a step that failed, like any other.
            Err(error) => return Ok(Response::new(refused(&error))),
        };
        let mut events = probe.run();
        let service = self.clone();
        let answers = async_stream::stream! {
            let mut failure = None;
            while let Some(event) = events.next().await {
                match event {
                    ProbeEvent::Step(step) => {
                        let is_first = step.status == ProbeStatus::Failed && failure.is_none();
                        if is_first {
                            failure.clone_from(&step.reason);
                        }
                        yield Ok(answer(step));
                    }
                    ProbeEvent::Done(finding) => {
                        if let Some(id) = saved {
                            service.remember(workspace, id, &finding, failure.take()).await;
                        }
                    }
                }
            }
        };
        Ok(Response::new(Box::pin(answers)))
    }

    fn begin(&self, connection: Connection) -> Result<Probe, StorageError> {
        let ground = self.opener.ground(&connection)?;
        let tried = match connection.access {
            Access::ReadWrite => Capability::untested(),
            Access::ReadOnly => Capability::default(),
        };
        let storage = self.opener.bare(&Connection {
            capability: Some(tried),
            ..connection
        })?;
        Ok(Probe::new(storage, ground))
    }

    /// Keeps what a test of a saved storage found out.
    async fn remember(
        &self,
        workspace: WorkspaceId,
        id: StorageId,
        finding: &Finding,
        failure: Option<String>,
    ) {
        if finding.is_connected {
            self.health.succeeded(workspace, id).await;
        } else {
            let reason = failure.unwrap_or_else(|| "the connection test failed".to_owned());
            let error = StorageError::new(ErrorKind::Unexpected, reason);
            self.health.failed(workspace, id, &error).await;
            return;
        }
        let keep = async {
            let capability = serde_json::to_string(&finding.capability).unwrap_or_default();
            let tx = self.deps.db.begin_in(workspace).await?;
            tx.storages().put_capability(id, &capability).await?;
            tx.commit().await
        };
        if let Err(error) = keep.await {
            warn!(storage.id = %id, %error, "could not keep what the test of {id} found");
        }
    }
}

fn refused(error: &StorageError) -> Answers<ProbeResponse> {
    let step = ProbeStep {
        step: Step::NameResolution,
        name: "settings",
        title: "Settings",
        status: ProbeStatus::Failed,
        reason: Some(error.to_string()),
        remedy: Some(remedy_for(error.kind()).to_owned()),
        duration: Duration::ZERO,
    };
    Box::pin(futures::stream::once(async move { Ok(answer(step)) }))
}

fn answer(step: ProbeStep) -> ProbeResponse {
    let status = match step.status {
        ProbeStatus::Ok => StepStatus::Ok,
        ProbeStatus::Skipped => StepStatus::Skipped,
        ProbeStatus::Failed => StepStatus::Failed,
    };
    ProbeResponse {
        name: step.name.to_owned(),
        title: step.title.to_owned(),
        status: status.into(),
        reason: step.reason.unwrap_or_default(),
        remedy: step.remedy.unwrap_or_default(),
        duration_ms: u32::try_from(step.duration.as_millis()).unwrap_or(u32::MAX),
    }
}
