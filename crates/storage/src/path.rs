//! Paths inside a connected root.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A path below a connected root: segments joined by `/`, none of which climbs out of it.
///
/// Kept as the storage gave it: no case folding, no Unicode normalisation, empty segments allowed
/// (`a//b` is a key that S3 knows). It never is empty, never begins with `/`, and no segment is
/// `.` or `..`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ObjectPath(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    #[error("a path needs at least one character")]
    Empty,
    #[error("path {0:?} begins with a slash; paths are relative to the connected root")]
    Absolute(String),
    #[error("path {0:?} climbs out of the connected root")]
    Climbs(String),
    #[error("path {0:?} has a NUL character")]
    Nul(String),
}

impl ObjectPath {
    pub fn new(path: impl Into<String>) -> Result<Self, PathError> {
        let path = path.into();
        if path.is_empty() {
            return Err(PathError::Empty);
        }
        if path.starts_with('/') {
            return Err(PathError::Absolute(path));
        }
        if path.contains('\0') {
            return Err(PathError::Nul(path));
        }
        if path
            .split('/')
            .any(|segment| segment == "." || segment == "..")
        {
            return Err(PathError::Climbs(path));
        }
        Ok(Self(path))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the last segment.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }
}

impl fmt::Display for ObjectPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ObjectPath {
    type Error = PathError;

    fn try_from(path: String) -> Result<Self, Self::Error> {
        Self::new(path)
    }
}

impl From<ObjectPath> for String {
    fn from(path: ObjectPath) -> Self {
        path.0
    }
}

impl std::str::FromStr for ObjectPath {
    type Err = PathError;

    fn from_str(path: &str) -> Result<Self, Self::Err> {
        Self::new(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_every_way_out_of_the_root() {
        for path in [
            "..",
            "../x",
            "a/../../b",
            "a/..",
            ".",
            "./a",
            "/etc/passwd",
            "",
            "a\0b",
        ] {
            assert!(ObjectPath::new(path).is_err(), "{path:?} was taken");
        }
    }

    #[test]
    fn keeps_odd_but_harmless_names_as_they_are() {
        for path in [
            "a//b",
            " a",
            "a ",
            "...",
            "a/..b",
            "e\u{301}",
            "\u{e9}",
            "tab\there",
            "a/",
        ] {
            assert_eq!(ObjectPath::new(path).unwrap().as_str(), path);
        }
    }
}
