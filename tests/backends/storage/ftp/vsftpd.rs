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

#[tokio::test]
async fn says_what_is_wrong_with_password_and_folder() {
    let name = "says_what_is_wrong_with_password_and_folder";
    let Some(place) = or_skip(place(FtpSecurity::Plain), name, ABSENT) else {
        return;
    };
    says_what_is_wrong(&place).await;
}

#[tokio::test]
async fn a_removed_folder_is_an_error_and_not_an_empty_one() {
    let name = "a_removed_folder_is_an_error_and_not_an_empty_one";
    let Some(place) = or_skip(place(FtpSecurity::Plain), name, ABSENT) else {
        return;
    };
    a_removed_folder_is_an_error(&place).await;
}

#[tokio::test]
async fn a_changed_file_is_not_deleted_on_condition() {
    let name = "a_changed_file_is_not_deleted_on_condition";
    let Some(place) = or_skip(place(FtpSecurity::Plain), name, ABSENT) else {
        return;
    };
    deletes_only_what_was_meant(&place).await;
}

#[tokio::test]
async fn a_folder_that_may_not_be_entered_is_unreadable_and_its_files_are_not_gone() {
    let name = "a_folder_that_may_not_be_entered_is_unreadable_and_its_files_are_not_gone";
    let Some(place) = or_skip(place(FtpSecurity::Plain), name, ABSENT) else {
        return;
    };
    a_closed_folder_is_unreadable(&place).await;
}

#[tokio::test]
async fn nothing_beside_the_folder_is_seen() {
    let name = "nothing_beside_the_folder_is_seen";
    let Some(place) = or_skip(place(FtpSecurity::Plain), name, ABSENT) else {
        return;
    };
    sees_nothing_beside_the_folder(&place).await;
}
