//! Who may send what: everything that is refused before the first byte.

use std::{sync::Arc, time::Duration};

use axum::{extract::FromRef, http::StatusCode};
use stowage_db::{
    Database, DbError, Scope,
    repo::{NewUpload, UploadRow},
};
use stowage_domain::{Clock, Ids, Timestamp, UploadId, UserId, WorkspaceId};
use stowage_rpc::{ErrorCode, Problem};
use stowage_storage::Storage;
use tracing::warn;

use crate::{
    GatewayConfig,
    problem::{Answer, Kind},
    state::{Gateway, SpoolBytes},
};

/// Of how many percent of the spool on no upload is taken (ARCHITECTURE 4.4).
const SPOOL_PERCENT: u64 = 90;

/// When it makes sense to ask again where the spool is full.
const AGAIN_AFTER: Duration = Duration::from_secs(30);

/// What somebody wants to send.
#[derive(Debug, Default)]
pub(crate) struct Announced {
    pub(crate) name: String,
    pub(crate) folder: String,
    pub(crate) size: u64,
    pub(crate) media_type: Option<String>,
    pub(crate) modified_at: Option<Timestamp>,
    pub(crate) sent_metadata: String,
}

/// Why an upload is not taken.
#[derive(Debug)]
pub(crate) enum NotAdmitted {
    TooLarge { most: u64 },
    TooMany { most: u64 },
    QuotaUsedUp,
    SpoolFull,
    NoRoom,
    Db(DbError),
}

pub(crate) const TOO_LARGE: Kind = Kind::named(
    ErrorCode::Invalid,
    "upload-too-large",
    "The file is larger than this server takes",
)
.with_status(StatusCode::PAYLOAD_TOO_LARGE);
const TOO_MANY: Kind = Kind::named(
    ErrorCode::Exhausted,
    "too-many-uploads",
    "Too many uploads are under way; finish or cancel some first",
);
const QUOTA: Kind = Kind::named(
    ErrorCode::Forbidden,
    "quota-used-up",
    "The workspace has no room left for this file",
);
const SPOOL_FULL: Kind = Kind::named(
    ErrorCode::Exhausted,
    "spool-full",
    "Too many files wait to be read; try again in a while",
)
.with_status(StatusCode::INSUFFICIENT_STORAGE);
pub(crate) const NO_ROOM: Kind = Kind::named(
    ErrorCode::Exhausted,
    "storage-full",
    "The server's storage is full; tell who runs it",
)
.with_status(StatusCode::INSUFFICIENT_STORAGE);

impl Answer for NotAdmitted {
    fn kinds() -> Vec<Kind> {
        let own = vec![TOO_LARGE, TOO_MANY, QUOTA, SPOOL_FULL, NO_ROOM];
        [own, DbError::kinds()].concat()
    }

    fn problem(self) -> Problem {
        match self {
            Self::TooLarge { most } => {
                let detail = format!("a file may have at most {most} bytes");
                TOO_LARGE.problem().with_detail(detail)
            }
            Self::TooMany { most } => {
                let detail = format!("at most {most} uploads of one member may be under way");
                TOO_MANY.problem().with_detail(detail)
            }
            Self::QuotaUsedUp => QUOTA.problem(),
            Self::SpoolFull => SPOOL_FULL.problem().with_retry_after(AGAIN_AFTER),
            Self::NoRoom => NO_ROOM.problem(),
            Self::Db(error) => error.problem(),
        }
    }
}

impl From<DbError> for NotAdmitted {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl FromRef<Gateway> for Admission {
    fn from_ref(gateway: &Gateway) -> Self {
        Self::new(gateway)
    }
}

/// Decides about uploads.
#[derive(Debug)]
pub(crate) struct Admission {
    config: Arc<GatewayConfig>,
    db: Database,
    central: Arc<dyn Storage>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    spool_bytes: SpoolBytes,
}

impl Admission {
    fn new(gateway: &Gateway) -> Self {
        Self {
            config: Arc::clone(&gateway.config),
            db: gateway.db.clone(),
            central: Arc::clone(&gateway.central),
            clock: Arc::clone(&gateway.clock),
            ids: Arc::clone(&gateway.ids),
            spool_bytes: gateway.spool_bytes,
        }
    }

    /// Makes an upload of what was announced, or says what stands against it.
    pub(crate) async fn admit(
        &self,
        workspace: WorkspaceId,
        user: UserId,
        announced: Announced,
    ) -> Result<UploadRow, NotAdmitted> {
        let admitted = self.try_admit(workspace, user, announced).await;
        let outcome = match &admitted {
            Ok(_) => "admitted",
            Err(NotAdmitted::TooLarge { .. }) => "too_large",
            Err(NotAdmitted::TooMany { .. }) => "too_many",
            Err(NotAdmitted::QuotaUsedUp) => "quota",
            Err(NotAdmitted::SpoolFull) => "spool_full",
            Err(NotAdmitted::NoRoom) => "storage_full",
            Err(NotAdmitted::Db(_)) => "error",
        };
        metrics::counter!("stowage_uploads_announced_total", "outcome" => outcome).increment(1);
        admitted
    }

    async fn try_admit(
        &self,
        workspace: WorkspaceId,
        user: UserId,
        announced: Announced,
    ) -> Result<UploadRow, NotAdmitted> {
        let size = announced.size;
        let most = self.config.upload_max_bytes;
        if most > 0 && size > most {
            return Err(NotAdmitted::TooLarge { most });
        }
        self.check_spool(size).await?;
        self.check_disk(size).await?;

        let tx = self.db.begin_in(workspace).await?;
        tx.workspaces().lock().await?;
        let most = self.config.upload_max_open;
        if most > 0 && tx.uploads().count_open(user).await? >= most {
            return Err(NotAdmitted::TooMany { most });
        }
        let quota = self.config.workspace_bytes;
        if quota > 0 && tx.uploads().central_bytes().await?.saturating_add(size) > quota {
            return Err(NotAdmitted::QuotaUsedUp);
        }
        let at = self.clock.now();
        let new = NewUpload {
            id: UploadId(self.ids.next()),
            user,
            name: announced.name,
            folder: announced.folder,
            size,
            media_type: announced.media_type,
            modified_at: announced.modified_at,
            sent_metadata: announced.sent_metadata,
            target: tx.main_storage().effective().await?,
            at,
            expires_at: at + self.config.upload_expires_after,
        };
        let upload = tx.uploads().insert(&new).await?;
        tx.commit_quietly().await?;
        Ok(upload)
    }

    async fn check_spool(&self, size: u64) -> Result<(), NotAdmitted> {
        let limit = self.spool_bytes.0;
        if limit == 0 {
            return Ok(());
        }
        let tx = self.db.read(Scope::System).await?;
        let held = tx.spool().bytes().await?;
        let is_full = held >= limit / 100 * SPOOL_PERCENT || held.saturating_add(size) > limit;
        if is_full {
            return Err(NotAdmitted::SpoolFull);
        }
        Ok(())
    }

    /// An upload needs its room twice for a moment: pieces, and the original made of them.
    async fn check_disk(&self, size: u64) -> Result<(), NotAdmitted> {
        let free = match self.central.usage().await {
            Ok(usage) => usage.free_bytes,
            Err(error) => {
                warn!(%error, "could not ask how much room central storage has");
                None
            }
        };
        if free.is_some_and(|free| free < size.saturating_mul(2)) {
            return Err(NotAdmitted::NoRoom);
        }
        Ok(())
    }
}
