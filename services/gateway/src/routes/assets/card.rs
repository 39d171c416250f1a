//! An asset, as a tile of the gallery shows it.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Serialize;
use stowage_db::repo;
use stowage_domain::{AssetStatus, Availability, RenditionKind, WorkspaceId};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::wire::{WallClock, words};

/// An asset, as a tile of the gallery shows it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssetCard {
    id: Uuid,
    name: String,
    /// After orientation.
    width: Option<u32>,
    /// After orientation.
    height: Option<u32>,
    /// What the clock said where it was taken.
    taken_at: Option<WallClock>,
    /// What the gallery sorts by: when it was taken, else when the file was changed.
    sort_at: WallClock,
    /// By content, not by name.
    media_type: String,
    #[schema(schema_with = words::asset_status)]
    status: AssetStatus,
    /// Why it is not ready.
    reason: Option<String>,
    /// What is shown where there is no picture: `jpeg`, `video`, `raw`, `document` and so on.
    placeholder: String,
    /// Whether the original can be had.
    #[schema(schema_with = words::availability)]
    availability: Availability,
    /// A blurred picture of 30 bytes, in base64.
    thumbhash: Option<String>,
    thumbnail_url: Option<String>,
    preview_url: Option<String>,
    fullscreen_url: Option<String>,
    is_animated: bool,
}

impl AssetCard {
    pub(in crate::routes) fn of(workspace: WorkspaceId, card: repo::AssetCard) -> Self {
        let key = card.content_key.as_deref();
        let url = |kind| key.map(|key| rendition_url(workspace, key, kind));
        Self {
            id: card.id.0,
            thumbnail_url: url(RenditionKind::Thumbnail),
            preview_url: url(RenditionKind::Preview),
            fullscreen_url: url(RenditionKind::Fullscreen),
            name: card.name,
            width: card.width,
            height: card.height,
            taken_at: card.taken_at.map(WallClock),
            sort_at: WallClock(card.sort_at),
            media_type: card.media_type,
            status: card.status,
            reason: card.reason,
            placeholder: card.placeholder,
            availability: card.availability,
            thumbhash: card.thumbhash.map(|hash| BASE64_STANDARD.encode(hash)),
            is_animated: card.is_animated,
        }
    }
}

/// Returns the address of a rendition, which changes with its content.
pub(super) fn rendition_url(workspace: WorkspaceId, key: &str, kind: RenditionKind) -> String {
    format!("/api/v1/workspaces/{workspace}/renditions/{key}/{kind}.jpg")
}
