//! How a failure with a kind of its own, such as a storage's, travels over gRPC.

use std::time::Duration;

use tonic::{Code, Status, metadata::MetadataMap};

const KIND_KEY: &str = "x-stowage-error-kind";
const RETRY_AFTER_KEY: &str = "x-stowage-retry-after-ms";

/// A failure as the other side told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteError {
    /// A word such as `root_not_found`, agreed between the two sides.
    pub kind: String,
    pub message: String,
    pub retry_after: Option<Duration>,
}

/// Makes a status that carries `kind` word for word, under the gRPC code that fits it best.
pub fn status_of(kind: &str, message: &str, retry_after: Option<Duration>) -> Status {
    let mut metadata = MetadataMap::new();
    if let Ok(value) = kind.parse() {
        metadata.insert(KIND_KEY, value);
    }
    if let Some(after) = retry_after {
        let millis = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
        metadata.insert(RETRY_AFTER_KEY, millis.into());
    }
    Status::with_metadata(code_of(kind), message, metadata)
}

impl RemoteError {
    /// Reads what [`status_of`] wrote; none when the call failed on its way.
    pub fn from_status(status: &Status) -> Option<Self> {
        let kind = status.metadata().get(KIND_KEY)?.to_str().ok()?.to_owned();
        let retry_after = status.metadata().get(RETRY_AFTER_KEY);
        let retry_after = retry_after
            .and_then(|value| value.to_str().ok()?.parse().ok())
            .map(Duration::from_millis);
        Some(Self {
            kind,
            message: status.message().to_owned(),
            retry_after,
        })
    }
}

fn code_of(kind: &str) -> Code {
    match kind {
        "not_found" | "root_not_found" => Code::NotFound,
        "unauthenticated" | "denied" => Code::PermissionDenied,
        "conflict" => Code::FailedPrecondition,
        "already_exists" => Code::AlreadyExists,
        "full" | "throttled" => Code::ResourceExhausted,
        "timeout" => Code::DeadlineExceeded,
        "unreachable" => Code::Unavailable,
        "invalid_settings" | "too_large" => Code::InvalidArgument,
        "unsupported" => Code::Unimplemented,
        _ => Code::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_and_its_wait_come_back_as_sent() {
        let sent = status_of(
            "throttled",
            "told to slow down",
            Some(Duration::from_millis(2500)),
        );

        let told = RemoteError::from_status(&sent).unwrap();

        assert_eq!(sent.code(), Code::ResourceExhausted);
        assert_eq!(told.kind, "throttled");
        assert_eq!(told.message, "told to slow down");
        assert_eq!(told.retry_after, Some(Duration::from_millis(2500)));
    }

    #[test]
    fn a_call_that_failed_on_its_way_has_no_kind() {
        assert_eq!(
            RemoteError::from_status(&Status::unavailable("connection refused")),
            None
        );
    }
}
