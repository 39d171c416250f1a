//! Ways to name what must not be reached.

use std::net::{IpAddr, Ipv4Addr};

use serde_json::{Value, json};
use stowage_tests::house::Record;

/// The one private host that the operator of these tests allows.
pub(super) const ALLOWED_NAME: &str = "nas.example";
pub(super) const ALLOWED: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 99, 0, 1));

const PUBLIC_NAME: &str = "public.example";
const PUBLIC: IpAddr = IpAddr::V4(Ipv4Addr::new(52, 216, 8, 1));

/// Ranges that are private, and addresses where no storage ever is: the ends and the well-known.
const FORBIDDEN: [&str; 54] = [
    // This machine, the house, the provider's network.
    "127.0.0.1",
    "127.0.0.2",
    "127.255.255.254",
    "10.0.0.1",
    "10.255.255.254",
    "172.16.0.1",
    "172.31.255.254",
    "192.168.0.1",
    "192.168.255.254",
    "100.64.0.1",
    "100.127.255.254",
    // Metadata services, link-local addresses.
    "169.254.169.254",
    "169.254.170.2",
    "169.254.0.1",
    "169.254.255.254",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    // Nobody's.
    "0.0.0.0",
    "0.0.0.1",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::2",
    "fc00::1",
    "fd00::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "100::1",
    "2001:db8::1",
    "3fff::1",
    // An IPv4 address inside an IPv6 one.
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:10.0.0.1",
    "::ffff:0:127.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2001:0:4136:e378:8000:63bf:5601:5601",
];

/// Other spellings of loopback and of a metadata service, and URLs that read differently.
const SPELLINGS: [&str; 52] = [
    "https://127.1",
    "https://127.0.1",
    "https://0",
    "https://2130706433",
    "https://017700000001",
    "https://0x7f000001",
    "https://0x7f.0x0.0x0.0x1",
    "https://0177.0.0.1",
    "https://0177.0.0.01",
    "https://127.0.0.1.",
    "https://0x7f.1",
    "https://00000177.0.0.1",
    "https://2852039166",
    "https://0xa9fea9fe",
    "https://0xa9.0xfe.0xa9.0xfe",
    "https://0251.0376.0251.0376",
    "https://169.254.43518",
    "https://169.16689662",
    "https://425.510.425.510",
    "https://\u{ff11}\u{ff12}\u{ff17}.0.0.1",
    "https://127\u{3002}0\u{3002}0\u{3002}1",
    "https://\u{2460}\u{2461}\u{2466}.0.0.1",
    "https://%31%32%37.0.0.1",
    "https://127.0.0.1%00.public.example",
    "https://127.0.0.1:443",
    "https://127.0.0.1:0443",
    "https://[::ffff:7f00:1]",
    "https://[0:0:0:0:0:ffff:127.0.0.1]",
    "https://[0000:0000:0000:0000:0000:0000:0000:0001]",
    "https://[::1%25lo]",
    "https://[fe80::1%25eth0]",
    "https://[::ffff:a9fe:a9fe]:80",
    "https://public.example@127.0.0.1",
    "https://public.example:pass@127.0.0.1",
    "https://127.0.0.1#@public.example",
    "https://127.0.0.1?@public.example",
    "https://public.example\\@127.0.0.1",
    "https://127.0.0.1\\@public.example",
    "https://public.example/../@127.0.0.1",
    "https:127.0.0.1",
    "https:/127.0.0.1",
    "https:////127.0.0.1",
    "HTTPS://LOCALHOST",
    "https://127.0.0.1/\r\nHost: public.example",
    "https://12\t7.0.0.1",
    "https://127.0.0.1\n",
    "http://127.0.0.1",
    "http://169.254.169.254",
    "http://10.0.0.1:6379",
    "127.0.0.1",
    "localhost:9000",
    "//127.0.0.1",
];

/// Schemes that are nobody's business here.
const SCHEMES: [&str; 12] = [
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "ftp://127.0.0.1",
    "dict://127.0.0.1:6379/info",
    "ldap://127.0.0.1",
    "ws://127.0.0.1",
    "unix:///var/run/docker.sock",
    "jar:http://127.0.0.1!/",
    "data:text/plain,x",
    "javascript:0",
    "h2c://127.0.0.1:9000",
    "ssh://127.0.0.1:22",
];

