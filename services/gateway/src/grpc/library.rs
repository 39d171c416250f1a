//! `LibraryService`: what a member may look at, for programs.

use std::error::Error as StdError;

use stowage_db::{
    Database, DbError,
    repo::{self, AssetFilter, StorageOverview},
};
use stowage_domain::{AssetId, Permission, StorageStatus, Timestamp, WorkspaceId};
use stowage_proto::library::{
    Asset, GetAssetRequest, GetAssetResponse, ListAssetsRequest, ListAssetsResponse,
    ListStoragesRequest, ListStoragesResponse, Storage, library_service_server::LibraryService,
};
use tonic::{Request, Response, Status, metadata::MetadataMap};
use tracing::error;

use crate::{
    auth::Credential,
    extract::{MemberError, who},
    wire::hex,
};

const DEFAULT_PAGE: u32 = 100;
const LARGEST_PAGE: u32 = 500;

/// Implements the service.
#[derive(Debug)]
pub(crate) struct Library {
    db: Database,
}

impl Library {
    pub(crate) fn new(db: Database) -> Self {
        Self { db }
    }

    /// Returns the workspace when the caller may look at it.
    async fn viewer(&self, metadata: &MetadataMap, workspace: &str) -> Result<WorkspaceId, Status> {
        let nobody =
            || Status::unauthenticated("the call carries no session or API key known here");
        let headers = metadata.clone().into_headers();
        let credential = match Credential::of(&headers).ok_or_else(nobody)? {
            // There are no cookies here, so a session comes the same way as a key.
            Credential::Key(token) if !token.is_key() => Credential::Session(token),
            credential => credential,
        };
        let member = match who(&self.db, &credential, workspace.parse().ok()).await {
            Ok(member) => member,
            Err(MemberError::Unauthenticated) => return Err(nobody()),
            Err(MemberError::NoWorkspace) => {
                return Err(Status::not_found("there is no such workspace"));
            }
            Err(MemberError::DbError(failure)) => return Err(status_of(failure)),
        };
        member
            .must(Permission::View)
            .map_err(|_| Status::permission_denied("the role or the key does not reach"))
    }
}

#[tonic::async_trait]
impl LibraryService for Library {
    async fn list_storages(
        &self,
        request: Request<ListStoragesRequest>,
    ) -> Result<Response<ListStoragesResponse>, Status> {
        let workspace = self
            .viewer(request.metadata(), &request.get_ref().workspace_id)
            .await?;
        let work = async {
            let tx = self.db.read_in(workspace).await?;
            tx.storages().list().await
        };
        let storages = work
            .await
            .map_err(status_of)?
            .into_iter()
            .map(storage)
            .collect();
        Ok(Response::new(ListStoragesResponse { storages }))
    }

    async fn list_assets(
        &self,
        request: Request<ListAssetsRequest>,
    ) -> Result<Response<ListAssetsResponse>, Status> {
        let workspace = self
            .viewer(request.metadata(), &request.get_ref().workspace_id)
            .await?;
        let request = request.into_inner();
        let size = match request.page_size {
            0 => DEFAULT_PAGE,
            size => size.min(LARGEST_PAGE),
        };
        let token = Some(request.page_token).filter(|token| !token.is_empty());
        let cursor = token.map(|token| token.parse()).transpose();
        let cursor = cursor
            .map_err(|wrong: repo::CursorError| Status::invalid_argument(wrong.to_string()))?;
        let work = async {
            let tx = self.db.read_in(workspace).await?;
            let page = tx
                .gallery()
                .list(&AssetFilter::default(), cursor, size)
                .await?;
            let mut assets = Vec::with_capacity(page.items.len());
            for card in page.items {
                // A page is small; one whole asset is what this call gives.
                assets.extend(tx.gallery().find(card.id).await?.map(asset));
            }
            let next_page_token = page.next.map(|next| next.to_string()).unwrap_or_default();
            Ok(ListAssetsResponse {
                assets,
                next_page_token,
            })
        };
        work.await.map(Response::new).map_err(status_of)
    }

    async fn get_asset(
        &self,
        request: Request<GetAssetRequest>,
    ) -> Result<Response<GetAssetResponse>, Status> {
        let workspace = self
            .viewer(request.metadata(), &request.get_ref().workspace_id)
            .await?;
        let missing = || Status::not_found("there is no such asset");
        let id: AssetId = request.get_ref().asset_id.parse().map_err(|_| missing())?;
        let work = async {
            let tx = self.db.read_in(workspace).await?;
            tx.gallery().find(id).await
        };
        let detail = work.await.map_err(status_of)?.ok_or_else(missing)?;
        Ok(Response::new(GetAssetResponse {
            asset: Some(asset(detail)),
        }))
    }
}

fn storage(overview: StorageOverview) -> Storage {
    let (row, health) = (overview.storage, overview.health);
    let status = if row.is_on {
        health.status
    } else {
        StorageStatus::Off
    };
    Storage {
        id: row.id.to_string(),
        name: row.name,
        kind: row.kind.to_string(),
        status: status.to_string(),
        reason: health.reason.unwrap_or_default(),
    }
}

fn asset(detail: repo::AssetDetail) -> Asset {
    let card = detail.card;
    Asset {
        id: card.id.to_string(),
        name: card.name,
        media_type: card.media_type,
        size: detail.size,
        sha256: detail.sha256.as_deref().map(hex).unwrap_or_default(),
        status: card.status.to_string(),
        reason: card.reason.unwrap_or_default(),
        width: card.width,
        height: card.height,
        taken_at_us: card.taken_at.map(Timestamp::micros),
        tags: detail.tags.into_iter().map(|tag| tag.name).collect(),
    }
}

fn status_of(failure: DbError) -> Status {
    error!(error = &failure as &dyn StdError, "a database call failed");
    if failure.is_temporary() {
        Status::unavailable("the database cannot be reached")
    } else {
        Status::internal("something went wrong on our side")
    }
}
