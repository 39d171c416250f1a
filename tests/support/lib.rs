//! What the end-to-end suites share: the application as its users run it, places with photographs
//! to connect, and ways to look at what became of them.
//!
//! [`Stowage`] is the application, in one process or in six; [`Place`] is a folder, a bucket or an
//! FTP server with files in it; [`Library`] is what a person does over the REST interface; [`Rows`] looks past all
//! of it into the tables. A test that needs a server asks [`servers`] for it, which skips by name
//! where there is none, or fails with `STOWAGE_REQUIRE_ALL_BACKENDS=1`.

mod chance;
mod database;
mod eventually;
pub mod fixtures;
mod ftp_proxy;
pub mod house;
mod launch;
mod library;
mod main_storage;
mod moto;
mod oracle;
mod outcome;
mod place;
mod ports;
mod process;
mod proxy;
mod quota;
mod rclone;
mod rows;
mod sending;
pub mod servers;
mod small_disk;
mod stowage;
mod upload;

pub use chance::Chance;
pub use database::TestDatabase;
pub use eventually::{eventually, promptly};
pub use ftp_proxy::{FtpFault, FtpProxy};
pub use launch::{Mode, Options};
pub use library::Library;
pub use moto::Moto;
pub use oracle::{Oracle, Sha, content_of};
pub use outcome::Outcome;
pub use place::{Kind, Place, Uploads};
pub use ports::spare_port;
pub use process::Process;
pub use proxy::{Counted, Fault, Proxy};
pub use quota::Quota;
pub use rclone::Rclone;
pub use rows::Rows;
pub use small_disk::SmallDisk;
pub use stowage::Stowage;
pub use upload::upload_slowly;
