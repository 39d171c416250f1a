//! What can go wrong with a storage, in terms that decide what happens next.

use std::time::Duration;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// What went wrong, independent of the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The object certainly is not there.
    NotFound,
    /// The connected root (folder, bucket) is not there.
    RootNotFound,
    /// The credentials are refused: wrong, expired or revoked.
    Unauthenticated,
    /// The credentials are good and may not do this.
    Denied,
    /// A condition failed: the object is not as expected.
    Conflict,
    AlreadyExists,
    /// No room: disk full, quota used up.
    Full,
    /// Told to come back later.
    Throttled,
    Timeout,
    /// Name resolution, refused or broken connections, 5xx answers.
    Unreachable,
    /// The address or another setting cannot work as it is.
    InvalidSettings,
    /// This connection cannot do that.
    Unsupported,
    /// The object is larger than the caller takes.
    TooLarge,
    /// The storage answered something that makes no sense.
    Unexpected,
}

impl ErrorKind {
    pub const ALL: [Self; 14] = [
        Self::NotFound,
        Self::RootNotFound,
        Self::Unauthenticated,
        Self::Denied,
        Self::Conflict,
        Self::AlreadyExists,
        Self::Full,
        Self::Throttled,
        Self::Timeout,
        Self::Unreachable,
        Self::InvalidSettings,
        Self::Unsupported,
        Self::TooLarge,
        Self::Unexpected,
    ];

    /// Returns the kind that `word` names; one that we do not know is unexpected.
    pub fn from_word(word: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == word)
            .unwrap_or(Self::Unexpected)
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::RootNotFound => "root_not_found",
            Self::Unauthenticated => "unauthenticated",
            Self::Denied => "denied",
            Self::Conflict => "conflict",
            Self::AlreadyExists => "already_exists",
            Self::Full => "full",
            Self::Throttled => "throttled",
            Self::Timeout => "timeout",
            Self::Unreachable => "unreachable",
            Self::InvalidSettings => "invalid_settings",
            Self::Unsupported => "unsupported",
            Self::TooLarge => "too_large",
            Self::Unexpected => "unexpected",
        }
    }
}

/// A failed call to a storage: what we tried, why it failed, and whether trying again helps.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct StorageError {
    kind: ErrorKind,
    /// A sentence without a full stop: what was tried and what is wrong.
    message: String,
    retry_after: Option<Duration>,
    #[source]
    source: Option<Source>,
}

impl StorageError {
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            retry_after: None,
            source: None,
        }
    }

    pub fn not_found(path: &str) -> Self {
        Self::new(ErrorKind::NotFound, format!("there is no object {path:?}"))
    }

    pub fn read_only() -> Self {
        Self::new(ErrorKind::Unsupported, "this connection is read-only")
    }

    /// The error of a body that is not as long as was announced.
    pub fn wrong_length(path: &str, announced: u64, came: u64) -> Self {
        Self::new(
            ErrorKind::Unexpected,
            format!("object {path:?} was announced with {announced} bytes and came with {came}"),
        )
    }

    pub fn too_large(path: &str, limit: u64) -> Self {
        Self::new(
            ErrorKind::TooLarge,
            format!("object {path:?} has more than {limit} bytes"),
        )
    }

    #[must_use]
    pub fn with_source(mut self, source: impl Into<Source>) -> Self {
        self.source = Some(source.into());
        self
    }

    #[must_use]
    pub fn with_retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    pub fn is_not_found(&self) -> bool {
        self.kind == ErrorKind::NotFound
    }

    /// Returns whether the same call may succeed later without anybody changing anything.
    pub fn is_temporary(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::Throttled | ErrorKind::Timeout | ErrorKind::Unreachable | ErrorKind::Full
        )
    }
}
