//! `POST /workspaces/{workspace_id}/uploads/files`

use std::pin::pin;

use axum::{
    extract::{
        Multipart, State,
        multipart::{Field, MultipartRejection},
    },
    http::{HeaderMap, StatusCode, header},
};
use stowage_db::repo::UploadRow;
use stowage_domain::{Permission, UserId, WorkspaceId, clean_file_name, clean_folder};
use utoipa::ToSchema;

use super::{Upload, content_length};
use crate::{
    extract::{Json, Member, MemberError, Refused, WorkspacePath},
    problem::{Fields, route_error},
    upload::{Admission, Announced, NotAdmitted, NotTaken, Receiver, tus},
};

/// A form with one file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form, which is read as it comes")]
pub(crate) struct FileForm {
    /// The folders that the file lay in, joined by `/`; before the file.
    folder: Option<String>,
    /// When it was changed last, in milliseconds since 1970; before the file.
    last_modified: Option<i64>,
    /// The file, last.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

route_error! {
    /// What sending a file in a form answers when it is not taken.
    RouteError, after [MemberError], from [Refused, Fields, NotAdmitted, NotTaken] {}
}

/// What was said about the file before it came.
#[derive(Debug, Default)]
struct Said {
    folder: String,
    last_modified: String,
}

/// Send one file in a form, as `curl -F file=@a.jpg` does. It does not go on after a break.
#[utoipa::path(
    post,
    path = "/workspaces/{workspace_id}/uploads/files",
    tag = "uploads",
    operation_id = "upload_file",
    params(WorkspacePath),
    request_body(content = FileForm, content_type = "multipart/form-data"),
    responses((status = 201, description = "Its bytes are durable", body = Upload), RouteError)
)]
pub(crate) async fn create(
    State(admission): State<Admission>,
    State(receiver): State<Receiver>,
    member: Member,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Result<(StatusCode, Json<Upload>), RouteError> {
    let workspace = member.must(Permission::Contribute)?;
    let mut form = form.map_err(|_| not_readable())?;
    // The form is a little longer than its file.
    let Some(most) = content_length(&headers) else {
        let why = "is missing: the server has to know how much comes";
        return Err(Fields::one(header::CONTENT_LENGTH.as_str(), why).into());
    };
    let mut said = Said::default();
    while let Some(field) = form.next_field().await.map_err(|_| not_readable())? {
        if field.file_name().is_none() {
            said.hear(field).await?;
            continue;
        }
        let announced = said.announce(&field, most);
        let who = (workspace, member.user);
        let upload = admit_and_take(&admission, &receiver, who, announced, field).await?;
        if !matches!(form.next_field().await, Ok(None)) {
            receiver.give_up(&upload).await;
            let why = "must come last, and alone: send one form for each file";
            return Err(Fields::one("file", why).into());
        }
        let upload = receiver.end_here(upload).await?;
        return Ok((StatusCode::CREATED, Json(upload.into())));
    }
    Err(Fields::one("file", "is missing").into())
}

async fn admit_and_take(
    admission: &Admission,
    receiver: &Receiver,
    (workspace, user): (WorkspaceId, UserId),
    announced: Announced,
    file: Field<'_>,
) -> Result<UploadRow, RouteError> {
    let upload = admission.admit(workspace, user, announced).await?;
    match receiver.take(upload.clone(), pin!(file), None).await {
        Ok(upload) => Ok(upload),
        Err(error) => {
            receiver.give_up(&upload).await;
            Err(error.into())
        }
    }
}

impl Said {
    async fn hear(&mut self, field: Field<'_>) -> Result<(), Fields> {
        const LONGEST: usize = 8 * 1024;
        let name = field.name().unwrap_or_default().to_owned();
        let mut field = pin!(field);
        let mut text = Vec::new();
        while let Some(bytes) = field.chunk().await.map_err(|_| not_readable())? {
            if text.len() + bytes.len() > LONGEST {
                return Err(Fields::one(name, "is too long"));
            }
            text.extend_from_slice(&bytes);
        }
        let text = String::from_utf8_lossy(&text).into_owned();
        match name.as_str() {
            "folder" => self.folder = text,
            "last_modified" => self.last_modified = text,
            _ => {}
        }
        Ok(())
    }

    fn announce(&self, field: &Field<'_>, most: u64) -> Announced {
        Announced {
            name: clean_file_name(field.file_name().unwrap_or_default()),
            folder: clean_folder(&format!("{}/", self.folder)),
            size: most,
            media_type: field.content_type().map(str::to_owned),
            modified_at: tus::millis_of(&self.last_modified),
            sent_metadata: String::new(),
        }
    }
}

fn not_readable() -> Fields {
    Fields::one("", "the body must be a form (multipart/form-data)")
}
