//! The section `[gateway]`.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stowage_config::{ConfigError, Secret, Section, duration};
use stowage_domain::Plan;
use url::Url;

/// A shorter token could be guessed.
const SHORTEST_TOKEN: usize = 32;

/// The public door: HTTP for browsers and programs, gRPC for internal clients.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GatewayConfig {
    /// The address that answers HTTP.
    pub listen: SocketAddr,
    /// The address that answers gRPC (`stowage.library`); none switches it off.
    pub grpc_listen: Option<SocketAddr>,
    /// Where people reach Stowage, such as `https://photos.example.org`. Left out, it is this
    /// machine with the port of `listen`.
    pub public_url: Option<String>,
    /// Further origins whose pages may call the API with a session, for frontends that are served
    /// elsewhere.
    pub allowed_origins: Vec<String>,
    /// Addresses or networks of reverse proxies whose `X-Forwarded-For` is believed, such as
    /// `127.0.0.1` or `10.0.0.0/8`. Tries to sign in are counted by the address that they name.
    pub trusted_proxies: Vec<String>,
    /// How long somebody stays signed in.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub session_length: Duration,
    /// Whether browsers send the session only over TLS: `auto` where `public_url` is https.
    pub secure_cookie: SecureCookie,
    /// The largest file that may be uploaded. Bytes; 0 means no limit.
    pub upload_max_bytes: u64,
    /// How many uploads one member may have under way at once; 0 means no limit.
    pub upload_max_open: u64,
    /// How long an upload waits for somebody to go on with it.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub upload_expires_after: Duration,
    /// How much a workspace without a plan of its own may keep in central storage: originals, and
    /// uploads on their way there. Bytes; 0 means no limit.
    pub workspace_bytes: u64,
    /// What opens the operator's door (`/api/v1/operator`): at least 32 characters. Empty, the door
    /// stays shut.
    pub operator_token: Secret,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SecureCookie {
    Auto,
    Always,
    Never,
}

impl Default for GatewayConfig {
    fn default() -> Self {
        Self {
            listen: ([127, 0, 0, 1], 8080).into(),
            grpc_listen: Some(([127, 0, 0, 1], 8081).into()),
            public_url: None,
            allowed_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            session_length: Duration::from_hours(30 * 24),
            secure_cookie: SecureCookie::Auto,
            upload_max_bytes: 10 * 1024 * 1024 * 1024,
            upload_max_open: 100,
            upload_expires_after: Duration::from_hours(3 * 24),
            workspace_bytes: 0,
            operator_token: Secret::default(),
        }
    }
}

impl Section for GatewayConfig {
    const NAME: &'static str = "gateway";

    fn validate(&self) -> Result<(), ConfigError> {
        if origin_of(&self.public_url()).is_none() {
            let reason = "must be an address such as https://photos.example.org";
            return Err(ConfigError::invalid("gateway.public_url", reason));
        }
        for origin in &self.allowed_origins {
            if origin_of(origin).as_deref() != Some(origin) {
                let reason = format!(
                    "{origin:?} is no origin; write scheme, host and port only, such as \
                     https://photos.example.org"
                );
                return Err(ConfigError::invalid("gateway.allowed_origins", reason));
            }
        }
        for proxy in &self.trusted_proxies {
            if network_of(proxy).is_none() {
                let reason = format!(
                    "{proxy:?} is no address and no network; write one such as 10.0.0.5 or \
                     10.0.0.0/8"
                );
                return Err(ConfigError::invalid("gateway.trusted_proxies", reason));
            }
        }
        if self.session_length < Duration::from_mins(1) {
            let reason = "must be at least 1m";
            return Err(ConfigError::invalid("gateway.session_length", reason));
        }
        if self.upload_expires_after < Duration::from_mins(1) {
            let reason = "must be at least 1m";
            return Err(ConfigError::invalid("gateway.upload_expires_after", reason));
        }
        let token = self.operator_token.expose().trim();
        if !token.is_empty() && token.len() < SHORTEST_TOKEN {
            let reason = format!("must have at least {SHORTEST_TOKEN} characters");
            return Err(ConfigError::invalid("gateway.operator_token", reason));
        }
        Ok(())
    }
}

