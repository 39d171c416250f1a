//! How a storage stands, from how it answers (SPEC D18).

use std::sync::Arc;

use stowage_db::{Database, DbError, repo::Health};
use stowage_domain::{StorageId, StorageStatus, WorkspaceId};
use stowage_jobs::{Bus, announce};
use stowage_proto::event::Topic;
use stowage_storage::{ErrorKind, StorageError};
use tracing::warn;

/// Failures in a row after which something that may pass by itself counts as failed.
const FAILED_AFTER: i32 = 3;

/// Keeps the health of storages.
#[derive(Debug, Clone)]
pub(crate) struct HealthKeeper {
    pub(crate) db: Database,
    pub(crate) bus: Arc<dyn Bus>,
}

impl HealthKeeper {
    /// Records that a storage answered as it should.
    pub(crate) async fn succeeded(&self, workspace: WorkspaceId, id: StorageId) {
        let healthy = Health {
            status: StorageStatus::Connected,
            reason: None,
            remedy: None,
            consecutive_failures: 0,
            last_checked_at: None,
        };
        self.put(workspace, id, |_| healthy).await;
    }

    /// Records that a storage answered at all, where nothing is known of it yet.
    pub(crate) async fn answered(&self, workspace: WorkspaceId, id: StorageId) {
        self.put(workspace, id, |known| match known.status {
            StorageStatus::NotTested => Health {
                status: StorageStatus::Connected,
                ..known
            },
            _ => known,
        })
        .await;
    }

    /// Records that a storage failed, unless the fault lies with one object alone.
    pub(crate) async fn failed(&self, workspace: WorkspaceId, id: StorageId, error: &StorageError) {
        if is_about_one_object(error.kind()) {
            return;
        }
        self.put(workspace, id, |known| after_failure(&known, error))
            .await;
    }

    /// Records that the authorisation is gone because a person took it away.
    pub(crate) async fn disconnected(&self, workspace: WorkspaceId, id: StorageId) {
        self.put(workspace, id, |known| Health {
            status: StorageStatus::Disconnected,
            reason: Some("the storage was disconnected".into()),
            remedy: Some("Enter its credentials again to reconnect it.".into()),
            ..known
        })
        .await;
    }

    async fn put(
        &self,
        workspace: WorkspaceId,
        id: StorageId,
        change: impl FnOnce(Health) -> Health,
    ) {
        if let Err(error) = self.try_put(workspace, id, change).await {
            warn!(storage.id = %id, %error, "could not record how storage {id} stands");
        }
    }

    async fn try_put(
        &self,
        workspace: WorkspaceId,
        id: StorageId,
        change: impl FnOnce(Health) -> Health,
    ) -> Result<(), DbError> {
        let tx = self.db.begin_in(workspace).await?;
        if tx.storages().find(id).await?.is_none() {
            return Ok(());
        }
        let known = tx.storages().health(id).await?;
        let health = change(known.clone());
        tx.storages().put_health(id, &health).await?;
        tx.commit().await?;
        let is_news = (known.status, &known.reason) != (health.status, &health.reason);
        if is_news {
            announce(self.bus.as_ref(), workspace, Topic::Storage, id).await;
        }
        Ok(())
    }
}

fn is_about_one_object(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::NotFound
            | ErrorKind::Conflict
            | ErrorKind::AlreadyExists
            | ErrorKind::TooLarge
            | ErrorKind::Unsupported
    )
}

fn after_failure(known: &Health, error: &StorageError) -> Health {
    let failures = known.consecutive_failures.saturating_add(1);
    let status = match error.kind() {
        ErrorKind::Unauthenticated => StorageStatus::Disconnected,
        _ if error.is_temporary() && failures < FAILED_AFTER => StorageStatus::Degraded,
        _ => StorageStatus::Failed,
    };
    Health {
        status,
        reason: Some(error.to_string()),
        remedy: Some(remedy_for(error.kind()).to_owned()),
        consecutive_failures: failures,
        last_checked_at: None,
    }
}

/// Returns what a person can do about it.
pub(crate) fn remedy_for(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::RootNotFound => {
            "Verify the name of the folder or bucket and its region, and that it is mounted. \
             Nothing was marked as missing; following resumes by itself."
        }
        ErrorKind::Unauthenticated => "Check the credentials, and enter them again.",
        ErrorKind::Denied => "Check the permissions of the credentials or of the folder.",
        ErrorKind::Full => "Make room on the storage.",
        ErrorKind::Throttled => "Nothing to do: it is asked again later.",
        ErrorKind::Timeout => "Check the network and the firewall.",
        ErrorKind::Unreachable => "Check the address, the network and that the server runs.",
        ErrorKind::InvalidSettings => "Correct the storage's settings.",
        _ => "Look at the server's own log; the reason above is what it answered.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(known: &Health, kind: ErrorKind) -> Health {
        after_failure(known, &StorageError::new(kind, "it broke"))
    }

    #[test]
    fn d18_what_may_pass_degrades_first_and_fails_at_the_third_time() {
        let first = fail(&Health::untested(), ErrorKind::Timeout);
        let second = fail(&first, ErrorKind::Timeout);
        let third = fail(&second, ErrorKind::Timeout);
        assert_eq!(first.status, StorageStatus::Degraded);
        assert_eq!(second.status, StorageStatus::Degraded);
        assert_eq!(third.status, StorageStatus::Failed);
        assert_eq!(third.consecutive_failures, 3);
    }

    #[test]
    fn d18_refused_credentials_disconnect_at_once() {
        let health = fail(&Health::untested(), ErrorKind::Unauthenticated);
        assert_eq!(health.status, StorageStatus::Disconnected);
        assert_eq!(health.reason.as_deref(), Some("it broke"));
        assert!(health.remedy.is_some());
    }

    #[test]
    fn a_missing_root_fails_at_once() {
        let health = fail(&Health::untested(), ErrorKind::RootNotFound);
        assert_eq!(health.status, StorageStatus::Failed);
    }
}
