//! The way to a server, up to a connection that greets.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use stowage_egress::{Egress, EgressError, Transport};
use stowage_storage::{ErrorKind, StorageError};
use suppaftp::{
    FtpError, Mode, Status,
    tokio::{AsyncRustlsConnector, AsyncRustlsFtpStream},
};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::TlsConnector;

use crate::{
    config::{Checked, FtpSecurity, FtpSettings},
    credentials::FtpCredentials,
    error::{Failure, not_reached},
    trust,
};

/// How long the parts of a call may take.
#[derive(Debug, Clone, Copy)]
pub struct FtpTimeouts {
    /// From dialling to an open connection, and once more for its TLS.
    pub connect: Duration,
    /// For the answer to a command.
    pub command: Duration,
    /// For how long content may stand still.
    pub stall: Duration,
}

impl Default for FtpTimeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            command: Duration::from_secs(20),
            stall: Duration::from_secs(30),
        }
    }
}

/// What all FTP connections of a process share: the way out.
#[derive(Debug, Clone)]
pub struct FtpNet {
    pub(crate) egress: Egress,
    pub(crate) timeouts: FtpTimeouts,
}

impl FtpNet {
    pub fn new(egress: Egress, timeouts: FtpTimeouts) -> Self {
        Self { egress, timeouts }
    }
}

/// Opens control connections of one storage.
#[derive(Clone)]
pub(crate) struct Dialer {
    pub(crate) net: FtpNet,
    pub(crate) settings: Checked,
    pub(crate) credentials: FtpCredentials,
    tls: Option<TlsConnector>,
}

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialer")
            .field("host", &self.settings.host)
            .field("port", &self.settings.port)
            .finish_non_exhaustive()
    }
}

impl Dialer {
    /// Checks the settings. Asks the network nothing.
    pub(crate) fn new(
        settings: &FtpSettings,
        credentials: &FtpCredentials,
        net: &FtpNet,
    ) -> Result<Self, StorageError> {
        credentials.validate()?;
        let settings = settings.check()?;
        let tls = match settings.security {
            FtpSecurity::Plain => None,
            FtpSecurity::Ftps | FtpSecurity::FtpsImplicit => {
                Some(trust::connector(settings.certificate.as_deref())?)
            }
        };
        Ok(Self {
            net: net.clone(),
            settings,
            credentials: credentials.clone(),
            tls,
        })
    }

    /// Plain FTP was acknowledged by whoever connected it, or it would not have come here.
    pub(crate) fn transport(&self) -> Transport {
        match self.settings.security {
            FtpSecurity::Plain => Transport::Acknowledged,
            FtpSecurity::Ftps | FtpSecurity::FtpsImplicit => Transport::Encrypted,
        }
    }

    /// Opens a connection, takes the greeting and sets up encryption.
    pub(crate) async fn greet(&self) -> Result<AsyncRustlsFtpStream, StorageError> {
        let greeted = match (self.settings.security, &self.tls) {
            (FtpSecurity::Ftps, Some(tls)) => self.explicit(tls).await,
            (FtpSecurity::FtpsImplicit, Some(tls)) => self.implicit(tls).await,
            _ => self.plain().await,
        };
        greeted.map_err(|failure| failure.into_error("connect"))
    }

    async fn plain(&self) -> Result<AsyncRustlsFtpStream, Failure> {
        let Checked { host, port, .. } = &self.settings;
        let limit = self.net.timeouts.connect;
        let socket = self
            .net
            .egress
            .connect(host, *port, self.transport(), limit)
            .await
            .map_err(|error| Failure::Broken(not_reached(error)))?;
        let peer = socket.peer_addr()?.ip();
        let greeting = AsyncRustlsFtpStream::connect_with_stream(socket);
        let stream = answered(self.net.timeouts.command, greeting).await?;
        Ok(self.prepared(stream, peer))
    }

    async fn explicit(&self, tls: &TlsConnector) -> Result<AsyncRustlsFtpStream, Failure> {
        let stream = self.plain().await?;
        let secured = stream.into_secure(AsyncRustlsConnector::from(tls.clone()), self.tls_name());
        let secured = answered(self.net.timeouts.command, secured).await;
        secured.map_err(|failure| match failure {
            Failure::Refused(refusal) => Failure::broken(
                ErrorKind::InvalidSettings,
                format!(
                    "the server does not offer TLS; switch it on there, or choose another kind of \
                     encryption ({})",
                    refusal.code
                ),
            ),
            other => other,
        })
    }

    /// The library dials by itself here, to an address that was checked.
    async fn implicit(&self, tls: &TlsConnector) -> Result<AsyncRustlsFtpStream, Failure> {
        let Checked { host, port, .. } = &self.settings;
        let found = self.net.egress.resolve(host, self.transport()).await;
        let mut last = Failure::broken(ErrorKind::Unreachable, "the server has no address");
        for peer in found.map_err(|error| Failure::Broken(not_reached(error)))? {
            let connector = AsyncRustlsConnector::from(tls.clone());
            let address = SocketAddr::new(peer, *port);
            let dialled =
                AsyncRustlsFtpStream::connect_secure_implicit(address, connector, self.tls_name());
            let limit = self.net.timeouts.connect + self.net.timeouts.connect;
            let mut stream = match answered(limit, dialled).await {
                Ok(stream) => self.prepared(stream, peer),
                Err(failure) => {
                    last = failure;
                    continue;
                }
            };
            for command in ["PBSZ 0", "PROT P"] {
                let asked = stream.custom_command(command, &[Status::CommandOk]);
                answered(self.net.timeouts.command, asked).await?;
            }
            return Ok(stream);
        }
        Err(last)
    }

    fn tls_name(&self) -> &str {
        self.settings.host.trim_matches(['[', ']'])
    }

    /// Lets data connections go to the peer of the control connection and to nobody else.
    fn prepared(&self, stream: AsyncRustlsFtpStream, peer: IpAddr) -> AsyncRustlsFtpStream {
        let egress = self.net.egress.clone();
        let (host, transport) = (self.settings.host.clone(), self.transport());
        let limit = self.net.timeouts.connect;
        let mut stream = stream.passive_stream_builder(move |told: SocketAddr| {
            let (egress, host) = (egress.clone(), host.clone());
            #[expect(
                clippy::disallowed_methods,
                reason = "ends within the limit; the library wants a future that can be shared"
            )]
            let dialled = tokio::spawn(async move {
                egress
                    .connect_address(&host, peer, told.port(), transport, limit)
                    .await
            });
            Box::pin(async move {
                let dialled: Result<Result<TcpStream, EgressError>, _> = dialled.await;
                let dialled = dialled.map_err(std::io::Error::other);
                let socket = dialled.and_then(|socket| socket.map_err(std::io::Error::other));
                socket.map_err(FtpError::ConnectionError)
            })
        });
        stream.set_mode(Mode::ExtendedPassive);
        stream.set_passive_nat_workaround(true);
        stream
    }
}

/// Waits for an answer no longer than `limit`.
pub(crate) async fn answered<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, FtpError>>,
) -> Result<T, Failure> {
    match timeout(limit, work).await {
        Ok(done) => done.map_err(Failure::from),
        Err(_) => Err(Failure::silent(limit)),
    }
}
