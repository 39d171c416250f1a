//! One asset with all that is known of it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use stowage_db::repo::{self, EditRow, HiddenTag, JobRow, Location, RenditionRow, TagRow};
use stowage_domain::{Availability, ObjectRole, RenditionKind, TagOrigin, WorkspaceId};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    card::{AssetCard, rendition_url},
    metadata::{AssetMetadata, MetadataField, Stored},
};
use crate::{
    routes::bin::BinnedOriginal,
    wire::{Job, Moment, hex, words},
};

/// One asset with all that is known of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssetDetail {
    #[serde(flatten)]
    card: AssetCard,
    size: u64,
    /// Lower-case hexadecimal.
    sha256: Option<String>,
    /// The folders that an uploaded file lay in where it came from, joined by `/`.
    folder: Option<String>,
    imported_at: Moment,
    /// The name of whom it came in under; null for the system.
    imported_by: Option<String>,
    /// What was wrong with the file and did not stop anything.
    warnings: Vec<String>,
    metadata: AssetMetadata,
    /// Where each field of the metadata comes from: `exif`, `iptc`, `xmp`, `png` or `person`.
    origins: BTreeMap<String, String>,
    /// What people set, by field, and what it hides of the file.
    edits: BTreeMap<String, AssetEdit>,
    /// Everything that was read of the file.
    fields: Vec<MetadataField>,
    tags: Vec<AssetTag>,
    /// Tags of the file or its folders that a person took off.
    hidden_tags: Vec<AssetHiddenTag>,
    locations: Vec<AssetLocation>,
    renditions: Vec<AssetRendition>,
    /// What was done with it lately.
    jobs: Vec<Job>,
    /// Since when and until when it is in the bin; null where it is not.
    bin: Option<AssetBin>,
    /// A legal hold keeps it from being purged.
    held: bool,
}

/// An asset's time in the bin.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssetBin {
    trashed_at: Moment,
    /// Null when that person is no longer known.
    trashed_by: Option<String>,
    purge_after: Moment,
    /// What becomes of each original.
    originals: Vec<BinnedOriginal>,
}

/// A tag and where it comes from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssetTag {
    name: String,
    #[schema(schema_with = words::tag_origin)]
    origin: TagOrigin,
    /// Who added it, where a person did.
    by: Option<String>,
    at: Option<Moment>,
}

/// A tag that a person took off.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssetHiddenTag {
    name: String,
    /// Null when that person is no longer known.
    by: Option<String>,
    at: Moment,
}

/// A field that a person set.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssetEdit {
    /// Null when that person is no longer known.
    by: Option<String>,
    at: Moment,
    /// What the file says instead; null where it says nothing.
    file_value: Option<Value>,
    /// Where the file says it: `exif`, `iptc`, `xmp` or `png`.
    file_origin: Option<String>,
}

/// A place where the original lies.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssetLocation {
    storage_id: Uuid,
    storage_name: String,
    storage_kind: String,
    /// Relative to the connected folder or bucket.
    path: String,
    #[schema(schema_with = words::object_role)]
    role: ObjectRole,
    present: bool,
    /// Whether the original can be had from there.
    #[schema(schema_with = words::availability)]
    availability: Availability,
    missing_since: Option<Moment>,
    /// Since when the file is there again, although it is marked as missing.
    back_since: Option<Moment>,
    /// When an administrator said that it may come back.
    restored_at: Option<Moment>,
    modified_at: Option<Moment>,
    size: u64,
}

/// A picture that was made of the original.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssetRendition {
    #[schema(schema_with = words::rendition_kind)]
    kind: RenditionKind,
    url: String,
    width: u32,
    height: u32,
    bytes: u64,
}

impl AssetDetail {
    pub(super) fn of(
        workspace: WorkspaceId,
        detail: repo::AssetDetail,
        renditions: Vec<RenditionRow>,
        jobs: Vec<JobRow>,
    ) -> Self {
        let stored = Stored::read(&detail.metadata, &detail.edits);
        let edits = edits_of(&detail.metadata, &detail.edits);
        let key = detail.card.content_key.clone().unwrap_or_default();
        let tag = |row: TagRow| AssetTag {
            name: row.name,
            origin: row.origin,
            by: row.by_name,
            at: row.at.map(Moment),
        };
        let hidden = |row: HiddenTag| AssetHiddenTag {
            name: row.name,
            by: row.by_name,
            at: row.at.into(),
        };
        let rendition = |row: RenditionRow| AssetRendition {
            kind: row.kind,
            url: rendition_url(workspace, &key, row.kind),
            width: row.width,
            height: row.height,
            bytes: row.size,
        };
        Self {
            size: detail.size,
            sha256: detail.sha256.as_deref().map(hex),
            folder: detail.folder,
            imported_at: detail.created_at.into(),
            imported_by: detail.imported_by,
            warnings: detail.warnings.into_iter().chain(stored.warnings).collect(),
            metadata: stored.shown,
            origins: stored.origins,
            fields: stored.fields,
            edits,
            tags: detail.tags.into_iter().map(tag).collect(),
            hidden_tags: detail.hidden_tags.into_iter().map(hidden).collect(),
            locations: detail
                .locations
                .into_iter()
                .map(AssetLocation::of)
                .collect(),
            renditions: renditions.into_iter().map(rendition).collect(),
            jobs: jobs.into_iter().map(Job::from).collect(),
            bin: None,
            held: false,
            card: AssetCard::of(workspace, detail.card),
        }
    }
}

impl AssetDetail {
    /// Adds whether it is in the bin, and held.
    pub(super) fn standing(self, bin: Option<repo::BinEntry>, held: bool) -> Self {
        let bin = bin.map(|entry| AssetBin {
            trashed_at: entry.trashed_at.into(),
            trashed_by: entry.trashed_by,
            purge_after: entry.purge_after.into(),
            originals: entry.places.into_iter().map(Into::into).collect(),
        });
        Self { bin, held, ..self }
    }
}

/// Returns what people set beside what the file says.
fn edits_of(metadata: &str, edits: &[EditRow]) -> BTreeMap<String, AssetEdit> {
    let file: Value = serde_json::from_str(metadata).unwrap_or_default();
    let edit = |edit: &EditRow| {
        let origin = file["origins"][edit.field.key()].as_str();
        let shown = AssetEdit {
            by: edit.by_name.clone(),
            at: edit.at.into(),
            file_value: edit.field.of_file(&file).cloned(),
            file_origin: origin.map(str::to_owned),
        };
        (edit.field.to_string(), shown)
    };
    edits.iter().map(edit).collect()
}

impl AssetLocation {
    fn of(location: Location) -> Self {
        Self {
            storage_id: location.storage.0,
            storage_name: location.storage_name,
            storage_kind: location.storage_kind,
            path: location.path,
            role: location.role,
            present: location.present,
            availability: location.availability,
            back_since: location.back_since.map(Moment),
            restored_at: location.restored_at.map(Moment),
            missing_since: location.absent_since.map(Moment),
            modified_at: location.modified_at.map(Moment),
            size: location.size,
        }
    }
}
