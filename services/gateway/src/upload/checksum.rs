//! `Upload-Checksum`: what the bytes of one request have to come to.

use base64::{Engine, engine::general_purpose::STANDARD};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// The algorithms that callers may use, as `Tus-Checksum-Algorithm` lists them.
pub(crate) const ALGORITHMS: &str = "sha256,sha1";

/// A checksum that is being made, and what it should be.
pub(crate) struct Checksum {
    hash: Hash,
    expected: Vec<u8>,
}

enum Hash {
    Sha1(Sha1),
    Sha256(Sha256),
}

/// A header that says nothing that can be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the name of an algorithm, sha256 or sha1, a space, and the checksum in base64")]
pub(crate) struct ChecksumError;

impl Checksum {
    /// Reads the header's value.
    pub(crate) fn parse(text: &str) -> Result<Self, ChecksumError> {
        let (algorithm, digest) = text.trim().split_once(' ').ok_or(ChecksumError)?;
        let expected = STANDARD.decode(digest.trim()).map_err(|_| ChecksumError)?;
        let (hash, length) = match algorithm {
            "sha1" => (Hash::Sha1(Sha1::new()), 20),
            "sha256" => (Hash::Sha256(Sha256::new()), 32),
            _ => return Err(ChecksumError),
        };
        if expected.len() == length {
            Ok(Self { hash, expected })
        } else {
            Err(ChecksumError)
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match &mut self.hash {
            Hash::Sha1(hash) => hash.update(bytes),
            Hash::Sha256(hash) => hash.update(bytes),
        }
    }

    /// Returns whether the bytes are those that were meant.
    pub(crate) fn matches(self) -> bool {
        match self.hash {
            Hash::Sha1(hash) => hash.finalize().as_slice() == self.expected,
            Hash::Sha256(hash) => hash.finalize().as_slice() == self.expected,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(header: &str) -> bool {
        let mut checksum = Checksum::parse(header).unwrap();
        checksum.update(b"hel");
        checksum.update(b"lo");
        checksum.matches()
    }

    #[test]
    fn both_algorithms_tell_bytes_apart() {
        assert!(matches("sha1 qvTGHdzF6KLavt4PO0gs2a6pQ00="));
        assert!(matches(
            "sha256 LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="
        ));
        assert!(!matches("sha1 AAAAHdzF6KLavt4PO0gs2a6pQ00="));
    }

    #[test]
    fn what_cannot_be_checked_is_refused() {
        for header in [
            "",
            "sha1",
            "sha1 ",
            "sha1 !",
            "md5 XUFAKrxLKna5cZ2REBfFkg==",
            "sha256 qvTGHdzF6KLavt4PO0gs2a6pQ00=",
        ] {
            assert!(Checksum::parse(header).is_err(), "{header:?}");
        }
    }
}
