//! Random tokens for sessions and links: shown once, stored as a hash.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::keys::fill_random;

/// How an API key begins, so that people and secret scanners know one when they see it.
const KEY_PREFIX: &str = "stw_";

/// 256 random bits, written in 43 characters that need no escaping in addresses.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Zeroizing<String>);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl Token {
    pub fn generate() -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        fill_random(bytes.as_mut_slice());
        Self(Zeroizing::new(
            BASE64_URL_SAFE_NO_PAD.encode(bytes.as_slice()),
        ))
    }

    /// Makes an API key: a token that says what it is.
    pub fn generate_key() -> Self {
        let random = Self::generate();
        Self(Zeroizing::new(format!("{KEY_PREFIX}{}", random.expose())))
    }

    /// Returns whether this is written like an API key.
    pub fn is_key(&self) -> bool {
        self.0.starts_with(KEY_PREFIX)
    }

    /// Returns the two ends, by which its owner knows it again and nobody else finds the rest.
    pub fn masked(&self) -> String {
        let letters: Vec<char> = self.0.chars().collect();
        if letters.len() < 24 {
            return "…".to_owned();
        }
        let (start, end) = (&letters[..8], &letters[letters.len() - 4..]);
        start.iter().chain(&['…']).chain(end).collect()
    }

    /// Takes what a caller sent; whether it is anything shows when its hash is looked up.
    pub fn from_caller(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }

    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns what is stored and looked up.
    pub fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_never_print() {
        let (one, two) = (Token::generate(), Token::generate());
        assert_ne!(one.hash(), two.hash());
        assert_eq!(format!("{one:?}"), "***");
        assert_eq!(Token::from_caller(one.expose()).hash(), one.hash());
    }

    #[test]
    fn a_masked_key_shows_its_ends_only() {
        let key = Token::generate_key();
        assert!(key.is_key() && !Token::generate().is_key());
        let masked = key.masked();
        assert_eq!(masked.chars().count(), 13);
        assert!(key.expose().starts_with(&masked[..8]));
        assert_eq!(Token::from_caller("stw_short").masked(), "…");
    }
}
