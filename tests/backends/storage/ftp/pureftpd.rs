//! Pure-FTPd: knows MLSD, and has ways of its own with names that begin with a dot.

use super::*;

const PREFIX: &str = "STOWAGE_TEST_PUREFTPD";
const URL: &str = "STOWAGE_TEST_PUREFTPD_URL";
const ABSENT: &str = "STOWAGE_TEST_PUREFTPD_URL and its companions are not set";

fn place(security: FtpSecurity) -> Option<Place> {
    Place::find(PREFIX, URL, security)
}

async fn setup_of(place: Option<Place>) -> Setup {
    let Some(place) = place else {
        return Setup::Absent(ABSENT.into());
    };
    // It takes a backslash for a slash, and lists control characters as underscores.
    let mut subject = place.subject().await.refuses_name("back\\slash.jpg");
    for name in CHANGED {
        subject = subject.mangles_name(name);
    }
    Setup::Ready(subject)
}

const CHANGED: [&str; 5] = [
    "tab\there",
    "bell\u{7}",
    "escape\u{1b}[31m",
    "\u{1}first control",
    "delete\u{7f}",
];

mod plainly {
    use super::*;

    async fn setup() -> Setup {
        setup_of(place(FtpSecurity::Plain)).await
    }

    stowage_storage::conformance_tests!(setup, must_run);
}

mod with_tls {
    use super::*;

    async fn setup() -> Setup {
        setup_of(place(FtpSecurity::Ftps)).await
    }

    stowage_storage::conformance_tests!(setup, must_run);
}

#[tokio::test]
async fn the_probe_finds_the_server_good_and_leaves_it_empty() {
    let name = "the_probe_finds_the_server_good_and_leaves_it_empty";
    let Some(place) = or_skip(place(FtpSecurity::Ftps), name, ABSENT) else {
        return;
    };
    let (steps, finding) = place.probe(false).await;
    assert_eq!(failure(&steps), None);
    assert_eq!(status(&steps, Step::Encryption), ProbeStatus::Ok);
    assert!(finding.capability.exact_listing && finding.capability.delete_if_unchanged);
    let left = std::fs::read_dir(&place.files)
        .expect("it is there")
        .count();
    assert_eq!(left, 0, "{steps:#?}");
}

server_cases!();
