//! The domain's words, for the OpenAPI description.

use stowage_domain::{
    Access, Advice, AssetStatus, AuditAction, AuditSubject, Availability, JobState, KeepLocalCopy,
    KeyScope, MainAway, ObjectRole, OffMeans, OnDuplicate, OnMove, OnPurge, OnReturn,
    RenditionKind, Role, ScanRunState, ScanTrigger, StorageKind, StorageStatus, TagOrigin,
    TransferKind, TransferState, TransferTrouble, UploadState,
    purge::{DeleteHow, KeepReason, OpReason, OpState},
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
    any_storage_kind: StorageKind,
    advice: Advice,
    asset_status: AssetStatus,
    audit_action: AuditAction,
    audit_subject: AuditSubject,
    availability: Availability,
    delete_how: DeleteHow,
    hold_state: HoldState,
    job_state: JobState,
    keep_local_copy: KeepLocalCopy,
    keep_reason: KeepReason,
    key_scope: KeyScope,
    main_away: MainAway,
    object_role: ObjectRole,
    off_means: OffMeans,
    on_duplicate: OnDuplicate,
    on_move: OnMove,
    on_purge: OnPurge,
    op_reason: OpReason,
    op_state: OpState,
    on_return: OnReturn,
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

fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::String))
        .enum_values(Some(words))
        .build()
}
