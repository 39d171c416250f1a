//! Passwords: argon2id, with the parameters that its authors recommend.

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version,
    password_hash::SaltString,
};

use crate::keys::fill_random;

#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    #[error("a stored password hash is damaged")]
    Damaged,
    #[error("the password could not be hashed")]
    Hash,
}

fn argon2() -> Argon2<'static> {
    // 19 MiB, two passes, one lane.
    let params = Params::new(19 * 1024, 2, 1, None).expect("these are within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Returns the string to store for a password. Takes tens of milliseconds: call it where blocking
/// is allowed.
pub fn hash_password(password: &str) -> Result<String, PasswordError> {
    let mut salt = [0; 16];
    fill_random(&mut salt);
    let salt = SaltString::encode_b64(&salt).map_err(|_| PasswordError::Hash)?;
    let hash = argon2()
        .hash_password(password.as_bytes(), &salt)
        .map_err(|_| PasswordError::Hash)?;
    Ok(hash.to_string())
}

/// Returns whether `password` is the one that `stored` was made of. As slow as hashing.
pub fn verify_password(password: &str, stored: &str) -> Result<bool, PasswordError> {
    let stored = PasswordHash::new(stored).map_err(|_| PasswordError::Damaged)?;
    Ok(argon2()
        .verify_password(password.as_bytes(), &stored)
        .is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_itself_opens() {
        let stored = hash_password("correct horse").unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(verify_password("correct horse", &stored).unwrap());
        assert!(!verify_password("Correct horse", &stored).unwrap());
    }
}
