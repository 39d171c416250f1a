//! Why something did not get out.

use std::net::IpAddr;

/// Why a place was not reached.
#[derive(Debug, thiserror::Error)]
pub enum EgressError {
    #[error("entry of the allow-list is not understood: {0}")]
    Rule(String),
    #[error("{0:?} is not the name or address of a host")]
    InvalidHost(String),
    #[error("the name {host} could not be resolved")]
    Unresolved {
        host: String,
        #[source]
        source: Option<std::io::Error>,
    },
    #[error("{host} is {address}, {what}, and no storage is ever there")]
    Never {
        host: String,
        address: IpAddr,
        what: &'static str,
    },
    #[error(
        "{host} is {address}, a private address, and this server's operator does not allow those"
    )]
    Private { host: String, address: IpAddr },
    #[error(
        "{host} would be reached without encryption, which this server's operator does not allow"
    )]
    Plain { host: String },
    #[error("no connection to {host} on port {port}")]
    Unreachable {
        host: String,
        port: u16,
        #[source]
        source: std::io::Error,
    },
    #[error("{host} does not answer on port {port}")]
    Silent { host: String, port: u16 },
}

impl EgressError {
    /// Returns whether the same call may succeed later without anybody changing anything.
    pub fn is_temporary(&self) -> bool {
        matches!(
            self,
            Self::Unresolved { .. } | Self::Unreachable { .. } | Self::Silent { .. }
        )
    }
}
