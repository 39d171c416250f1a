//! Networks, and the operator's list of exceptions.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A range of addresses that share their first bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Network {
    base: IpAddr,
    bits: u32,
}

impl Network {
    pub(crate) const fn v4(a: u8, b: u8, c: u8, d: u8, bits: u32) -> Self {
        Self {
            base: IpAddr::V4(Ipv4Addr::new(a, b, c, d)),
            bits,
        }
    }

    pub(crate) const fn v6(s: [u16; 8], bits: u32) -> Self {
        let base = Ipv6Addr::new(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]);
        Self {
            base: IpAddr::V6(base),
            bits,
        }
    }

    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        let (base, address, width) = match (self.base, address) {
            (IpAddr::V4(base), IpAddr::V4(address)) => (
                u128::from(base.to_bits()),
                u128::from(address.to_bits()),
                32,
            ),
            (IpAddr::V6(base), IpAddr::V6(address)) => (base.to_bits(), address.to_bits(), 128),
            _ => return false,
        };
        let ignored = width - self.bits;
        base.checked_shr(ignored).unwrap_or(0) == address.checked_shr(ignored).unwrap_or(0)
    }

    fn parse(entry: &str) -> Option<Self> {
        let (base, bits) = match entry.split_once('/') {
            Some((base, bits)) => (base, Some(bits.parse::<u32>().ok()?)),
            None => (entry, None),
        };
        let base: IpAddr = base.trim_matches(['[', ']']).parse().ok()?;
        let width = if base.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(width);
        (bits <= width).then_some(Self { base, bits })
    }
}

/// One exception that the operator makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rule {
    Host(String),
    /// Every host below a domain, written `*.example.org`.
    Below(String),
    Network(Network),
}

impl Rule {
    pub(crate) fn parse(entry: &str) -> Result<Self, String> {
        let entry = entry.trim();
        if let Some(network) = Network::parse(entry) {
            return Ok(Self::Network(network));
        }
        let name = entry.strip_prefix("*.").unwrap_or(entry);
        let is_name = !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
        // The last label of a name has a letter; `10.0.0.300` or `1.2.3` is a mistyped address.
        let has_letter = name
            .trim_end_matches('.')
            .rsplit('.')
            .next()
            .is_some_and(|label| label.bytes().any(|byte| byte.is_ascii_alphabetic()));
        if !is_name || !has_letter {
            return Err(format!(
                "{entry:?} is neither a host, nor an address, nor a network such as 10.0.0.0/8"
            ));
        }
        let plain = normal(name);
        Ok(if name.len() == entry.len() {
            Self::Host(plain)
        } else {
            Self::Below(plain)
        })
    }

    /// Returns whether the rule is about this host or this address. `host` is in normal form.
    pub(crate) fn covers(&self, host: &str, address: IpAddr) -> bool {
        match self {
            Self::Host(name) => host == name,
            Self::Below(domain) => host
                .strip_suffix(domain.as_str())
                .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
            Self::Network(network) => network.contains(address),
        }
    }
}

/// Returns a host as rules are compared with it.
pub(crate) fn normal(host: &str) -> String {
    host.trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_hosts_domains_addresses_and_networks() {
        for (entry, host, address, covers) in [
            ("nas.local", "nas.local", "10.0.0.1", true),
            ("NAS.local.", "nas.local", "10.0.0.1", true),
            ("nas.local", "evil-nas.local", "10.0.0.1", false),
            ("*.lan", "nas.lan", "10.0.0.1", true),
            ("*.lan", "lan", "10.0.0.1", false),
            ("*.lan", "evillan", "10.0.0.1", false),
            ("10.1.0.0/16", "x", "10.1.200.3", true),
            ("10.1.0.0/16", "x", "10.2.0.1", false),
            ("10.1.2.3", "x", "10.1.2.3", true),
            ("0.0.0.0/0", "x", "10.1.2.3", true),
            ("0.0.0.0/0", "x", "fd00::1", false),
            ("fd00::/8", "x", "fd12::1", true),
            ("[fd00::1]", "x", "fd00::1", true),
        ] {
            let rule = Rule::parse(entry).unwrap();
            assert_eq!(
                rule.covers(host, address.parse().unwrap()),
                covers,
                "{entry} on {host}"
            );
        }
    }

    #[test]
    fn refuses_what_is_no_rule() {
        for entry in [
            "",
            "10.0.0.0/33",
            "10.0.0.300",
            "a b",
            "http://nas",
            "*.",
            "fd00::/129",
            "*",
        ] {
            assert!(Rule::parse(entry).is_err(), "{entry:?} was taken");
        }
    }
}
