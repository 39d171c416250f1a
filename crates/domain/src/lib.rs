//! The words and rules of Stowage, without any input or output.
//!
//! Owns: ids, time, states and the pure rules over them (what a scan concludes, which tags a
//! folder gives, when an original counts as available, what people's edits win over, what an
//! upload may become, what search compares, how an original moves, what a purge may take away, what a
//! plan lets a workspace have, what a retention rule means).
//! Everything else in the workspace may use
//! this crate; this crate uses nothing of the workspace.
//!
//! To add a rule: a function over values, with its tests beside it. If it needs a clock, an id or
//! a row, take them as arguments.

mod absence;
mod asset;
mod audit;
mod clock;
mod edits;
mod file_name;
mod ids;
mod importer;
mod job;
mod main_storage;
mod marker;
pub mod naming;
mod operator;
mod plan;
pub mod purge;
pub mod retention;
mod root;
pub mod scan;
#[cfg(test)]
mod search;
mod storage;
mod string_enum;
mod tags;
mod transfer;
mod upload;
pub mod words;
mod workspace;

pub use absence::{Advice, Finding, Look, MoveVerdict, Presence, advise, judge_look, judge_move};
pub use asset::{
    AssetStatus, Availability, Lifecycle, OriginalFacts, RECIPE, ReadState, RenditionKind,
    TagOrigin, content_key, rendition_key,
};
pub use audit::{Actor, AuditAction, AuditSubject};
pub use clock::{Clock, ManualClock, ShiftedClock, SystemClock, Timestamp};
pub use edits::{EditField, FieldChange, WrongValue, overlay, tag_name, wall_clock};
pub use file_name::{clean_file_name, clean_folder};
pub use ids::{
    ApiKeyId, AssetId, AuditId, ExternalOpId, HoldId, Ids, InvitationId, JobId, MigrationId,
    OperatorLogId, ParseIdError, PurgeBatchId, RemoteObjectId, RetentionBatchId, RetentionRuleId,
    ScanRunId, SessionId, StorageId, TransferId, UploadId, UserId, UuidV7, WorkspaceId,
};
pub use importer::Importer;
pub use job::JobState;
pub use main_storage::{
    KeepLocalCopy, MainAway, MainFacts, NotMain, OnDuplicate, Placing, delivery_wait,
    effective_main, may_be_main,
};
pub use marker::{Former, Marker, MarkerVerdict, judge_marker};
pub use operator::OperatorAction;
pub use plan::{Plan, PlanLimit};
pub use root::{Relation, Root};
pub use scan::{ScanRunState, ScanTrigger};
pub use storage::{
    Access, Behaviour, ObjectRole, OffMeans, OnMove, OnPurge, OnReturn, StorageKind, StorageStatus,
};
pub use string_enum::UnknownWord;
pub use tags::folder_tags;
pub use transfer::{
    MigrationState, Transfer, TransferEffect, TransferEvent, TransferKind, TransferState,
    TransferTrouble,
};
pub use upload::{CHUNK_BYTES, UploadState, WrongBytes, may_append, next_chunk};
pub use workspace::{KeepWorkspace, KeyScope, Permission, Role, judge_deletion};
