//! Files that people send: by tus 1.0, which goes on after a break, or in a form.

mod append;
mod cancel;
mod create;
mod form;
mod head;
mod instead;
mod list;
mod options;
mod show;

use axum::{
    extract::DefaultBodyLimit,
    http::{HeaderMap, StatusCode, header},
    middleware::from_fn,
};
use serde::Serialize;
use stowage_db::{DbError, Tx, repo::UploadRow};
use stowage_domain::{UploadId, UploadState};
use stowage_rpc::ErrorCode;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{Member, UploadPath},
    problem::Kind,
    state::Gateway,
    upload::tus,
    wire::{Moment, hex, words},
};

/// Returns the routes of uploads. Bodies are as long as files are: what is too long is refused by
/// what it announces, and counted as it comes.
pub(super) fn routes() -> OpenApiRouter<Gateway> {
    OpenApiRouter::default()
        .routes(routes!(list::list, create::create, options::all))
        .routes(routes!(form::create))
        .routes(routes!(
            show::show,
            head::head,
            append::append,
            instead::post,
            cancel::cancel,
            options::one
        ))
        .layer(from_fn(tus::answers))
        .layer(DefaultBodyLimit::disable())
}

const NOT_SPOKEN: Kind = Kind::named(
    ErrorCode::Invalid,
    "tus-version",
    "The header Tus-Resumable has to be 1.0.0",
)
.with_status(StatusCode::PRECONDITION_FAILED);

const WRONG_TYPE: Kind = Kind::named(
    ErrorCode::Invalid,
    "upload-content-type",
    "The body has to be application/offset+octet-stream",
)
.with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE);

const GONE: Kind = Kind::named(
    ErrorCode::NotFound,
    "upload-gone",
    "The upload was cancelled, or nobody went on with it in time",
)
.with_status(StatusCode::GONE);

/// A file that somebody sends, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Upload {
    id: Uuid,
    name: String,
    /// The folders it lay in where it came from, joined by `/`.
    folder: String,
    size: u64,
    /// How many of its bytes are durable.
    offset: u64,
    #[schema(schema_with = words::upload_state)]
    state: UploadState,
    /// Lower-case hexadecimal; null until it was read.
    sha256: Option<String>,
    /// The asset that it became, or that had its content already.
    asset_id: Option<Uuid>,
    /// The asset that had the same content before it came.
    duplicate_of: Option<Uuid>,
    created_at: Moment,
    /// Until when somebody has to go on with it.
    expires_at: Moment,
}

impl From<UploadRow> for Upload {
    fn from(row: UploadRow) -> Self {
        Self {
            id: row.id.0,
            name: row.name,
            folder: row.folder,
            size: row.size,
            offset: row.offset,
            state: row.state,
            sha256: row.sha256.as_deref().map(hex),
            asset_id: row.asset.map(Uuid::from),
            duplicate_of: row.duplicate_of.map(Uuid::from),
            created_at: row.created_at.into(),
            expires_at: row.expires_at.into(),
        }
    }
}

/// Finds an upload of the member who asks; others' do not exist.
async fn find_own(
    tx: &Tx,
    member: &Member,
    path: &UploadPath,
) -> Result<Option<UploadRow>, DbError> {
    let found = tx.uploads().find(UploadId(path.upload_id)).await?;
    Ok(found.filter(|upload| upload.user == member.user))
}

/// Returns how long the body says that it is.
fn content_length(headers: &HeaderMap) -> Option<u64> {
    let value = headers.get(header::CONTENT_LENGTH)?;
    value.to_str().ok()?.parse().ok()
}
