//! What must not be read by others: sealed credentials, passwords, tokens, signatures.
//!
//! Every credential has a data key of its own, which the key-encryption key wraps; what a seal
//! covers includes where it belongs, so that a row copied elsewhere does not open. Knows no
//! database and no network.

mod keys;
mod password;
mod seal;
mod token;

pub use keys::{KeyError, KeyRing, SecretsConfig, create_key_file};
pub use password::{PasswordError, hash_password, verify_password};
pub use seal::{Belongs, SealError};
pub use token::Token;
