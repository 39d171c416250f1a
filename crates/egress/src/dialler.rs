//! Resolve, check, connect to that address.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use tokio::{net::TcpStream, time::timeout};
use url::{Host, Url};

use crate::{
    address::{AddressClass, classify},
    config::EgressConfig,
    error::EgressError,
    rule::{Rule, normal},
};

/// Where names are looked up.
#[async_trait]
pub trait Resolve: Send + Sync + fmt::Debug {
    async fn lookup(&self, host: &str) -> std::io::Result<Vec<IpAddr>>;
}

/// The system's own resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolve for SystemResolver {
    async fn lookup(&self, host: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0))
            .await?
            .map(|address| address.ip())
            .collect())
    }
}

/// Whether others can read what goes over the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    Encrypted,
    /// Only to hosts on the operator's list, and to private addresses where those are allowed.
    Plain,
    /// Not encrypted, and whoever connected it said that they know: plain FTP (SPEC D25).
    Acknowledged,
}

/// The way out: knows the policy, and is the only place that opens connections to storages.
#[derive(Debug, Clone)]
pub struct Egress {
    allow_private: bool,
    rules: Arc<[Rule]>,
    resolver: Arc<dyn Resolve>,
}

impl Egress {
    pub fn new(config: &EgressConfig) -> Result<Self, EgressError> {
        Self::with_resolver(config, Arc::new(SystemResolver))
    }

    pub fn with_resolver(
        config: &EgressConfig,
        resolver: Arc<dyn Resolve>,
    ) -> Result<Self, EgressError> {
        let rules: Result<Vec<Rule>, String> = config
            .allow
            .iter()
            .map(|entry| Rule::parse(entry))
            .collect();
        let rules = rules.map_err(EgressError::Rule)?.into();
        Ok(Self {
            allow_private: config.allow_private,
            rules,
            resolver,
        })
    }

    /// Checks one address that a host has, or is.
    pub fn check(
        &self,
        host: &str,
        address: IpAddr,
        transport: Transport,
    ) -> Result<(), EgressError> {
        let host = normal(host);
        let class = classify(address);
        if let AddressClass::Never(what) = class {
            return Err(EgressError::Never {
                host,
                address,
                what,
            });
        }
        let is_listed = self.rules.iter().any(|rule| rule.covers(&host, address));
        let is_private = class == AddressClass::Private;
        if is_listed || (is_private && self.allow_private) {
            return Ok(());
        }
        if is_private {
            return Err(EgressError::Private { host, address });
        }
        if transport == Transport::Plain {
            return Err(EgressError::Plain { host });
        }
        Ok(())
    }

    /// Returns the addresses of a host, every one of them checked. One that is refused refuses the
    /// host: a name with a public and a private address is a trick or a mistake.
    pub async fn resolve(
        &self,
        host: &str,
        transport: Transport,
    ) -> Result<Vec<IpAddr>, EgressError> {
        let addresses = match literal(host) {
            Some(address) => vec![address],
            None => self.lookup(host).await?,
        };
        for address in &addresses {
            self.check(host, *address, transport)?;
        }
        Ok(addresses)
    }

    /// Checks the host of a URL where it is an address already, because then no resolver is asked.
    pub fn check_url(&self, url: &Url) -> Result<(), EgressError> {
        let transport = if url.scheme() == "https" {
            Transport::Encrypted
        } else {
            Transport::Plain
        };
        match url.host() {
            Some(Host::Ipv4(address)) => {
                self.check(&address.to_string(), IpAddr::V4(address), transport)
            }
            Some(Host::Ipv6(address)) => {
                self.check(&address.to_string(), IpAddr::V6(address), transport)
            }
            Some(Host::Domain(_)) => Ok(()),
            None => Err(EgressError::InvalidHost(url.to_string())),
        }
    }

    /// Opens a connection to the first checked address that answers.
    pub async fn connect(
        &self,
        host: &str,
        port: u16,
        transport: Transport,
        limit: Duration,
    ) -> Result<TcpStream, EgressError> {
        let mut last = EgressError::Unresolved {
            host: host.to_owned(),
            source: None,
        };
        for address in self.resolve(host, transport).await? {
            last = match dial(host, SocketAddr::new(address, port), limit).await {
                Ok(stream) => return Ok(stream),
                Err(error) => error,
            };
        }
        Err(last)
    }

    /// Opens a further connection to an address that a host has, on another port. For protocols
    /// that open one connection after the other: the name is not asked again, and what the other
    /// end says about addresses does not count.
    pub async fn connect_address(
        &self,
        host: &str,
        address: IpAddr,
        port: u16,
        transport: Transport,
        limit: Duration,
    ) -> Result<TcpStream, EgressError> {
        self.check(host, address, transport)?;
        dial(host, SocketAddr::new(address, port), limit).await
    }

    async fn lookup(&self, host: &str) -> Result<Vec<IpAddr>, EgressError> {
        let is_name = !host.is_empty()
            && host.len() <= 253
            && host
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && !b"/@:[]%?#\\".contains(&byte));
        if !is_name {
            return Err(EgressError::InvalidHost(host.to_owned()));
        }
        let unresolved = |source| EgressError::Unresolved {
            host: host.to_owned(),
            source,
        };
        let found = self
            .resolver
            .lookup(host)
            .await
            .map_err(|error| unresolved(Some(error)))?;
        if found.is_empty() {
            Err(unresolved(None))
        } else {
            Ok(found)
        }
    }
}

async fn dial(host: &str, address: SocketAddr, limit: Duration) -> Result<TcpStream, EgressError> {
    let (host, port) = (host.to_owned(), address.port());
    match timeout(limit, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(source)) => Err(EgressError::Unreachable { host, port, source }),
        Err(_) => Err(EgressError::Silent { host, port }),
    }
}

fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[')
        .trim_end_matches(']')
        .parse()
        .ok()
}

#[cfg(test)]
mod tests;
