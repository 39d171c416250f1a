//! `POST /workspaces/{workspace_id}/file-names/preview`

use std::{collections::HashMap, sync::Arc};

use axum::extract::State;
use serde::{Deserialize, Serialize};
use stowage_domain::{
    Clock, Permission,
    naming::{
        DEFAULT_PATTERN, Destination, FileNamePattern, NameValues, destination, numbered,
        split_ending, wall_time,
    },
};
use utoipa::ToSchema;

use crate::{
    extract::{Json, JsonError, Member, MemberError, Refused, WorkspacePath},
    problem::{Fields, route_error},
};

/// How many files a preview names at most.
const MOST: usize = 100;

/// A pattern, and files to try it on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NamePreviewRequest {
    /// Empty for the default.
    #[serde(default)]
    pattern: String,
    #[serde(default)]
    path_prefix: String,
    /// At most 100; one example when left out.
    #[serde(default)]
    files: Vec<PreviewedFile>,
}

/// What is known of a file. What is left out is empty.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PreviewedFile {
    /// With its extension.
    name: String,
    /// The folders that it was dropped with.
    folder: String,
    /// Of the request that it belongs to; `uploads` takes its place where there is none.
    request_id: Option<String>,
    request_name: String,
    slot: String,
    seq: Option<u64>,
    unique_field: String,
}

/// The names that files get.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NamePreview {
    /// The pattern that was filled.
    pattern: String,
    files: Vec<PreviewedName>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PreviewedName {
    name: String,
    /// Below the connected folder or bucket.
    path: String,
    /// The pattern gave an earlier file the same name: a number was added.
    collides: bool,
}

route_error! {
    /// What a preview answers when there is none.
    RouteError, after [MemberError, JsonError], from [Refused, Fields] {}
}

/// Show which names a pattern gives, as if the files were received now.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/file-names/preview",
    tag = "storages",
    operation_id = "preview_file_names",
    params(WorkspacePath),
    request_body = NamePreviewRequest,
    responses((status = 200, description = "The names", body = NamePreview), RouteError)
)]
pub(crate) async fn preview(
    State(clock): State<Arc<dyn Clock>>,
    member: Member,
    Json(asked): Json<NamePreviewRequest>,
) -> Result<Json<NamePreview>, RouteError> {
    member.must(Permission::View)?;
    if asked.files.len() > MOST {
        let error = format!("must be at most {MOST}");
        return Err(Fields::one("files", error).into());
    }
    let pattern = match asked.pattern.as_str() {
        "" => DEFAULT_PATTERN,
        pattern => pattern,
    };
    let parsed: FileNamePattern =
        pattern
            .parse()
            .map_err(|error: stowage_domain::naming::PatternError| {
                Fields::one("pattern", error.to_string())
            })?;
    let files = if asked.files.is_empty() {
        vec![example()]
    } else {
        asked.files
    };
    let now = clock.now();
    let received_at = wall_time(now, &member.workspace.time_zone);
    let mut taken: HashMap<String, u32> = HashMap::new();
    let named = files.iter().map(|file| {
        let (stem, ending) = split_ending(&file.name);
        let name = parsed.fill(&NameValues {
            original: stem,
            request_name: &file.request_name,
            slot: &file.slot,
            received_at,
            received_unix: now.seconds(),
            seq: file.seq,
            unique_field: &file.unique_field,
            ending,
        });
        let place = |name: &str| {
            destination(&Destination {
                prefix: &asked.path_prefix,
                tenant: &member.workspace.short_id,
                request: file.request_id.as_deref(),
                folder: &file.folder,
                name,
            })
        };
        let number = taken.entry(place(&name)).or_default();
        *number += 1;
        let numbered = numbered(&name, *number);
        PreviewedName {
            path: place(&numbered),
            name: numbered,
            collides: *number > 1,
        }
    });
    Ok(Json(NamePreview {
        files: named.collect(),
        pattern: pattern.to_owned(),
    }))
}

fn example() -> PreviewedFile {
    PreviewedFile {
        name: "photo.jpg".to_owned(),
        request_name: "Vehicle photos".to_owned(),
        slot: "Front".to_owned(),
        seq: Some(1),
        unique_field: "ABC123".to_owned(),
        ..PreviewedFile::default()
    }
}
