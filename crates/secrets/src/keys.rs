//! The key-encryption key and where it comes from.

use std::{fs, io::Write, path::Path};

use rand::{TryRngCore, rngs::OsRng};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use stowage_config::{ConfigError, Secret, Section};
use zeroize::Zeroizing;

pub(crate) const KEY_BYTES: usize = 32;

/// What credentials are sealed with.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SecretsConfig {
    /// The key-encryption key: 64 hexadecimal digits. Back it up: without it the credentials of
    /// all storages are lost.
    pub key: Secret,
    /// Former keys that still open what they sealed, while credentials are sealed anew.
    pub former_keys: Vec<Secret>,
}

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("there is no key-encryption key; set keys.key to the 64 hexadecimal digits of one")]
    Missing,
    #[error("a key-encryption key has 64 hexadecimal digits; this one does not")]
    Malformed,
    #[error("could not write the key file {path}")]
    Write {
        path: String,
        source: std::io::Error,
    },
}

pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) bytes: Zeroizing<[u8; KEY_BYTES]>,
}

/// The key that seals, and those that only open.
pub struct KeyRing {
    keys: Vec<Key>,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyRing")
            .field("current", &self.current().id)
            .finish_non_exhaustive()
    }
}

impl KeyRing {
    pub fn new(config: &SecretsConfig) -> Result<Self, KeyError> {
        if config.key.is_empty() {
            return Err(KeyError::Missing);
        }
        let keys = std::iter::once(&config.key)
            .chain(&config.former_keys)
            .map(|key| Key::parse(key.expose()))
            .collect::<Result<_, _>>()?;
        Ok(Self { keys })
    }

    pub(crate) fn current(&self) -> &Key {
        &self.keys[0]
    }

    pub(crate) fn find(&self, id: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.id == id)
    }
}

impl Key {
    fn parse(text: &str) -> Result<Self, KeyError> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        hex::decode_to_slice(text.trim(), bytes.as_mut_slice()).map_err(|_| KeyError::Malformed)?;
        // The id names the key without telling anything of it.
        let id = hex::encode(&Sha256::digest(bytes.as_slice())[..6]);
        Ok(Self { id, bytes })
    }
}

/// Fills a buffer with randomness from the operating system.
pub(crate) fn fill_random(buffer: &mut [u8]) {
    OsRng
        .try_fill_bytes(buffer)
        .expect("the operating system gives randomness");
}

/// Writes a new key to `path`, readable by its owner alone, unless the file is there already.
pub fn create_key_file(path: &Path) -> Result<bool, KeyError> {
    use std::os::unix::fs::OpenOptionsExt;

    let write_error = |source| KeyError::Write {
        path: path.display().to_string(),
        source,
    };
    let opened = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    let mut file = match opened {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return Ok(false),
        opened => opened.map_err(write_error)?,
    };
    let mut bytes = Zeroizing::new([0; KEY_BYTES]);
    fill_random(bytes.as_mut_slice());
    let text = Zeroizing::new(hex::encode(bytes.as_slice()));
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(write_error)?;
    Ok(true)
}

impl Section for SecretsConfig {
    const NAME: &'static str = "keys";

    fn validate(&self) -> Result<(), ConfigError> {
        match KeyRing::new(self) {
            Ok(_) | Err(KeyError::Missing) => Ok(()),
            Err(error) => Err(ConfigError::invalid("keys.key", error.to_string())),
        }
    }
}
