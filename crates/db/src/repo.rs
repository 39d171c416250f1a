//! Repositories: one file a subject. `find` returns an option, `get` an error when absent, `list`
//! a page. A method that takes no workspace asks the transaction's scope for it.

mod api_key;
mod asset;
mod audit;
mod credential;
mod edit;
mod gallery;
mod importer;
mod invitation;
mod job;
mod member;
mod object;
mod page;
mod password_reset;
mod rendition;
mod scan;
mod session;
mod spool;
mod storage;
mod user;
mod workspace;

pub use api_key::{ApiKeyRow, ApiKeys, KeyHolder};
pub use asset::{Assets, ImportedAsset, ImportedFile};
pub use audit::{AuditEntry, AuditLog, AuditRow};
pub use credential::{Credentials, SealedCredential};
pub use edit::{EditRow, Edits, HiddenTag};
pub use gallery::{
    AssetCard, AssetDetail, AssetFilter, CardStatus, Count, Facets, Gallery, Location, MissingRow,
    Month, Stats, TagRow,
};
pub use importer::{ImporterRow, Importers};
pub use invitation::{InvitationRow, Invitations};
pub use job::{JobRow, Jobs};
pub use member::{MemberRow, Members};
pub use object::{NewObject, ObjectRow, Objects};
pub use page::{Cursor, CursorError, Page};
pub use password_reset::PasswordResets;
pub use rendition::{Rendered, RenditionRow, Renditions, ToRender};
pub use scan::{NewScanRun, ScanCounts, ScanLease, ScanRunRow, Scans, SkippedRow};
pub use session::{SessionRow, Sessions};
pub use spool::{Spool, StagedBlob};
pub use storage::{Health, NewStorage, StorageOverview, StorageRow, StorageUpdate, Storages};
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
