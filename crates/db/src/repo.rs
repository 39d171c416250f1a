//! Repositories: one file a subject. `find` returns an option, `get` an error when absent, `list`
//! a page. A method that takes no workspace asks the transaction's scope for it.

mod api_key;
mod asset;
mod audit;
mod backup;
mod bin;
mod column;
mod credential;
mod deletion;
mod edit;
mod external_op;
mod gallery;
mod hold;
mod importer;
mod invitation;
mod job;
mod main_storage;
mod member;
mod migration;
mod object;
mod operator_log;
mod orphan;
mod page;
mod password_reset;
mod picture;
mod plan;
mod purge;
mod rendition;
mod retention;
mod scan;
mod session;
mod spool;
mod storage;
mod transfer;
mod upload;
mod upload_chunk;
mod usage;
mod user;
mod workspace;

pub use api_key::{ApiKeyRow, ApiKeys, KeyHolder};
pub use asset::{Assets, ImportedAsset, ImportedFile, MovingAsset};
pub use audit::{AuditEntry, AuditLog, AuditRow};
pub use backup::{BackedUp, BackupPlace, Backups, Behind, ToBackUp};
pub use bin::{Bin, BinEntry, BinPlace};
pub use credential::{Credentials, SealedCredential};
pub use deletion::{Begun, Deletions, WORKSPACE_ROWS};
pub use edit::{EditRow, Edits, HiddenTag};
pub use external_op::{ExternalOpRow, ExternalOps, NewExternalOp};
pub use gallery::{
    AssetCard, AssetDetail, AssetFilter, CardStatus, Count, Facets, Gallery, Location, MissingRow,
    Month, Stats, TagRow,
};
pub use hold::{HoldRow, Holds, NewHold};
pub use importer::{ImporterRow, Importers};
pub use invitation::{InvitationRow, Invitations};
pub use job::{JobRow, Jobs};
pub use main_storage::{ChosenMain, MainStorages};
pub use member::{MemberRow, Members};
pub use migration::{MigrationRow, Migrations, Movable, NewMigration, Progress};
pub use object::{NewObject, ObjectRow, Objects};
pub use operator_log::{OperatorEntry, OperatorLog, OperatorLogRow};
pub use orphan::{Orphan, OrphanReport, Orphans};
pub use page::{Cursor, CursorError, Page};
pub use password_reset::PasswordResets;
pub use picture::{LeftPictures, Pictures};
pub use plan::{Plans, WorkspaceSummary};
pub use purge::{Items, NewBatch, Purges, Taken};
pub use rendition::{Rendered, RenditionRow, Renditions, ToRender};
pub use retention::{BatchRow, Matched, Retention, RuleRow};
pub use scan::{NewScanRun, ScanCounts, ScanLease, ScanRunRow, Scans, SkippedRow};
pub use session::{SessionRow, Sessions};
pub use spool::{Spool, StagedBlob};
pub use storage::{
    DeliverySettings, Health, NewStorage, StorageOverview, StorageRow, StorageUpdate, Storages,
};
pub use transfer::{
    Backlog, DeliveryRow, Leftover, ListedTransfer, NewTransfer, TransferFilter, TransferRow,
    Transfers,
};
pub use upload::{NewUpload, UploadRow, Uploads};
pub use upload_chunk::{UploadChunk, UploadChunks};
pub use usage::{StorageUsage, UsageCount, UsageRow, Usages};
pub use user::{NewUser, UserRow, Users};
pub use workspace::{Member, WorkspaceRow, Workspaces};

macro_rules! repository {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name<'a>(pub(crate) &'a crate::Tx);
    };
}

pub(crate) use repository;