/// What is given as the region, where a provider makes an address of it.
const REGIONS: [&str; 8] = [
    "x@127.0.0.1:443/#",
    "127.0.0.1/",
    "127.0.0.1#",
    "127.0.0.1?",
    "a.b@169.254.169.254:80\\",
    "..",
    "us-east-1.amazonaws.com@10.0.0.1/",
    "[::1]",
];

/// Names in files and rules of the system, which need no name server.
const LOCAL_NAMES: [&str; 8] = [
    "localhost",
    "localhost.",
    "LocalHost",
    "sub.localhost",
    "localhost.localdomain",
    "ip6-localhost",
    "ip6-loopback",
    "broadcasthost",
];

/// One way to connect something.
#[derive(Debug, Clone)]
pub(super) struct Place {
    kind: &'static str,
    settings: Value,
    credentials: Option<Value>,
}

impl Place {
    /// A bucket at an address.
    pub(super) fn at(endpoint: &str) -> Self {
        Self::bucket(json!({ "provider": "custom", "endpoint": endpoint }))
    }

    fn bucket(mut settings: Value) -> Self {
        if settings.get("bucket").is_none() {
            settings["bucket"] = "photos".into();
        }
        Self {
            kind: "s3",
            settings,
            credentials: Some(json!({ "access_key": "key", "secret_key": "secret" })),
        }
    }

    /// An FTP server; without encryption, which somebody has acknowledged, or with it.
    fn ftp(host: &str, security: &str) -> Self {
        let settings = json!({
            "host": host,
            "security": security,
            "acknowledge_insecure": security == "plain",
        });
        Self {
            kind: "ftp",
            settings,
            credentials: Some(json!({ "user": "somebody", "password": "secret" })),
        }
    }

    /// A folder of the server.
    pub(super) fn folder(path: &str) -> Self {
        Self {
            kind: "fs",
            settings: json!({ "folder": path }),
            credentials: None,
        }
    }

    pub(super) fn new_storage(&self) -> Value {
        let mut new = json!({
            "name": "Elsewhere",
            "kind": self.kind,
            "access": "read_write",
            "settings": self.settings,
        });
        if let Some(credentials) = &self.credentials {
            new["credentials"] = credentials.clone();
        }
        new
    }
}

/// Everything that must come to nothing.
pub(super) fn all() -> Vec<Place> {
    let encrypted = FORBIDDEN.iter().map(|address| url("https", address));
    let plain = FORBIDDEN
        .iter()
        .map(|address| format!("{}:9000", url("http", address)));
    let spelled = SPELLINGS.iter().chain(&SCHEMES).map(|&url| url.to_owned());
    let endpoints = encrypted
        .chain(plain)
        .chain(forbidden_names().map(|name| format!("https://{name}")))
        .chain(spelled);
    let mut places: Vec<Place> = endpoints.map(|endpoint| Place::at(&endpoint)).collect();

    // Without encryption the internet is out of bounds as well.
    places.push(Place::at(&format!("http://{PUBLIC_NAME}")));
    for region in REGIONS {
        for provider in ["aws", "digitalocean", "backblaze", "ovh"] {
            places.push(Place::bucket(
                json!({ "provider": provider, "region": region }),
            ));
        }
    }
    // A bucket becomes a part of the host's name, and browsers have an address of their own.
    let hosts = [
        json!({ "bucket": "inside", "endpoint": "https://trick.example", "path_style": false }),
        json!({ "bucket": "10.0.0.1", "endpoint": "https://trick.example", "path_style": false }),
        json!({ "bucket": "a@127.0.0.1/", "endpoint": "https://trick.example" }),
        json!({ "endpoint": "https://10.0.0.1", "public_endpoint": "https://127.0.0.1" }),
        json!({ "endpoint": format!("https://{PUBLIC_NAME}"), "public_endpoint": "https://127.0.0.1" }),
        json!({ "endpoint": format!("https://{PUBLIC_NAME}"), "public_endpoint": "http://169.254.169.254" }),
        json!({ "endpoint": format!("https://{PUBLIC_NAME}"), "public_endpoint": "https://moves.example" }),
    ];
    for mut settings in hosts {
        settings["provider"] = "custom".into();
        places.push(Place::bucket(settings));
    }
    let addresses = FORBIDDEN.iter().map(|&address| address.to_owned());
    for host in addresses.chain(forbidden_names()) {
        for security in ["plain", "ftps", "ftps_implicit"] {
            places.push(Place::ftp(&host, security));
        }
    }
    for folder in [
        "/etc",
        "/",
        "/proc/self/root",
        "/root/../etc",
        "//etc",
        "/\0",
    ] {
        places.push(Place::folder(folder));
    }
    places
}

