//! A folder on an FTP server as a storage.
//!
//! Owns: the settings of such a connection with what is to be said about wrong ones, encryption
//! and whose certificate is trusted, a few kept control connections, listings by MLSD or by what
//! LIST shows, reads that go on where a connection broke, writes that appear whole. Does not own:
//! retries and metrics (decorators in `stowage-storage`), and which addresses may be reached
//! (`stowage-egress`): control and data connections are opened there, and a data connection goes
//! to the address of the control connection whatever the server says about it.
//!
//! Servers without MLSD tell times to the minute, or to the day. Their listings give a vague
//! revision ([`stowage_domain::scan::is_vague`]); the exact one is asked for each file that is
//! read.
//!
//! To try it: `deploy/dev/services` starts pyftpdlib, vsftpd and Pure-FTPd, and
//! `tests/backends/storage/ftp.rs` asks the whole contract of each.

mod backend;
mod client;
mod config;
mod credentials;
mod delete;
mod entry;
mod error;
mod facts;
mod ground;
mod line;
mod list;
mod own;
mod pool;
mod quarantine;
mod read;
mod session;
mod trust;
mod write;

pub use backend::{FtpOptions, FtpStorage};
pub use client::{FtpNet, FtpTimeouts};
pub use config::{FtpSecurity, FtpSettings, SettingProblem};
pub use credentials::FtpCredentials;
pub use ground::FtpGround;
