//! Where the bytes of an original come from: central storage, its other storages in turn, else the
//! copy in the spool.

use std::{ops::Range, sync::Arc};

use axum::body::Body;
use sha2::{Digest, Sha256};
use stowage_db::{
    DbError, Tx,
    repo::{Location, ObjectRow, StagedBlob},
};
use stowage_domain::{AssetId, Availability, StorageId, WorkspaceId, scan::is_vague};
use stowage_storage::{ObjectPath, Storage};
use tracing::{info, warn};

use crate::{
    connector::{Connector, ConnectorError},
    http_file::log_broken,
    wire::hex,
};

/// An original and every place that may have it.
pub(super) struct Original {
    workspace: WorkspaceId,
    id: AssetId,
    version: i32,
    pub(super) name: String,
    pub(super) media_type: String,
    size: u64,
    sha256: Option<String>,
    places: Vec<Place>,
    /// What stands against places that are not even tried.
    obstacle: Option<Availability>,
    spooled: Option<StagedBlob>,
}

struct Place {
    storage: StorageId,
    path: String,
    revision: String,
    /// The content that the asset was made of is this revision's.
    is_imported: bool,
    size: u64,
}

/// What identifies a content, and how long it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) etag: String,
    pub(super) size: u64,
}

pub(super) struct Opened {
    pub(super) facts: Facts,
    pub(super) body: Body,
}

/// Why no place gave the original.
pub(super) enum Failed {
    Missing,
    Disabled,
    Disconnected,
    Connector(ConnectorError),
}

impl Original {
    /// Reads where the original of an asset may be had.
    pub(super) async fn find(
        tx: &Tx,
        workspace: WorkspaceId,
        id: AssetId,
    ) -> Result<Option<Self>, DbError> {
        let Some(detail) = tx.gallery().find(id).await? else {
            return Ok(None);
        };
        let objects = tx.objects().of_asset(id).await?;
        let mut places = Vec::new();
        for location in &detail.locations {
            let row = objects.iter().find(|row| row.id == location.object);
            places.extend(row.and_then(|row| Place::of(location, row)));
        }
        let blocked = detail
            .locations
            .iter()
            .map(|location| location.availability);
        Ok(Some(Self {
            workspace,
            id,
            version: detail.version,
            obstacle: blocked
                .filter(|state| *state != Availability::Available)
                .min(),
            spooled: tx.spool().find(id, detail.version).await?,
            name: detail.card.name,
            media_type: detail.card.media_type,
            size: detail.size,
            sha256: detail.sha256.as_deref().map(hex),
            places,
        }))
    }

    /// Returns what the catalog knows of the content that a download will most likely find.
    pub(super) fn known(&self) -> Facts {
        match self.places.first() {
            Some(place) => self.facts(place, &place.revision, place.size),
            None => self.imported(),
        }
    }

    /// The content that the asset was made of.
    fn imported(&self) -> Facts {
        let etag = match &self.sha256 {
            Some(digest) => format!("\"{digest}\""),
            None => format!("\"v-{}-{}\"", self.id.0.simple(), self.version),
        };
        Facts {
            etag,
            size: self.size,
        }
    }

    fn facts(&self, place: &Place, revision: &str, size: u64) -> Facts {
        let is_imported = place.is_imported && place.revision == revision;
        if is_imported && self.sha256.is_some() {
            return Facts {
                size,
                ..self.imported()
            };
        }
        // Two storages may use the same words for different contents.
        let text = format!("{}/{}/{revision}", place.storage, place.path);
        let etag = format!("\"r-{}\"", hex(&Sha256::digest(text.as_bytes())));
        Facts { etag, size }
    }

    /// Opens the original, or a stretch of it, at the first place that gives it.
    pub(super) async fn open(
        &self,
        connector: &Connector,
        central: &Arc<dyn Storage>,
        range: Option<Range<u64>>,
    ) -> Result<Opened, Failed> {
        let mut last = None;
        let is_central = |place: &&Place| place.storage == StorageId::central_of(self.workspace);
        for place in self.places.iter().filter(is_central) {
            if let Some(opened) = self.open_central(central, &place.path, range.clone()).await {
                return Ok(opened);
            }
        }
        for place in self.places.iter().filter(|place| !is_central(place)) {
            let read = connector
                .read(self.workspace, place.storage, &place.path, range.clone())
                .await;
            match read {
                Ok(opened) => {
                    let facts = self.facts(place, &opened.object.revision, opened.object.size);
                    return Ok(Opened {
                        facts,
                        body: opened.body,
                    });
                }
                Err(error) => {
                    info!(
                        storage.id = %place.storage,
                        error = &error as &dyn std::error::Error,
                        "an original could not be had from storage {}", place.storage
                    );
                    last = Some(error);
                }
            }
        }
        if let Some(opened) = self.open_spooled(central, range).await {
            return Ok(opened);
        }
        Err(self.failed(last))
    }

    async fn open_spooled(
        &self,
        central: &Arc<dyn Storage>,
        range: Option<Range<u64>>,
    ) -> Option<Opened> {
        let blob = self.spooled.as_ref()?;
        self.open_central(central, &blob.key, range).await
    }

    /// Opens the content that the asset was made of under a key in central storage.
    async fn open_central(
        &self,
        central: &Arc<dyn Storage>,
        key: &str,
        range: Option<Range<u64>>,
    ) -> Option<Opened> {
        let path = ObjectPath::new(key).ok()?;
        match central.read(&path, range).await {
            Ok(read) => {
                let body = Body::from_stream(log_broken(read.body));
                Some(Opened {
                    facts: self.imported(),
                    body,
                })
            }
            // A copy that was rendered meanwhile, and released.
            Err(error) if error.is_not_found() => None,
            Err(error) => {
                warn!(
                    error = &error as &dyn std::error::Error,
                    "an original could not be read from central storage"
                );
                None
            }
        }
    }

    fn failed(&self, last: Option<ConnectorError>) -> Failed {
        match last {
            Some(error) => match error.storage_kind().as_deref() {
                Some("not_found") => Failed::Missing,
                Some("unauthenticated") => Failed::Disconnected,
                _ => Failed::Connector(error),
            },
            None => match self.obstacle {
                Some(Availability::Disabled) => Failed::Disabled,
                Some(Availability::Disconnected) => Failed::Disconnected,
                _ => Failed::Missing,
            },
        }
    }
}

impl Place {
    /// Returns none for a place that certainly will not give the original.
    fn of(location: &Location, row: &ObjectRow) -> Option<Self> {
        let is_tried = match location.availability {
            // A storage that failed lately may be back.
            Availability::Available | Availability::Failed => true,
            Availability::Missing | Availability::Disconnected | Availability::Disabled => false,
        };
        // A listing that cannot tell the revision does not speak against the one that was imported.
        let revision = match &row.imported_revision {
            Some(imported) if is_vague(&row.revision) => imported,
            _ => &row.revision,
        };
        is_tried.then(|| Self {
            storage: location.storage,
            path: location.path.clone(),
            revision: revision.clone(),
            is_imported: row.imported_revision.as_ref() == Some(revision),
            size: location.size,
        })
    }
}
