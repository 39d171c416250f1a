//! `GET /workspaces/{workspace_id}/server-folders`

use std::path::Path;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use stowage_domain::Permission;
use utoipa::{IntoParams, ToSchema};

use crate::{
    connector::{Connector, ConnectorError},
    extract::{Json, Member, MemberError, Query, QueryError, Refused, WorkspacePath},
    problem::route_error,
};

/// Which folder is looked into.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct FolderQuery {
    /// A whole path; when left out, the folders that the operator allows are shown.
    path: Option<String>,
}

/// A folder of the server and the folders in it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ServerFolders {
    path: String,
    /// The folder above, null where the operator allows no higher.
    parent: Option<String>,
    folders: Vec<ServerFolder>,
    /// The folders that the operator allows.
    allowed_roots: Vec<String>,
}

/// A folder of the server.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ServerFolder {
    name: String,
    path: String,
}

route_error! {
    /// What looking into a folder answers when it cannot.
    RouteError, after [MemberError, QueryError], from [Refused, ConnectorError] {}
}

/// Look into a folder of the server, within what its operator allows.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/server-folders",
    tag = "storages",
    operation_id = "list_server_folders",
    params(WorkspacePath, FolderQuery),
    responses((status = 200, description = "The folders in it", body = ServerFolders), RouteError)
)]
pub(crate) async fn list(
    State(connector): State<Connector>,
    member: Member,
    Query(query): Query<FolderQuery>,
) -> Result<Json<ServerFolders>, RouteError> {
    let workspace = member.must(Permission::Administer)?;
    let allowed_roots = connector.server_roots(workspace).await?;
    let path = query.path.unwrap_or_default();
    let path = if path == "/" {
        &path
    } else {
        path.trim_end_matches('/')
    };
    let folders = if path.is_empty() {
        let whole = |root: &String| ServerFolder {
            name: root.clone(),
            path: root.clone(),
        };
        allowed_roots.iter().map(whole).collect()
    } else {
        let names = connector.server_folders(workspace, path).await?;
        let below = |name: String| ServerFolder {
            path: format!("{}/{name}", path.trim_end_matches('/')),
            name,
        };
        names.into_iter().map(below).collect()
    };
    Ok(Json(ServerFolders {
        parent: parent_of(path, &allowed_roots),
        path: path.to_owned(),
        folders,
        allowed_roots,
    }))
}

fn parent_of(path: &str, roots: &[String]) -> Option<String> {
    let parent = Path::new(path).parent()?;
    let is_below_a_root = roots.iter().any(|root| parent.starts_with(root));
    is_below_a_root.then(|| parent.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_climbs_above_what_is_allowed() {
        let roots = ["/srv/photos".to_owned(), "/mnt".to_owned()];
        for (path, parent) in [
            ("/srv/photos/2024/rome", Some("/srv/photos/2024")),
            ("/srv/photos/2024", Some("/srv/photos")),
            ("/srv/photos", None),
            ("/srv/photos-old/x", None),
            ("/mnt", None),
            ("", None),
        ] {
            assert_eq!(parent_of(path, &roots).as_deref(), parent, "{path}");
        }
    }
}
