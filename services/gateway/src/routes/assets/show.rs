//! `GET /workspaces/{workspace_id}/assets/{asset_id}`

use axum::extract::State;
use stowage_db::{Database, DbError, Tx, repo};
use stowage_domain::{AssetId, Permission, WorkspaceId};
use stowage_jobs::Job;
use stowage_proto::job::{ImportObject, ImportUpload, RenderAsset, RereadAsset};

use super::detail::AssetDetail;
use crate::{
    extract::{AssetPath, Json, Member, MemberError, Path, PathError, Refused, WorkspacePath},
    problem::{kinds, route_error},
};

route_error! {
    /// What showing an asset answers when it does not.
    RouteError, after [MemberError, PathError], from [Refused, DbError] {
        NoAsset = kinds::NO_ASSET,
    }
}

/// Show an asset with all that is known of it.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/assets/{asset_id}",
    tag = "assets",
    operation_id = "get_asset",
    params(WorkspacePath, AssetPath),
    responses((status = 200, description = "The asset", body = AssetDetail), RouteError)
)]
pub(crate) async fn show(
    State(db): State<Database>,
    member: Member,
    Path(path): Path<AssetPath>,
) -> Result<Json<AssetDetail>, RouteError> {
    let workspace = member.must(Permission::View)?;
    let id = AssetId(path.asset_id);
    let tx = db.read_in(workspace).await?;
    let detail = load(&tx, workspace, id).await?;
    Ok(Json(detail.ok_or(RouteError::NoAsset)?))
}

/// Returns an asset with all that is known of it.
pub(super) async fn load(
    tx: &Tx,
    workspace: WorkspaceId,
    id: AssetId,
) -> Result<Option<AssetDetail>, DbError> {
    let Some(detail) = tx.gallery().find(id).await? else {
        return Ok(None);
    };
    let renditions = tx.renditions().list(id).await?;
    let jobs = tx.jobs().about(&subjects(&detail)).await?;
    let held = !tx.holds().list(Some(id)).await?.is_empty();
    let bin = tx.bin().find(id).await?;
    let detail = AssetDetail::of(workspace, detail, renditions, jobs);
    Ok(Some(detail.standing(bin, held)))
}

/// Returns what the jobs about an asset are about: its objects and its versions.
fn subjects(detail: &repo::AssetDetail) -> Vec<(&'static str, String)> {
    let imports = detail.locations.iter().map(|location| {
        let job = ImportObject {
            remote_object_id: location.object.to_string(),
            again: false,
            scan_run_id: String::new(),
        };
        (ImportObject::KIND, job.dedup_key())
    });
    let render = RenderAsset {
        asset_id: detail.card.id.to_string(),
        version: detail.version,
    };
    let rereads = [false, true].map(|overwrite| {
        let job = RereadAsset {
            asset_id: detail.card.id.to_string(),
            overwrite,
        };
        (RereadAsset::KIND, job.dedup_key())
    });
    // An original that was uploaded has its upload's id.
    let uploads = detail.locations.iter().map(|location| {
        let job = ImportUpload {
            upload_id: location.object.to_string(),
        };
        (ImportUpload::KIND, job.dedup_key())
    });
    imports
        .chain(uploads)
        .chain(rereads)
        .chain([(RenderAsset::KIND, render.dedup_key())])
        .collect()
}
