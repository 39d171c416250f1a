//! What the connection test asks of an FTP server beyond what every storage has.

use async_trait::async_trait;
use stowage_storage::{
    ErrorKind, StorageError,
    probe::{Ground, Tick, words},
};

use crate::{
    client::{Dialer, FtpNet},
    config::{FtpSecurity, FtpSettings},
    credentials::FtpCredentials,
    error::not_reached,
    session::Session,
};

/// The place of one connection test.
#[derive(Debug)]
pub struct FtpGround {
    dialer: Dialer,
}

impl FtpGround {
    pub fn new(
        settings: &FtpSettings,
        credentials: &FtpCredentials,
        net: &FtpNet,
    ) -> Result<Self, StorageError> {
        let dialer = Dialer::new(settings, credentials, net)?;
        Ok(Self { dialer })
    }
}

#[async_trait]
impl Ground for FtpGround {
    async fn name_resolution(&self) -> Result<Tick, StorageError> {
        let egress = &self.dialer.net.egress;
        let host = &self.dialer.settings.host;
        let found = egress.resolve(host, self.dialer.transport()).await;
        let shown: Vec<String> = found
            .map_err(not_reached)?
            .iter()
            .map(ToString::to_string)
            .collect();
        Ok(Tick::Noted(shown.join(", ")))
    }

    async fn encryption(&self) -> Result<Tick, StorageError> {
        self.dialer.greet().await?;
        Ok(match self.dialer.settings.security {
            FtpSecurity::Ftps | FtpSecurity::FtpsImplicit => Tick::Ok,
            FtpSecurity::Plain => Tick::Skipped(
                "plain FTP: the password and every file can be read on the way".to_owned(),
            ),
        })
    }

    async fn credentials(&self) -> Result<Tick, StorageError> {
        Session::try_login(&self.dialer).await?;
        Ok(Tick::Ok)
    }

    fn words(&self, kind: ErrorKind) -> (&'static str, &'static str) {
        match kind {
            ErrorKind::Unauthenticated => (
                "Access Denied",
                "Check the user name and the password, and that the user may use FTP.",
            ),
            ErrorKind::Denied => (
                "Access Denied",
                "Let the user read the folder on the server, and write to it.",
            ),
            ErrorKind::RootNotFound => (
                "Folder Not Found",
                "Check the folder's path as the user sees it after logging in.",
            ),
            ErrorKind::InvalidSettings => (
                "Invalid Settings",
                "Correct the host, the port, the encryption or the trusted certificate.",
            ),
            ErrorKind::Unreachable => (
                "Not Reachable",
                "Check the host, the port, the firewall and the server's passive ports.",
            ),
            ErrorKind::Throttled => (
                "Too Many Connections",
                "Let the user open six connections at once, or try again later.",
            ),
            ErrorKind::Unexpected | ErrorKind::Unsupported => (
                "Unexpected Answer",
                "Make sure that an FTP server answers at this host and port.",
            ),
            other => words(other),
        }
    }
}
