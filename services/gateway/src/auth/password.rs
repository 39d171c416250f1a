//! Password hashing, off the threads that answer and never too much at once.

use std::sync::Arc;

use stowage_secrets::{PasswordError, hash_password, verify_password};
use tokio::{
    sync::{OnceCell, Semaphore},
    task::{JoinError, spawn_blocking},
};

use crate::problem::{Answer, Kind, kinds, log};
use stowage_rpc::Problem;

/// Each takes 19 MiB and a core for tens of milliseconds.
const AT_ONCE: usize = 4;

/// Hashes and checks passwords.
#[derive(Debug)]
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
    /// What an unknown person's password is checked against, so that the answer takes as long.
    nobody: OnceCell<String>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum PasswordFailure {
    #[error("a password could not be hashed or checked")]
    Hash(#[from] PasswordError),
    #[error("the thread that hashes passwords ended")]
    Thread(#[from] JoinError),
}

impl Answer for PasswordFailure {
    fn kinds() -> Vec<Kind> {
        vec![kinds::INTERNAL]
    }

    fn problem(self) -> Problem {
        log(&self, "a password could not be dealt with");
        kinds::INTERNAL.problem()
    }
}

impl Passwords {
    pub(crate) fn new() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            nobody: OnceCell::new(),
        }
    }

    /// Returns the string to store for a password.
    pub(crate) async fn hash(&self, password: String) -> Result<String, PasswordFailure> {
        let _turn = self.turns.acquire().await.expect("nobody closes it");
        Ok(spawn_blocking(move || hash_password(&password)).await??)
    }

    /// Returns whether the password is the one that `stored` was made of. Without anything stored
    /// the answer is no, and takes as long.
    pub(crate) async fn verify(
        &self,
        password: String,
        stored: Option<String>,
    ) -> Result<bool, PasswordFailure> {
        let is_somebody = stored.is_some();
        let stored = match stored {
            Some(stored) => stored,
            None => self.nobody().await?,
        };
        let _turn = self.turns.acquire().await.expect("nobody closes it");
        let fits = spawn_blocking(move || verify_password(&password, &stored)).await??;
        Ok(fits && is_somebody)
    }

    async fn nobody(&self) -> Result<String, PasswordFailure> {
        let made = self
            .nobody
            .get_or_try_init(|| self.hash("nobody's password".to_owned()))
            .await;
        made.cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_has_no_password_at_all() {
        let passwords = Passwords::new();
        let stored = passwords.hash("correct horse".to_owned()).await.unwrap();
        let verify = async |password: &str, stored| {
            passwords.verify(password.to_owned(), stored).await.unwrap()
        };

        assert!(verify("correct horse", Some(stored.clone())).await);
        assert!(!verify("wrong horse", Some(stored)).await);
        assert!(!verify("nobody's password", None).await);
    }
}
