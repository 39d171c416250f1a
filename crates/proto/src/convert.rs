//! Between the wire and the domain; parse here, trust inside.

use stowage_domain::{Timestamp, scan::Seen};

use crate::storage;

/// A message that does not hold what its receiver needs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConvertError {
    #[error("field {0} is missing")]
    Missing(&'static str),
    #[error("field {field} holds {value:?}, which is not valid")]
    Invalid { field: &'static str, value: String },
}

impl From<Seen> for storage::Object {
    fn from(seen: Seen) -> Self {
        Self {
            remote_id: seen.remote_id,
            path: seen.path,
            size: seen.size,
            modified_at_us: seen.modified_at.map(Timestamp::micros),
            revision: seen.revision,
        }
    }
}

impl From<storage::Object> for Seen {
    fn from(object: storage::Object) -> Self {
        Self {
            remote_id: object.remote_id,
            path: object.path,
            size: object.size,
            modified_at: object.modified_at_us.map(Timestamp::from_micros),
            revision: object.revision,
        }
    }
}