impl GatewayConfig {
    /// Returns where people reach Stowage, without a slash at the end.
    pub fn public_url(&self) -> String {
        match &self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://localhost:{}", self.listen.port()),
        }
    }

    /// Returns the plan of a workspace to which the operator gave none.
    pub(crate) fn usual_plan(&self) -> Plan {
        Plan {
            central_bytes: (self.workspace_bytes > 0).then_some(self.workspace_bytes),
            ..Plan::UNLIMITED
        }
    }

    /// Returns whether browsers are told to keep the session to TLS.
    pub(crate) fn is_cookie_secure(&self) -> bool {
        match self.secure_cookie {
            SecureCookie::Always => true,
            SecureCookie::Never => false,
            SecureCookie::Auto => self.public_url().starts_with("https://"),
        }
    }

    /// Returns the networks of the proxies that say where a request comes from.
    pub(crate) fn trusted_proxies(&self) -> Vec<IpNet> {
        let proxies = self.trusted_proxies.iter();
        proxies.filter_map(|proxy| network_of(proxy)).collect()
    }

    /// Returns the origins whose pages may act for somebody who is signed in, besides the one
    /// that the request itself went to.
    pub(crate) fn trusted_origins(&self) -> Vec<String> {
        let own = origin_of(&self.public_url());
        own.into_iter()
            .chain(self.allowed_origins.iter().cloned())
            .collect()
    }
}

/// Returns scheme, host and port of a web address, as browsers write them in `Origin`.
fn origin_of(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https");
    is_web.then(|| url.origin().ascii_serialization())
}

/// Returns the network that is meant, of one address where it is one.
fn network_of(text: &str) -> Option<IpNet> {
    let address = text.parse().map(|address: IpAddr| IpNet::from(address));
    address.ok().or_else(|| text.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_good() {
        GatewayConfig::default().validate().unwrap();
    }

    #[test]
    fn people_come_to_the_port_that_listens_where_nothing_else_is_said() {
        let mut config = GatewayConfig {
            listen: ([0, 0, 0, 0], 9000).into(),
            ..GatewayConfig::default()
        };
        assert_eq!(config.public_url(), "http://localhost:9000");
        config.public_url = Some("https://photos.example.org/".to_owned());
        assert_eq!(config.public_url(), "https://photos.example.org");
    }

    #[test]
    fn an_operators_token_is_long_or_there_is_none() {
        for (token, good) in [("", true), ("secret", false), (&*"0f".repeat(32), true)] {
            let config = GatewayConfig {
                operator_token: token.into(),
                ..GatewayConfig::default()
            };
            assert_eq!(config.validate().is_ok(), good, "{token}");
        }
    }

    #[test]
    fn an_allowed_origin_has_no_path() {
        for (origin, good) in [
            ("https://photos.example.org", true),
            ("http://localhost:5173", true),
            ("https://photos.example.org/", false),
            ("https://photos.example.org:443", false),
            ("photos.example.org", false),
            ("*", false),
        ] {
            let allowed_origins = vec![origin.to_owned()];
            let config = GatewayConfig {
                allowed_origins,
                ..GatewayConfig::default()
            };
            assert_eq!(config.validate().is_ok(), good, "{origin}");
        }
    }

    #[test]
    fn a_proxy_is_named_by_its_address_or_its_network() {
        for (proxy, good) in [
            ("127.0.0.1", true),
            ("::1", true),
            ("10.0.0.0/8", true),
            ("fd00::/8", true),
            ("10.0.0.0/40", false),
            ("proxy.example.org", false),
            ("*", false),
        ] {
            let config = GatewayConfig {
                trusted_proxies: vec![proxy.to_owned()],
                ..GatewayConfig::default()
            };
            assert_eq!(config.validate().is_ok(), good, "{proxy}");
            assert_eq!(config.trusted_proxies().len(), usize::from(good));
        }
    }

    #[test]
    fn cookies_are_secure_where_people_come_over_tls() {
        let over = |url: &str| {
            GatewayConfig {
                public_url: Some(url.to_owned()),
                ..GatewayConfig::default()
            }
            .is_cookie_secure()
        };
        assert!(over("https://photos.example.org"));
        assert!(!over("http://nas.local:8080"));
    }
}
