//! What kind of place an address is.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::rule::Network;

/// What kind of place an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressClass {
    /// Somewhere on the internet.
    Public,
    /// Within a house: private ranges, loopback, shared carrier space.
    Private,
    /// No storage is ever there, whatever the policy says; the words say what is.
    Never(&'static str),
}

const PRIVATE_V4: [Network; 5] = [
    Network::v4(10, 0, 0, 0, 8),
    Network::v4(172, 16, 0, 0, 12),
    Network::v4(192, 168, 0, 0, 16),
    Network::v4(100, 64, 0, 0, 10),
    Network::v4(127, 0, 0, 0, 8),
];

const NEVER_V4: [(Network, &str); 12] = [
    (Network::v4(0, 0, 0, 0, 8), "an unspecified address"),
    (Network::v4(100, 100, 100, 200, 32), "a metadata service"),
    (
        Network::v4(169, 254, 0, 0, 16),
        "a link-local address or a metadata service",
    ),
    (
        Network::v4(192, 0, 0, 0, 24),
        "a protocol address or a metadata service",
    ),
    (Network::v4(168, 63, 129, 16, 32), "a metadata service"),
    (
        Network::v4(192, 0, 2, 0, 24),
        "an address for documentation",
    ),
    (Network::v4(192, 88, 99, 0, 24), "a relay address"),
    (Network::v4(198, 18, 0, 0, 15), "an address for benchmarks"),
    (
        Network::v4(198, 51, 100, 0, 24),
        "an address for documentation",
    ),
    (
        Network::v4(203, 0, 113, 0, 24),
        "an address for documentation",
    ),
    (Network::v4(224, 0, 0, 0, 4), "a multicast address"),
    (
        Network::v4(240, 0, 0, 0, 4),
        "a reserved or broadcast address",
    ),
];

const PRIVATE_V6: [Network; 2] = [
    Network::v6([0, 0, 0, 0, 0, 0, 0, 1], 128),
    Network::v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7),
];

const NEVER_V6: [(Network, &str); 5] = [
    (
        Network::v6([0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0], 32),
        "a metadata service",
    ),
    (
        Network::v6([0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0x0254], 128),
        "a metadata service",
    ),
    (
        Network::v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
        "a protocol or tunnel address",
    ),
    (
        Network::v6([0x2001, 0x0db8, 0, 0, 0, 0, 0, 0], 32),
        "an address for documentation",
    ),
    (
        Network::v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
        "an address for documentation",
    ),
];

const SIX_TO_FOUR: Network = Network::v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16);
const GLOBAL_V6: Network = Network::v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

/// Returns what kind of place an address is.
///
/// IPv6 forms that carry an IPv4 address inside (mapped, NAT64, 6to4) are refused altogether:
/// where they lead is somebody else's decision.
pub fn classify(address: IpAddr) -> AddressClass {
    match address {
        IpAddr::V4(address) => classify_v4(address),
        IpAddr::V6(address) => classify_v6(address),
    }
}

fn classify_v4(address: Ipv4Addr) -> AddressClass {
    let address = IpAddr::V4(address);
    if let Some((_, what)) = NEVER_V4
        .iter()
        .find(|(network, _)| network.contains(address))
    {
        return AddressClass::Never(what);
    }
    if PRIVATE_V4.iter().any(|network| network.contains(address)) {
        return AddressClass::Private;
    }
    AddressClass::Public
}

fn classify_v6(address: Ipv6Addr) -> AddressClass {
    let address = IpAddr::V6(address);
    if let Some((_, what)) = NEVER_V6
        .iter()
        .find(|(network, _)| network.contains(address))
    {
        return AddressClass::Never(what);
    }
    if PRIVATE_V6.iter().any(|network| network.contains(address)) {
        return AddressClass::Private;
    }
    if SIX_TO_FOUR.contains(address) {
        return AddressClass::Never("a 6to4 address");
    }
    if GLOBAL_V6.contains(address) {
        return AddressClass::Public;
    }
    AddressClass::Never("not a global address")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(address: &str) -> AddressClass {
        classify(address.parse().unwrap())
    }

    #[test]
    fn the_internet_is_public() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "52.216.8.1",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.1",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.0.3.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "203.0.112.255",
            "203.0.114.0",
            "223.255.255.255",
            "2000::1",
            "2001:200::1",
            "2606:4700::1111",
            "2a00:1450:4001::8a",
            "2001:db7:ffff::1",
            "2001:db9::",
            "2003::1",
            "3ffe::1",
        ] {
            assert_eq!(class(address), AddressClass::Public, "{address}");
        }
    }

    #[test]
    fn houses_are_private() {
        for address in [
            "10.0.0.0",
            "10.255.255.255",
            "172.16.0.0",
            "172.31.255.255",
            "192.168.0.1",
            "192.168.255.255",
            "100.64.0.0",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "::1",
            "fc00::",
            "fc00::1",
            "fd00::1",
            "fd12:3456:789a::1",
            "fdff:ffff::1",
        ] {
            assert_eq!(class(address), AddressClass::Private, "{address}");
        }
    }

    #[test]
    fn some_addresses_are_never_a_storage() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "100.100.100.200",
            "169.254.0.0",
            "169.254.169.254",
            "169.254.170.2",
            "169.254.255.255",
            "168.63.129.16",
            "192.0.0.1",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::2",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::ffff:169.254.169.254",
            "::ffff:0:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "64:ff9b::169.254.169.254",
            "64:ff9b:1::1",
            "100::1",
            "100:0:0:1::1",
            "2001::1",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::",
            "2002:808:808::1",
            "3fff::1",
            "3fff:fff::1",
            "4000::1",
            "5f00::1",
            "fd00:ec2::254",
            "fd00:ec2::23",
            "fd20:ce::254",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff00::1",
            "ff02::1",
            "ff0e::1",
        ] {
            assert!(
                matches!(class(address), AddressClass::Never(_)),
                "{address}: {:?}",
                class(address)
            );
        }
    }
}
