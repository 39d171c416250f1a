//! vsftpd: knows no MLSD, and insists that data connections resume the TLS of their control
//! connection.

use super::*;

const PREFIX: &str = "STOWAGE_TEST_VSFTPD";
const URL: &str = "STOWAGE_TEST_VSFTPD_URL";
const ABSENT: &str = "STOWAGE_TEST_VSFTPD_URL and its companions are not set";

fn place(security: FtpSecurity) -> Option<Place> {
    Place::find(PREFIX, URL, security)
}

async fn setup_of(place: Option<Place>) -> Setup {
    let Some(place) = place else {
        return Setup::Absent(ABSENT.into());
    };
    Setup::Ready(place.subject().await)
}

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
async fn the_probe_finds_that_listings_are_vague() {
    let name = "the_probe_finds_that_listings_are_vague";
    let Some(place) = or_skip(place(FtpSecurity::Ftps), name, ABSENT) else {
        return;
    };
    let (steps, finding) = place.probe(false).await;
    assert_eq!(failure(&steps), None);
    assert_eq!(status(&steps, Step::Encryption), ProbeStatus::Ok);
    assert!(!finding.capability.exact_listing && finding.capability.delete_if_unchanged);
    let left = std::fs::read_dir(&place.files)
        .expect("it is there")
        .count();
    assert_eq!(left, 0, "{steps:#?}");
}

server_cases!();
