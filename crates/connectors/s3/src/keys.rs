//! Keys in a bucket as paths below a prefix, and nothing outside of it.

use stowage_storage::{ErrorKind, ObjectPath, StorageError};

/// S3's own limit on a key, in bytes.
const KEY_LIMIT: usize = 1024;

/// The connected root inside a bucket.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    /// Empty, or ending in a slash: `photos/` has nothing of `photos2/`.
    prefix: String,
}

impl Keys {
    pub(crate) fn below(prefix: String) -> Self {
        debug_assert!(prefix.is_empty() || prefix.ends_with('/'));
        Self { prefix }
    }

    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    pub(crate) fn key(&self, path: &ObjectPath) -> Result<String, StorageError> {
        let key = format!("{}{path}", self.prefix);
        if key.len() > KEY_LIMIT {
            return Err(StorageError::new(
                ErrorKind::Unsupported,
                format!(
                    "the path {:?} is longer than the {KEY_LIMIT} bytes of a key",
                    path.as_str()
                ),
            ));
        }
        Ok(key)
    }

    /// Returns what every key below a folder begins with.
    pub(crate) fn folder(&self, folder: Option<&ObjectPath>) -> String {
        match folder {
            Some(folder) => format!("{}{}/", self.prefix, folder.as_str().trim_end_matches('/')),
            None => self.prefix.clone(),
        }
    }

    /// Returns a key's part below the prefix. A key outside of it is an error, whatever was asked.
    pub(crate) fn relative<'a>(&self, key: &'a str) -> Result<&'a str, StorageError> {
        key.strip_prefix(&self.prefix).ok_or_else(|| {
            StorageError::new(
                ErrorKind::Unexpected,
                format!(
                    "the storage answered key {key:?}, which is not below {:?}",
                    self.prefix
                ),
            )
        })
    }
}

/// Encodes a key as a part of a URL; its slashes stay.
pub(crate) fn encode(key: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::with_capacity(key.len());
    for byte in key.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
            encoded.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    encoded
}

/// Undoes the URL encoding of keys in a listing.
pub(crate) fn decode(encoded: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                let (high, low) = (digit(rest.next()?)?, digit(rest.next()?)?);
                (high * 16 + low) as u8
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_has_nothing_of_its_neighbours() {
        let keys = Keys::below("photos/".into());
        assert_eq!(keys.relative("photos/a.jpg").unwrap(), "a.jpg");
        for outside in [
            "photos2/a.jpg",
            "photos",
            "photo/s/a.jpg",
            "a.jpg",
            "Photos/a.jpg",
        ] {
            assert!(keys.relative(outside).is_err(), "{outside} was taken");
        }
        let path = ObjectPath::new("2024").unwrap();
        assert_eq!(keys.folder(Some(&path)), "photos/2024/");
        assert_eq!(keys.key(&path).unwrap(), "photos/2024");
    }

    #[test]
    fn refuses_a_path_that_is_too_long_for_a_key() {
        let keys = Keys::below("photos/".into());
        assert!(
            keys.key(&ObjectPath::new("x".repeat(1017)).unwrap())
                .is_ok()
        );
        assert!(
            keys.key(&ObjectPath::new("x".repeat(1018)).unwrap())
                .is_err()
        );
    }

    #[test]
    fn encodes_what_it_can_decode() {
        for key in [
            "photos/a b+c%d?versionId=1#é.jpg",
            "plain/a-b_c.d~e",
            "\u{7}",
        ] {
            assert_eq!(decode(&encode(key)).as_deref(), Some(key));
        }
        assert_eq!(encode("a b/ü?"), "a%20b/%C3%BC%3F");
    }

    #[test]
    fn decodes_what_listings_encode() {
        assert_eq!(
            decode("a+b%2Bc%20d/%C3%A9%07").as_deref(),
            Some("a b+c d/\u{e9}\u{7}")
        );
        assert_eq!(decode("%"), None);
        assert_eq!(decode("%zz"), None);
        assert_eq!(decode("%ff"), None);
    }
}
