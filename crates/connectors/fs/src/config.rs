//! What a person sets, and what the process decides.

use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stowage_storage::{ErrorKind, StorageError};

/// A folder of the server, as a person connects it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FsSettings {
    /// Absolute path of the folder on the server.
    pub folder: String,
}

impl FsSettings {
    /// Returns the folder, or says what is wrong with it.
    pub fn validate(&self) -> Result<&Path, StorageError> {
        let folder = Path::new(&self.folder);
        let problem = if self.folder.is_empty() {
            "name a folder of the server"
        } else if self.folder.contains('\0') {
            "the folder's path has a NUL character; remove it"
        } else if !folder.is_absolute() {
            "give the folder's whole path, beginning with a slash"
        } else if folder
            .components()
            .any(|part| part == std::path::Component::ParentDir)
        {
            "give the folder's path without `..`"
        } else {
            return Ok(folder);
        };
        Err(StorageError::new(ErrorKind::InvalidSettings, problem))
    }
}

/// How the process uses the folder.
#[derive(Debug, Clone, Copy)]
pub struct FsOptions {
    /// Refuse every write and delete.
    pub read_only: bool,
    /// Make each write durable before it is answered.
    pub fsync: bool,
    /// Remove folders that a delete leaves empty. For roots that are Stowage's own.
    pub prune_empty_folders: bool,
    /// After how long without a change a file counts as completely written.
    pub settle_seconds: u32,
}

impl Default for FsOptions {
    fn default() -> Self {
        Self {
            read_only: false,
            fsync: true,
            prune_empty_folders: false,
            settle_seconds: 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_only_an_absolute_folder_without_detours() {
        for (folder, good) in [
            ("/srv/photos", true),
            ("/", true),
            ("", false),
            ("photos", false),
            ("/srv/../etc", false),
            ("/srv/\0", false),
        ] {
            let settings = FsSettings {
                folder: folder.to_owned(),
            };
            assert_eq!(settings.validate().is_ok(), good, "{folder:?}");
        }
    }

    #[test]
    fn refuses_a_setting_that_it_does_not_know() {
        let parsed: Result<FsSettings, _> =
            serde_json::from_str(r#"{"folder": "/a", "path": "b"}"#);
        assert!(parsed.is_err());
    }
}
