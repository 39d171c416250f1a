//! Where a request comes from, as far as that is known: what one place may try is counted.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, FromRef, FromRequestParts},
    http::{HeaderMap, request::Parts},
};
use ipnet::IpNet;

use crate::GatewayConfig;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The place that a request came from, where the server knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Client(Option<IpAddr>);

impl Client {
    /// Returns the place of an address. Who has one IPv6 address has the 2⁶⁴ beside it too.
    pub(crate) fn at(address: IpAddr) -> Self {
        Self(Some(match address.to_canonical() {
            IpAddr::V6(address) => IpAddr::V6((u128::from(address) >> 64 << 64).into()),
            address @ IpAddr::V4(_) => address,
        }))
    }
}

impl<S> FromRequestParts<S> for Client
where
    Arc<GatewayConfig>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() else {
            return Ok(Self(None));
        };
        let proxies = Arc::<GatewayConfig>::from_ref(state).trusted_proxies();
        Ok(Self::at(origin(peer.ip(), &parts.headers, &proxies)))
    }
}

/// Returns who began the request: the last one on its way here that is none of our proxies. What
/// stands further left in `X-Forwarded-For` was written by that one, and may be anything.
fn origin(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let is_ours = |address: IpAddr| proxies.iter().any(|known| known.contains(&address));
    let mut way: Vec<&str> = headers
        .get_all(FORWARDED_FOR)
        .into_iter()
        .flat_map(|value| value.to_str().unwrap_or_default().split(','))
        .collect();
    let mut last = peer.to_canonical();
    while is_ours(last)
        && let Some(before) = way.pop().and_then(address_of)
    {
        last = before;
    }
    last
}

/// Some proxies add the port.
fn address_of(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let address = text
        .parse()
        .or_else(|_| text.parse().map(|with_port: SocketAddr| with_port.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXY: &str = "10.1.2.3";

    fn origin_of(peer: &str, ways: &[&'static str], proxies: &[&str]) -> String {
        let headers = ways.iter().map(|way| {
            let value = axum::http::HeaderValue::from_static(way);
            (axum::http::HeaderName::from_static(FORWARDED_FOR), value)
        });
        let mut map = HeaderMap::new();
        map.extend(headers.map(|(name, value)| (Some(name), value)));
        let proxies: Vec<_> = proxies.iter().map(|net| net.parse().unwrap()).collect();
        origin(peer.parse().unwrap(), &map, &proxies).to_string()
    }

    #[test]
    fn nobody_but_a_trusted_proxy_says_where_a_request_comes_from() {
        let way = &["198.51.100.7"];
        assert_eq!(origin_of("192.0.2.1", way, &[]), "192.0.2.1");
        assert_eq!(origin_of("192.0.2.1", way, &["10.0.0.0/8"]), "192.0.2.1");
        assert_eq!(origin_of(PROXY, way, &["10.0.0.0/8"]), "198.51.100.7");
        assert_eq!(
            origin_of("::ffff:10.1.2.3", way, &["10.0.0.0/8"]),
            "198.51.100.7"
        );
    }

    #[test]
    fn what_a_caller_wrote_itself_is_not_believed() {
        let proxies = &["10.0.0.0/8", "fd00::/8"];
        for (ways, expected) in [
            (&["1.1.1.1, 198.51.100.7"][..], "198.51.100.7"),
            (&["1.1.1.1", "198.51.100.7"], "198.51.100.7"),
            (&["1.1.1.1, 198.51.100.7, 10.9.9.9"], "198.51.100.7"),
            (&["198.51.100.7:4711, [fd00::1]:99"], "198.51.100.7"),
            (&["2001:db8::7"], "2001:db8::7"),
            (&["1.1.1.1, nonsense"], PROXY),
            (&[""], PROXY),
            (&[], PROXY),
        ] {
            assert_eq!(origin_of(PROXY, ways, proxies), expected, "{ways:?}");
        }
    }

    #[test]
    fn the_addresses_of_one_subscriber_are_one_place() {
        let at = |address: &str| Client::at(address.parse().unwrap());
        assert_eq!(at("2001:db8:1:2::1"), at("2001:db8:1:2:ffff::9"));
        assert_ne!(at("2001:db8:1:2::1"), at("2001:db8:1:3::1"));
        assert_ne!(at("192.0.2.1"), at("192.0.2.2"));
        assert_eq!(at("::ffff:192.0.2.1"), at("192.0.2.1"));
    }
}
