//! pyftpdlib: knows MLSD, and TLS in both ways.

use super::*;

const PREFIX: &str = "STOWAGE_TEST_PYFTPD";
const ABSENT: &str = "STOWAGE_TEST_PYFTPD_URL and its companions are not set";

fn plain() -> Option<Place> {
    Place::find(PREFIX, "STOWAGE_TEST_PYFTPD_URL", FtpSecurity::Plain)
}

fn encrypted() -> Option<Place> {
    Place::find(PREFIX, "STOWAGE_TEST_PYFTPD_TLS_URL", FtpSecurity::Ftps)
}

fn implicit() -> Option<Place> {
    let url = "STOWAGE_TEST_PYFTPD_IMPLICIT_URL";
    Place::find(PREFIX, url, FtpSecurity::FtpsImplicit)
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
        setup_of(plain()).await
    }

    stowage_storage::conformance_tests!(setup, must_run);
}

mod with_tls {
    use super::*;

    async fn setup() -> Setup {
        setup_of(encrypted()).await
    }

    stowage_storage::conformance_tests!(setup, must_run);
}

#[tokio::test]
async fn the_probe_finds_the_server_good_and_leaves_it_empty() {
    for place in [plain(), encrypted(), implicit()] {
        let name = "the_probe_finds_the_server_good_and_leaves_it_empty";
        let Some(place) = or_skip(place, name, ABSENT) else {
            return;
        };
        let (steps, finding) = place.probe(false).await;
        assert_eq!(failure(&steps), None);
        let is_encrypted = place.settings.security != FtpSecurity::Plain;
        let expected = if is_encrypted {
            ProbeStatus::Ok
        } else {
            ProbeStatus::Skipped
        };
        assert_eq!(status(&steps, Step::Encryption), expected);
        assert!(!finding.capability.write_create_only);
        assert!(finding.capability.delete_if_unchanged && finding.capability.exact_listing);
        let left = std::fs::read_dir(&place.files)
            .expect("it is there")
            .count();
        assert_eq!(left, 0, "{steps:#?}");
    }
}

#[tokio::test]
async fn a_read_only_probe_writes_nothing() {
    let Some(place) = or_skip(plain(), "a_read_only_probe_writes_nothing", ABSENT) else {
        return;
    };
    let before = std::fs::metadata(&place.files)
        .expect("it is there")
        .modified();
    let (steps, finding) = place.probe(true).await;
    assert_eq!(failure(&steps), None);
    assert!(!finding.capability.write);
    assert_eq!(status(&steps, Step::Write), ProbeStatus::Skipped);
    let after = std::fs::metadata(&place.files)
        .expect("it is there")
        .modified();
    assert_eq!(before.ok(), after.ok());
}

#[tokio::test]
async fn says_what_is_wrong_with_password_and_folder() {
    for place in [plain(), encrypted()] {
        let name = "says_what_is_wrong_with_password_and_folder";
        let Some(place) = or_skip(place, name, ABSENT) else {
            return;
        };
        says_what_is_wrong(&place).await;
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_trusts_is_refused_and_one_that_is_pinned_is_not() {
    let name = "a_certificate_that_nobody_trusts_is_refused_and_one_that_is_pinned_is_not";
    let Some(place) = or_skip(encrypted(), name, ABSENT) else {
        return;
    };
    identify(&place).await.expect("its certificate is pinned");
    let mut unknown = place.clone();
    unknown.settings.certificate = None;
    let error = identify(&unknown).await.expect_err("nobody vouches for it");
    assert_eq!(error.kind(), ErrorKind::InvalidSettings, "{error}");
    let (steps, _) = unknown.probe(false).await;
    let (step, reason) = failure(&steps).expect("a step fails");
    assert_eq!(step, Step::Encryption);
    assert!(reason.contains("trusted certificate"), "{reason}");
}

#[tokio::test]
async fn a_server_without_tls_is_not_spoken_to_in_the_clear() {
    let name = "a_server_without_tls_is_not_spoken_to_in_the_clear";
    let Some(mut place) = or_skip(plain(), name, ABSENT) else {
        return;
    };
    place.settings.security = FtpSecurity::Ftps;
    let error = identify(&place).await.expect_err("it has no TLS");
    assert_eq!(error.kind(), ErrorKind::InvalidSettings, "{error}");
    assert!(error.to_string().contains("does not offer TLS"), "{error}");
}

#[tokio::test]
async fn a_removed_folder_is_an_error_and_not_an_empty_one() {
    let name = "a_removed_folder_is_an_error_and_not_an_empty_one";
    let Some(place) = or_skip(plain(), name, ABSENT) else {
        return;
    };
    a_removed_folder_is_an_error(&place).await;
}

#[tokio::test]
async fn a_changed_file_is_not_deleted_on_condition() {
    let name = "a_changed_file_is_not_deleted_on_condition";
    let Some(place) = or_skip(plain(), name, ABSENT) else {
        return;
    };
    deletes_only_what_was_meant(&place).await;
}

#[tokio::test]
async fn d22_a_broken_delete_hides_nobodys_new_file() {
    let name = "d22_a_broken_delete_hides_nobodys_new_file";
    let Some(place) = or_skip(plain(), name, ABSENT) else {
        return;
    };
    ends_what_a_broken_delete_began(&place).await;
}

#[tokio::test]
async fn nothing_beside_the_folder_is_seen() {
    let name = "nothing_beside_the_folder_is_seen";
    let Some(place) = or_skip(plain(), name, ABSENT) else {
        return;
    };
    sees_nothing_beside_the_folder(&place).await;
}
