//! The workspace that an internal call is about, in its metadata.

use stowage_domain::WorkspaceId;
use tonic::{Request, Status, metadata::MetadataMap};

pub const WORKSPACE_KEY: &str = "x-stowage-workspace";

/// Makes a request on behalf of `workspace`.
pub fn for_workspace<T>(workspace: WorkspaceId, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let value = workspace
        .to_string()
        .parse()
        .expect("a UUID is a valid metadata value");
    request.metadata_mut().insert(WORKSPACE_KEY, value);
    request
}

/// Returns the workspace that a request is about; a request without one is refused.
pub fn workspace_of(metadata: &MetadataMap) -> Result<WorkspaceId, Status> {
    let value = metadata
        .get(WORKSPACE_KEY)
        .and_then(|value| value.to_str().ok());
    value
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Status::invalid_argument(format!("metadata {WORKSPACE_KEY} must be a UUID")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_comes_back_as_it_was_sent() {
        let id = WorkspaceId("0199c0de-0000-7000-8000-000000000001".parse().unwrap());

        assert_eq!(workspace_of(for_workspace(id, ()).metadata()).unwrap(), id);
        assert!(workspace_of(&MetadataMap::new()).is_err());
    }
}
