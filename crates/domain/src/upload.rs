//! What an upload may become, byte by byte (ARCHITECTURE 4.11).

use crate::string_enum::string_enum;

string_enum!(
    /// Where an upload is; moves only by compare-and-set.
    UploadState {
        /// It takes bytes.
        Receiving = "receiving",
        /// All of its bytes are durable, and it is being read.
        Complete = "complete",
        /// It is an asset.
        Stored = "stored",
        /// Its content is in the workspace already, and the workspace wants no second asset (D14).
        Duplicate = "duplicate",
        /// A person gave it up.
        Cancelled = "cancelled",
        /// Nobody went on with it in time.
        Expired = "expired",
    }
);

impl UploadState {
    /// Returns whether nothing more becomes of it: its pieces can go.
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Receiving | Self::Complete)
    }

    /// Returns whether it ended without becoming anything.
    pub fn is_gone(self) -> bool {
        matches!(self, Self::Cancelled | Self::Expired)
    }

    /// Returns whether an upload in this state may move to `next`.
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::Receiving => {
                matches!(next, Self::Complete | Self::Cancelled | Self::Expired)
            }
            Self::Complete => matches!(next, Self::Stored | Self::Duplicate),
            Self::Stored | Self::Duplicate | Self::Cancelled | Self::Expired => false,
        }
    }
}

/// The most bytes that one piece of an upload has in the spool.
pub const CHUNK_BYTES: u64 = 16 * 1024 * 1024;

/// Pieces that an upload may have beyond those that it needs: clients that come back after every
/// break, or that send small pieces, are fine; one that sends single bytes is not.
const SPARE_CHUNKS: u64 = 20_000;

/// Why bytes cannot be added to an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrongBytes {
    /// They begin elsewhere than where the upload ends.
    Elsewhere,
    /// They go past the size that was announced.
    TooMany,
    /// It was sent in far too many pieces.
    TooSmall,
}

/// Checks bytes that are about to come: `length` of them where that is known, beginning at `at`,
/// for an upload that has `offset` of its `size` in `chunks` pieces.
pub fn may_append(
    (offset, size): (u64, u64),
    chunks: u64,
    at: u64,
    length: Option<u64>,
) -> Result<(), WrongBytes> {
    if at != offset {
        return Err(WrongBytes::Elsewhere);
    }
    let room = size.saturating_sub(offset);
    if length.is_some_and(|length| length > room) {
        return Err(WrongBytes::TooMany);
    }
    if room > 0 && chunks >= size.div_ceil(CHUNK_BYTES) + SPARE_CHUNKS {
        return Err(WrongBytes::TooSmall);
    }
    Ok(())
}

/// Returns how many bytes the next piece may have.
pub fn next_chunk(offset: u64, size: u64) -> u64 {
    size.saturating_sub(offset).min(CHUNK_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upload_that_is_over_becomes_nothing_else() {
        for state in UploadState::ALL {
            let ways = UploadState::ALL
                .iter()
                .filter(|next| state.may_become(**next))
                .count();
            assert_eq!(ways == 0, state.is_over(), "{state}");
        }
    }

    #[test]
    fn what_is_acknowledged_is_never_given_up() {
        for gone in [UploadState::Cancelled, UploadState::Expired] {
            assert!(!UploadState::Complete.may_become(gone));
        }
    }

    #[test]
    fn bytes_are_added_at_the_end_alone() {
        assert_eq!(may_append((5, 9), 1, 5, Some(4)), Ok(()));
        assert_eq!(may_append((5, 9), 1, 5, None), Ok(()));
        for at in [0, 4, 6, 9, u64::MAX] {
            assert_eq!(
                may_append((5, 9), 1, at, Some(1)),
                Err(WrongBytes::Elsewhere)
            );
        }
    }

    #[test]
    fn no_byte_goes_past_what_was_announced() {
        assert_eq!(may_append((5, 9), 1, 5, Some(5)), Err(WrongBytes::TooMany));
        assert_eq!(may_append((9, 9), 1, 9, Some(0)), Ok(()));
        assert_eq!(
            may_append((9, 9), 1, 9, Some(u64::MAX)),
            Err(WrongBytes::TooMany)
        );
    }

    #[test]
    fn an_upload_is_not_shredded() {
        let size = 40 * CHUNK_BYTES;
        assert_eq!(may_append((5, size), 20_039, 5, None), Ok(()));
        assert_eq!(
            may_append((5, size), 20_040, 5, None),
            Err(WrongBytes::TooSmall)
        );
    }

    #[test]
    fn pieces_add_up_to_the_whole() {
        for size in [
            0,
            1,
            CHUNK_BYTES - 1,
            CHUNK_BYTES,
            CHUNK_BYTES + 1,
            5 * CHUNK_BYTES + 7,
        ] {
            let (mut offset, mut chunks) = (0, 0);
            while next_chunk(offset, size) > 0 {
                offset += next_chunk(offset, size);
                chunks += 1;
            }
            assert_eq!((offset, chunks), (size, size.div_ceil(CHUNK_BYTES)));
        }
    }
}