/// Names that lead to what must not be reached.
fn forbidden_names() -> impl Iterator<Item = String> {
    let named = names().into_iter().map(|(name, _)| name);
    named
        .filter(|name| name != PUBLIC_NAME && name != ALLOWED_NAME)
        .chain(LOCAL_NAMES.map(str::to_owned))
}

/// What is saved as a storage and scanned: one of each sort.
pub(super) fn for_storages() -> Vec<Place> {
    [
        "https://127.0.0.1",
        "https://169.254.169.254",
        "https://[::ffff:10.0.0.1]",
        "https://2852039166",
        "https://localhost",
        "https://name-of-10-0-0-1.example",
        "https://moves.example",
        "https://both.example",
        "https://alias.example",
        "http://nas.example:9000",
    ]
    .iter()
    .map(|endpoint| Place::at(endpoint))
    .collect()
}

/// What may be reached, and where it is. The first answers with a redirect to a metadata service.
pub(super) fn reachable() -> Vec<(Place, IpAddr)> {
    vec![
        (Place::at(&format!("http://{ALLOWED_NAME}:9000")), ALLOWED),
        (Place::at(&format!("https://{ALLOWED_NAME}")), ALLOWED),
        (Place::at(&format!("https://{PUBLIC_NAME}")), PUBLIC),
        (Place::ftp(ALLOWED_NAME, "plain"), ALLOWED),
    ]
}

/// The names that the name server of these tests knows.
pub(super) fn names() -> Vec<(String, Record)> {
    let address = |text: &str| -> IpAddr { text.parse().expect("an address") };
    let mut names: Vec<(String, Record)> = FORBIDDEN
        .iter()
        .map(|forbidden| {
            let name = forbidden.replace(['.', ':'], "-");
            let record = Record::Addresses(vec![address(forbidden)]);
            (format!("name-of-{name}.example"), record)
        })
        .collect();
    let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let metadata = address("169.254.169.254");
    let others = [
        (PUBLIC_NAME, Record::Addresses(vec![PUBLIC])),
        (ALLOWED_NAME, Record::Addresses(vec![ALLOWED])),
        ("moves.example", Record::Moves(PUBLIC, loopback)),
        ("moves-far.example", Record::Moves(PUBLIC, metadata)),
        ("photos.moves.example", Record::Moves(PUBLIC, loopback)),
        ("both.example", Record::Addresses(vec![PUBLIC, loopback])),
        (
            "mixed.example",
            Record::Addresses(vec![PUBLIC, address("::1")]),
        ),
        (
            "alias.example",
            Record::Alias("inside.example".into(), loopback),
        ),
        (
            "far-alias.example",
            Record::Alias("metadata.google.internal".into(), metadata),
        ),
        ("inside.trick.example", Record::Addresses(vec![loopback])),
        ("photos.both.example", Record::Addresses(vec![loopback])),
        ("127.0.0.1.nip.example", Record::Addresses(vec![loopback])),
        ("xn--80ak6aa92e.example", Record::Addresses(vec![loopback])),
    ];
    names.extend(others.map(|(name, record)| (name.to_owned(), record)));
    names
}

fn url(scheme: &str, address: &str) -> String {
    if address.contains(':') {
        format!("{scheme}://[{address}]")
    } else {
        format!("{scheme}://{address}")
    }
}
