//! Signing in: passwords, sessions, keys, and how often one may try.

mod account;
mod client;
pub(crate) mod cookie;
mod credential;
mod device;
mod password;
mod secret_link;
mod session;
mod throttle;

pub(crate) use account::{check_account, check_password};
pub(crate) use client::Client;
pub(crate) use credential::{Credential, KEY_HEADER, bearer, sends_key};
pub(crate) use device::device_of;
pub(crate) use password::{PasswordFailure, Passwords};
pub(crate) use secret_link::secret_link;
pub(crate) use session::open_session;
pub(crate) use throttle::{Throttle, TooMany};
