//! What stands against a transfer, and whom it is held against.

use stowage_domain::TransferTrouble;
use stowage_storage::{ErrorKind, StorageError};

/// Which end of a transfer failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Source,
    Target,
}

/// A copy that did not come about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) why: TransferTrouble,
    pub(crate) reason: String,
    pub(crate) side: Side,
}

impl Failure {
    pub(crate) fn new(why: TransferTrouble, side: Side, reason: impl Into<String>) -> Self {
        Self {
            why,
            reason: reason.into(),
            side,
        }
    }

    pub(crate) fn of_source(error: &StorageError) -> Self {
        let why = match error.kind() {
            ErrorKind::NotFound => TransferTrouble::SourceGone,
            ErrorKind::Conflict => TransferTrouble::SourceChanged,
            _ => TransferTrouble::Unreachable,
        };
        Self::new(why, Side::Source, error.to_string())
    }

    pub(crate) fn of_target(error: &StorageError) -> Self {
        let why = match error.kind() {
            ErrorKind::Full => TransferTrouble::TargetFull,
            ErrorKind::Throttled
            | ErrorKind::Timeout
            | ErrorKind::Unreachable
            | ErrorKind::RootNotFound
            | ErrorKind::Unauthenticated
            | ErrorKind::InvalidSettings => TransferTrouble::Unreachable,
            _ => TransferTrouble::TargetDenied,
        };
        Self::new(why, Side::Target, error.to_string())
    }

    /// Returns whether the target as a whole is left alone for a while, and not this original only.
    pub(crate) fn is_targets(&self) -> bool {
        self.side == Side::Target
            && matches!(
                self.why,
                TransferTrouble::TargetFull
                    | TransferTrouble::TargetDenied
                    | TransferTrouble::Unreachable
            )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_target(kind: ErrorKind) -> Failure {
        Failure::of_target(&StorageError::new(kind, "it broke"))
    }

    #[test]
    fn d10_a_full_target_is_told_from_one_that_refuses_and_one_that_is_away() {
        for (kind, why) in [
            (ErrorKind::Full, TransferTrouble::TargetFull),
            (ErrorKind::Denied, TransferTrouble::TargetDenied),
            (ErrorKind::Unsupported, TransferTrouble::TargetDenied),
            (ErrorKind::Timeout, TransferTrouble::Unreachable),
            (ErrorKind::RootNotFound, TransferTrouble::Unreachable),
            (ErrorKind::Unauthenticated, TransferTrouble::Unreachable),
        ] {
            let failure = of_target(kind);
            assert_eq!(failure.why, why, "{kind:?}");
            assert!(failure.is_targets(), "{kind:?}");
        }
    }

    #[test]
    fn a_source_that_is_away_is_not_held_against_the_target() {
        let error = StorageError::new(ErrorKind::Unreachable, "it broke");
        assert!(!Failure::of_source(&error).is_targets());
    }
}
