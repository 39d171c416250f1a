//! Sealing and opening credentials: envelope encryption with XChaCha20-Poly1305.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use zeroize::Zeroizing;

use crate::keys::{KEY_BYTES, KeyRing, fill_random};

const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
const WRAPPED_BYTES: usize = NONCE_BYTES + KEY_BYTES + TAG_BYTES;

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    #[error("key {id} is not configured; add it to keys.former_keys")]
    UnknownKey { id: String },
    #[error("the sealed credential does not open: it was changed, or belongs elsewhere")]
    DoesNotOpen,
}

/// Where a credential belongs. Sealed along with it, so that it opens nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Belongs {
    pub workspace: String,
    pub storage: String,
    pub version: i32,
}

impl Belongs {
    fn bytes(&self) -> Vec<u8> {
        format!(
            "stowage-credential|{}|{}|{}",
            self.workspace, self.storage, self.version
        )
        .into_bytes()
    }
}

impl KeyRing {
    /// Seals `secret` and returns which key did it and the sealed bytes: the wrapped data key,
    /// then the secret under it.
    pub fn seal(&self, belongs: &Belongs, secret: &[u8]) -> (String, Vec<u8>) {
        let mut data_key = Zeroizing::new([0; KEY_BYTES]);
        fill_random(data_key.as_mut_slice());
        let current = self.current();
        let mut sealed = encrypt(&current.bytes, belongs, data_key.as_slice());
        sealed.extend(encrypt(&data_key, belongs, secret));
        (current.id.clone(), sealed)
    }

    pub fn open(
        &self,
        key_id: &str,
        belongs: &Belongs,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let key = self.find(key_id).ok_or_else(|| SealError::UnknownKey {
            id: key_id.to_owned(),
        })?;
        let (wrapped, body) = sealed
            .split_at_checked(WRAPPED_BYTES)
            .ok_or(SealError::DoesNotOpen)?;
        let unwrapped = decrypt(&key.bytes, belongs, wrapped)?;
        let mut data_key = Zeroizing::new([0; KEY_BYTES]);
        data_key.copy_from_slice(&unwrapped);
        decrypt(&data_key, belongs, body)
    }
}

fn encrypt(key: &[u8; KEY_BYTES], belongs: &Belongs, plain: &[u8]) -> Vec<u8> {
    let mut nonce = [0; NONCE_BYTES];
    fill_random(&mut nonce);
    let payload = Payload {
        msg: plain,
        aad: &belongs.bytes(),
    };
    let body = XChaCha20Poly1305::new(key.into())
        .encrypt(XNonce::from_slice(&nonce), payload)
        .expect("a credential is far smaller than what the cipher takes");
    [nonce.as_slice(), &body].concat()
}

fn decrypt(
    key: &[u8; KEY_BYTES],
    belongs: &Belongs,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let (nonce, body) = sealed
        .split_at_checked(NONCE_BYTES)
        .ok_or(SealError::DoesNotOpen)?;
    let payload = Payload {
        msg: body,
        aad: &belongs.bytes(),
    };
    XChaCha20Poly1305::new(key.into())
        .decrypt(XNonce::from_slice(nonce), payload)
        .map(Zeroizing::new)
        .map_err(|_| SealError::DoesNotOpen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SecretsConfig;

    fn ring(keys: &[&str]) -> KeyRing {
        let mut keys = keys.iter().map(|digit| digit.repeat(64).as_str().into());
        KeyRing::new(&SecretsConfig {
            key: keys.next().unwrap(),
            former_keys: keys.collect(),
        })
        .unwrap()
    }

    fn place(storage: &str) -> Belongs {
        Belongs {
            workspace: "w".into(),
            storage: storage.into(),
            version: 1,
        }
    }

    #[test]
    fn opens_what_it_sealed() {
        let ring = ring(&["a"]);
        let (key, sealed) = ring.seal(&place("s"), b"secret");
        assert_eq!(
            ring.open(&key, &place("s"), &sealed).unwrap().as_slice(),
            b"secret"
        );
    }

    #[test]
    fn a_row_copied_to_another_storage_does_not_open() {
        let ring = ring(&["a"]);
        let (key, sealed) = ring.seal(&place("s"), b"secret");
        assert_eq!(
            ring.open(&key, &place("t"), &sealed),
            Err(SealError::DoesNotOpen)
        );
    }

    #[test]
    fn a_changed_byte_anywhere_does_not_open() {
        let ring = ring(&["a"]);
        let (key, sealed) = ring.seal(&place("s"), b"secret");
        for position in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[position] ^= 1;
            assert_eq!(
                ring.open(&key, &place("s"), &changed),
                Err(SealError::DoesNotOpen)
            );
        }
    }

    #[test]
    fn a_former_key_still_opens_and_no_longer_seals() {
        let (key, sealed) = ring(&["a"]).seal(&place("s"), b"secret");
        let rotated = ring(&["b", "a"]);
        assert_eq!(
            rotated.open(&key, &place("s"), &sealed).unwrap().as_slice(),
            b"secret"
        );
        assert_ne!(rotated.seal(&place("s"), b"secret").0, key);
        let without = ring(&["b"]);
        assert!(matches!(
            without.open(&key, &place("s"), &sealed),
            Err(SealError::UnknownKey { .. })
        ));
    }
}
