use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// Answers each look-up with the next of its answers, and the last one for ever after.
#[derive(Debug)]
struct Answers(Vec<Vec<&'static str>>, AtomicUsize);

#[async_trait]
impl Resolve for Answers {
    async fn lookup(&self, _host: &str) -> std::io::Result<Vec<IpAddr>> {
        let turn = self.1.fetch_add(1, Ordering::SeqCst).min(self.0.len() - 1);
        Ok(self.0[turn]
            .iter()
            .map(|address| address.parse().unwrap())
            .collect())
    }
}

fn egress(allow_private: bool, allow: &[&str], answers: &[&[&'static str]]) -> Egress {
    let config = EgressConfig {
        allow_private,
        allow: allow.iter().map(|&entry| entry.to_owned()).collect(),
    };
    let answers = answers.iter().map(|answer| answer.to_vec()).collect();
    Egress::with_resolver(&config, Arc::new(Answers(answers, AtomicUsize::new(0)))).unwrap()
}

#[tokio::test]
async fn the_policy_decides_by_address_list_and_transport() {
    use Transport::{Encrypted, Plain};
    let cases: &[(bool, &[&str], &str, Transport, bool)] = &[
        (false, &[], "52.216.8.1", Encrypted, true),
        (false, &[], "52.216.8.1", Plain, false),
        (true, &[], "52.216.8.1", Plain, false),
        (false, &["s3.example.org"], "52.216.8.1", Plain, true),
        (false, &[], "10.0.0.1", Encrypted, false),
        (true, &[], "10.0.0.1", Encrypted, true),
        (true, &[], "10.0.0.1", Plain, true),
        (false, &["s3.example.org"], "10.0.0.1", Plain, true),
        (false, &["10.0.0.0/24"], "10.0.0.1", Encrypted, true),
        (false, &["10.0.1.0/24"], "10.0.0.1", Encrypted, false),
        (
            true,
            &["s3.example.org", "169.254.0.0/16"],
            "169.254.169.254",
            Encrypted,
            false,
        ),
        (true, &["0.0.0.0/0"], "0.0.0.0", Plain, false),
        (true, &["::/0"], "::ffff:10.0.0.1", Plain, false),
    ];
    for &(allow_private, allow, address, transport, good) in cases {
        let egress = egress(allow_private, allow, &[&[address]]);
        let by_name = egress.resolve("S3.example.org.", transport).await;
        assert_eq!(
            by_name.is_ok(),
            good,
            "{address} {transport:?} {allow:?}: {by_name:?}"
        );
    }
}

#[tokio::test]
async fn one_refused_address_refuses_the_host() {
    let egress = egress(false, &[], &[&["52.216.8.1", "10.0.0.1"]]);
    let refused = egress.resolve("s3.example.org", Transport::Encrypted).await;
    assert!(
        matches!(refused, Err(EgressError::Private { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_name_that_moves_inside_after_the_first_look_is_refused() {
    let egress = egress(false, &[], &[&["52.216.8.1"], &["127.0.0.1"]]);
    egress
        .resolve("s3.example.org", Transport::Encrypted)
        .await
        .unwrap();
    let limit = Duration::from_secs(1);
    let refused = egress
        .connect("s3.example.org", 1, Transport::Encrypted, limit)
        .await;
    assert!(
        matches!(refused, Err(EgressError::Private { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn no_answer_is_a_failure() {
    let egress = egress(true, &[], &[&[]]);
    let refused = egress.resolve("s3.example.org", Transport::Encrypted).await;
    assert!(
        matches!(refused, Err(EgressError::Unresolved { .. })),
        "{refused:?}"
    );
    for host in ["", "a b", "user@host", "host:80", "a/b", "h\u{f6}st"] {
        let refused = egress.resolve(host, Transport::Encrypted).await;
        assert!(
            matches!(refused, Err(EgressError::InvalidHost(_))),
            "{host:?}: {refused:?}"
        );
    }
}

#[test]
fn addresses_in_a_url_are_checked_in_every_spelling() {
    let egress = egress(false, &[], &[&["52.216.8.1"]]);
    for (url, good) in [
        ("https://52.216.8.1/", true),
        ("https://s3.example.org/", true),
        ("https://[2606:4700::1111]/", true),
        ("https://127.0.0.1/", false),
        ("https://127.1/", false),
        ("https://2130706433/", false),
        ("https://0x7f000001/", false),
        ("https://0177.0.0.1/", false),
        ("https://10.0.0.1:9000/", false),
        ("https://169.254.169.254/latest", false),
        ("https://2852039166/", false),
        ("https://[::1]/", false),
        ("https://[::ffff:127.0.0.1]/", false),
        ("https://[fd00:ec2::254]/", false),
        ("https://0/", false),
        ("http://52.216.8.1/", false),
    ] {
        assert_eq!(
            egress.check_url(&Url::parse(url).unwrap()).is_ok(),
            good,
            "{url}"
        );
    }
}

#[tokio::test]
async fn connects_to_the_address_that_was_checked() {
    let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = server.local_addr().unwrap().port();
    let egress = egress(true, &[], &[&["127.0.0.1"]]);
    let limit = Duration::from_secs(5);
    let stream = egress
        .connect("nas.example.org", port, Transport::Plain, limit)
        .await
        .unwrap();
    assert_eq!(stream.peer_addr().unwrap(), server.local_addr().unwrap());
}
