//! The domain's words, for the OpenAPI description.

use serde_json::Value;
use stowage_domain::{
    Access, Advice, AssetStatus, AuditAction, AuditSubject, Availability, JobState, KeepLocalCopy,
    KeyScope, MainAway, ObjectRole, OffMeans, OnDuplicate, OnMove, OnPurge, OnReturn,
    OperatorAction, RenditionKind, Role, ScanRunState, ScanTrigger, StorageKind, StorageStatus,
    TagOrigin, TransferKind, TransferState, TransferTrouble, UploadState,
    purge::{DeleteHow, KeepReason, OpReason, OpState},
    retention::{AgeBasis, BatchState},
    scan::HoldState,
};
use utoipa::openapi::{
    Object, ObjectBuilder,
    schema::{SchemaType, Type},
};

macro_rules! words {
    ($($name:ident: $kind:ty),+ $(,)?) => {$(
        pub(crate) fn $name() -> Object {
            one_of(<$kind>::ALL.iter().map(|word| word.as_str()))
        }
    )+};
}

words! {
    access: Access,
    age_basis: AgeBasis,
    any_storage_kind: StorageKind,
    advice: Advice,
    asset_status: AssetStatus,
    audit_action: AuditAction,
    audit_subject: AuditSubject,
    availability: Availability,
    batch_state: BatchState,
    delete_how: DeleteHow,
    hold_state: HoldState,
    job_state: JobState,
    keep_local_copy: KeepLocalCopy,
    keep_reason: KeepReason,
    key_scope: KeyScope,
    object_role: ObjectRole,
    off_means: OffMeans,
    on_duplicate: OnDuplicate,
    on_move: OnMove,
    on_purge: OnPurge,
    op_reason: OpReason,
    op_state: OpState,
    on_return: OnReturn,
    operator_action: OperatorAction,
    rendition_kind: RenditionKind,
    role: Role,
    scan_state: ScanRunState,
    scan_trigger: ScanTrigger,
    storage_status: StorageStatus,
    tag_origin: TagOrigin,
    transfer_kind: TransferKind,
    transfer_state: TransferState,
    transfer_trouble: TransferTrouble,
    upload_state: UploadState,
}

/// The kinds of storage that people connect.
pub(crate) fn storage_kind() -> Object {
    one_of(["fs", "s3", "ftp"])
}

/// What assets can be filtered by: their status, or that their original is gone.
pub(crate) fn status_filter() -> Object {
    one_of(
        AssetStatus::ALL
            .iter()
            .map(|status| status.as_str())
            .chain(["missing"]),
    )
}

pub(crate) fn main_away_or_null() -> Object {
    or_null(MainAway::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn transfer_trouble_or_null() -> Object {
    or_null(TransferTrouble::ALL.iter().map(|word| word.as_str()))
}

fn or_null<'a>(words: impl Iterator<Item = &'a str>) -> Object {
    let types = [Type::String, Type::Null];
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter(types))
        .enum_values(Some(words.map(Value::from).chain([Value::Null])))
        .build()
}

fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::String))
        .enum_values(Some(words))
        .build()
}
