//! FTP, on three servers that have little in common.

use std::{path::PathBuf, sync::Arc};

use stowage_connector_ftp::{
    FtpCredentials, FtpGround, FtpNet, FtpOptions, FtpSecurity, FtpSettings, FtpStorage,
    FtpTimeouts,
};
use stowage_egress::{Egress, EgressConfig};
use stowage_storage::{
    Capability, ErrorKind, Storage, StorageError,
    conformance::{Setup, Subject},
    decorate::{Decoration, decorate},
    probe::{self, Finding, Probe, ProbeStatus, ProbeStep, Step},
};
use url::Url;

use super::{all_backends_are_required as must_run, failure, status, unique, variable};

/// Makes the tests of what every server has to answer, in a module with `place` and `ABSENT`.
macro_rules! server_cases {
    () => {
        server_cases! {
            says_what_is_wrong_with_password_and_folder: says_what_is_wrong,
            a_removed_folder_is_an_error_and_not_an_empty_one: a_removed_folder_is_an_error,
            a_changed_file_is_not_deleted_on_condition: deletes_only_what_was_meant,
            a_folder_that_may_not_be_entered_is_unreadable_and_its_files_are_not_gone:
                a_closed_folder_is_unreadable,
            nothing_beside_the_folder_is_seen: sees_nothing_beside_the_folder,
        }
    };
    ($($name:ident: $case:ident,)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                let place = place(FtpSecurity::Plain);
                if let Some(place) = or_skip(place, stringify!($name), ABSENT) {
                    $case(&place).await;
                }
            }
        )*
    };
}

mod passive;
mod pureftpd;
mod pyftpd;
mod vsftpd;

/// A folder on a server, for one test.
#[derive(Clone)]
struct Place {
    settings: FtpSettings,
    credentials: FtpCredentials,
    /// Where the server keeps the files of the folder.
    files: PathBuf,
}

impl Place {
    /// Finds a server by its variables, and makes a folder on it.
    fn find(prefix: &str, url: &str, security: FtpSecurity) -> Option<Self> {
        let url: Url = variable(url)?.parse().expect("the variable holds a URL");
        let files = PathBuf::from(variable(&format!("{prefix}_FOLDER"))?);
        let certificate = variable(&format!("{prefix}_CERTIFICATE"))?;
        let folder = unique("ftp");
        let files = files.join(&folder);
        std::fs::create_dir(&files).expect("a folder can be made");
        open_to_all(&files);
        let is_plain = security == FtpSecurity::Plain;
        let pem = std::fs::read_to_string(certificate).expect("the certificate can be read");
        Some(Self {
            settings: FtpSettings {
                host: url.host_str().unwrap_or_default().to_owned(),
                port: url.port(),
                security,
                acknowledge_insecure: is_plain,
                folder: Some(folder),
                certificate: (!is_plain).then_some(pem),
            },
            credentials: FtpCredentials {
                user: url.username().to_owned(),
                password: url.password().unwrap_or_default().to_owned(),
            },
            files,
        })
    }

    fn connect(&self, read_only: bool, capability: Capability) -> Arc<dyn Storage> {
        let options = FtpOptions {
            read_only,
            capability,
        };
        let storage = FtpStorage::connect(&self.settings, &self.credentials, &net(), options);
        Arc::new(storage.expect("the settings are good ones"))
    }

    /// Tests the connection as the connector service does.
    async fn probe(&self, read_only: bool) -> (Vec<ProbeStep>, Finding) {
        let storage = self.connect(read_only, Capability::untested());
        let ground = FtpGround::new(&self.settings, &self.credentials, &net());
        let ground = Arc::new(ground.expect("the settings are good ones"));
        probe::to_end(Probe::new(storage, ground).run()).await
    }

    /// Connects with what the server was found to honour.
    async fn connect_as_probed(&self) -> Arc<dyn Storage> {
        let (steps, finding) = self.probe(false).await;
        assert!(finding.is_connected, "{steps:#?}");
        decorate(
            self.connect(false, finding.capability),
            Decoration::new("ftp", "test"),
        )
    }

    async fn subject(&self) -> Subject {
        let mut subject = Subject::new(self.connect_as_probed().await, "case")
            .cannot(
                "a_changed_object_has_another_revision",
                "FTP tells times to the second, and this case changes an object within one",
            )
            .cannot(
                "a_changed_object_is_not_deleted_on_condition",
                "FTP tells times to the second, and this case changes an object within one",
            )
            .keeping(Remains(self.files.clone()));
        for name in REFUSED {
            subject = subject.refuses_name(name);
        }
        subject.refuses_name("x".repeat(256))
    }
}

/// Line breaks would be commands, FTP has no empty folder names, and servers cut blanks at the end
/// of a command off.
const REFUSED: [&str; 6] = [
    "a//b",
    "line\nbreak",
    "return\rhere",
    "trailing blank ",
    "folder /trailing blank in a folder",
    " /blank folder",
];

/// Removes the files of a test.
struct Remains(PathBuf);

impl Drop for Remains {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The servers' users are not the tests'.
fn open_to_all(folder: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    let all = std::fs::Permissions::from_mode(0o777);
    std::fs::set_permissions(folder, all).expect("the folder is ours");
}

fn net() -> FtpNet {
    let config = EgressConfig {
        allow_private: true,
        allow: Vec::new(),
    };
    let egress = Egress::new(&config).expect("the policy is a good one");
    FtpNet::new(egress, FtpTimeouts::default())
}

async fn identify(place: &Place) -> Result<(), StorageError> {
    let storage = place.connect(false, Capability::default());
    storage.identify().await.map(drop)
}

/// Says that a test is skipped, or fails where every server has to be there.
fn or_skip(place: Option<Place>, test: &str, absent: &str) -> Option<Place> {
    if place.is_none() {
        assert!(!must_run(), "{test} cannot run: {absent}");
        println!("skipped {test}: {absent}");
    }
    place
}

/// What every server has to answer, whatever it calls it.
async fn says_what_is_wrong(place: &Place) {
    let mut wrong = place.clone();
    wrong.credentials.password = "wrong".into();
    let error = identify(&wrong).await.expect_err("the password is wrong");
    assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{error}");
    let (steps, _) = wrong.probe(false).await;
    let (step, reason) = failure(&steps).expect("a step fails");
    assert_eq!(step, Step::Credentials, "{reason}");
    assert!(reason.starts_with("Access Denied: "), "{reason}");

    let mut missing = place.clone();
    missing.settings.folder = Some(unique("missing"));
    let error = identify(&missing).await.expect_err("there is no folder");
    assert_eq!(error.kind(), ErrorKind::RootNotFound, "{error}");
    let (steps, _) = missing.probe(false).await;
    let (step, reason) = failure(&steps).expect("a step fails");
    assert_eq!(step, Step::RootFound, "{reason}");
    assert!(reason.starts_with("Folder Not Found: "), "{reason}");
    assert!(
        !place
            .files
            .with_file_name(missing.settings.folder.unwrap_or_default())
            .exists(),
        "a missing folder was made"
    );
}

/// A folder that goes away must never look like one that is empty, nor its files like deleted.
async fn a_removed_folder_is_an_error(place: &Place) {
    use futures::TryStreamExt;
    use stowage_storage::{DeleteCondition, ObjectPath};
    let storage = place.connect(false, Capability::default());
    storage.identify().await.expect("it is there at first");
    std::fs::remove_dir_all(&place.files).expect("it can be removed");
    let path = ObjectPath::new("photo.jpg").expect("a good path");
    let listed: Result<Vec<_>, _> = storage.list(None).try_collect().await;
    let kinds = [
        storage.identify().await.map(drop),
        listed.map(drop),
        storage.stat(&path).await.map(drop),
        storage.read(&path, None).await.map(drop),
        storage.delete(&path, DeleteCondition::OwnKey).await,
    ]
    .map(|answer| answer.expect_err("there is no folder").kind());
    assert_eq!(kinds, [ErrorKind::RootNotFound; 5]);
}

/// The server's user is not root, so a folder can be closed to it.
async fn a_closed_folder_is_unreadable(place: &Place) {
    use futures::TryStreamExt;
    use std::os::unix::fs::PermissionsExt;
    use stowage_storage::ObjectPath;
    for folder in ["open", "closed"] {
        let folder = place.files.join(folder);
        std::fs::create_dir(&folder).expect("a folder can be made");
        open_to_all(&folder);
        std::fs::write(folder.join("photo.jpg"), "x").expect("a file can be written");
    }
    std::os::unix::fs::symlink("/etc", place.files.join("link")).expect("a link can be made");
    let nobody = std::fs::Permissions::from_mode(0o700);
    std::fs::set_permissions(place.files.join("closed"), nobody).expect("the folder is ours");
    let storage = place.connect(true, Capability::default());
    let pages: Vec<_> = storage
        .list(None)
        .try_collect()
        .await
        .expect("it is listed");
    let objects: Vec<_> = pages.iter().flat_map(|page| &page.objects).collect();
    assert_eq!(objects.len(), 1, "{pages:#?}");
    assert_eq!(objects[0].path, "open/photo.jpg");
    let unreadable: Vec<_> = pages.iter().flat_map(|page| &page.unreadable).collect();
    assert_eq!(unreadable.len(), 1, "{pages:#?}");
    assert_eq!(unreadable[0].path, "closed");
    let skipped: Vec<_> = pages.iter().flat_map(|page| &page.skipped).collect();
    assert_eq!(skipped.len(), 1, "{pages:#?}");
    assert_eq!(skipped[0].path, "link");
    let hidden = ObjectPath::new("closed/photo.jpg").expect("a good path");
    let error = storage.stat(&hidden).await.expect_err("it may not be seen");
    assert_eq!(error.kind(), ErrorKind::Denied, "{error}");
    let gone = ObjectPath::new("open/other.jpg").expect("a good path");
    let error = storage.stat(&gone).await.expect_err("it is not there");
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
}

/// `photos` has nothing of `photos2` beside it, nor of what lies above.
async fn sees_nothing_beside_the_folder(place: &Place) {
    use futures::TryStreamExt;
    let name = place.settings.folder.clone().unwrap_or_default();
    let beside = place.files.with_file_name(format!("{name}2"));
    std::fs::create_dir(&beside).expect("a folder can be made");
    open_to_all(&beside);
    let _remains = Remains(beside.clone());
    for folder in [&beside, &place.files] {
        std::fs::write(folder.join("photo.jpg"), "x").expect("a file can be written");
    }
    let storage = place.connect(true, Capability::default());
    let pages: Vec<_> = storage
        .list(None)
        .try_collect()
        .await
        .expect("it is listed");
    let objects: Vec<_> = pages.iter().flat_map(|page| &page.objects).collect();
    assert_eq!(objects.len(), 1, "{pages:#?}");
    assert_eq!(objects[0].path, "photo.jpg");
}

/// A file that was exchanged for one of another size stays, and so does one that cannot be looked
/// at. What was taken aside is back under its name.
async fn deletes_only_what_was_meant(place: &Place) {
    use stowage_storage::{DeleteCondition, ObjectPath, WriteMode, bytes_of};
    let capability = Capability {
        delete_if_unchanged: true,
        ..Capability::default()
    };
    let storage = place.connect(false, capability);
    let path = ObjectPath::new("folder/photo.jpg").expect("a good path");
    let old = storage
        .write(&path, 3, bytes_of("old"), WriteMode::Replace)
        .await
        .expect("it can be written");
    let new = storage
        .write(&path, 5, bytes_of("newer"), WriteMode::Replace)
        .await
        .expect("it can be replaced");
    let refused = storage
        .delete(&path, DeleteCondition::Unchanged(old.revision))
        .await
        .expect_err("it has changed");
    assert_eq!(refused.kind(), ErrorKind::Conflict, "{refused}");
    let left = std::fs::read(place.files.join("folder/photo.jpg")).expect("it is there");
    assert_eq!(left, b"newer");
    let condition = DeleteCondition::Unchanged(new.revision);
    storage
        .delete(&path, condition.clone())
        .await
        .expect("it has not changed");
    assert!(!place.files.join("folder/photo.jpg").exists());
    storage
        .delete(&path, condition)
        .await
        .expect("what is gone is deleted");
    let quarantine = place.files.join(".stowage-quarantine");
    assert!(!quarantine.exists(), "something was left in quarantine");
}

/// A delete that ends half-way leaves a file in quarantine: the next attempt puts it back where it
/// is another than was meant, and deletes it where it is the one. Nobody's new file is hidden.
async fn ends_what_a_broken_delete_began(place: &Place) {
    use stowage_storage::{DeleteCondition, ObjectPath, WriteMode, bytes_of};
    let plan = "quarantine.taken=fail@1,quarantine.looked=fail@1";
    stowage_failpoints::install(plan.parse().expect("a plan")).expect("no other is set");
    let capability = Capability {
        delete_if_unchanged: true,
        ..Capability::default()
    };
    let storage = place.connect(false, capability);
    let path = ObjectPath::new("folder/photo.jpg").expect("a good path");
    let file = place.files.join("folder/photo.jpg");
    let quarantine = place.files.join(".stowage-quarantine");
    let old = storage
        .write(&path, 3, bytes_of("old"), WriteMode::Replace)
        .await
        .expect("it can be written");
    let unchanged = DeleteCondition::Unchanged(old.revision);
    let broken = storage.delete(&path, unchanged.clone()).await;
    broken.expect_err("it breaks behind the rename");
    assert!(!file.exists(), "it is in quarantine");
    // What was taken was somebody's new file.
    let taken = std::fs::read_dir(&quarantine)
        .expect("the quarantine is there")
        .next()
        .expect("a file is in it")
        .expect("it can be listed");
    std::fs::write(taken.path(), "newer").expect("it can be written");
    let refused = storage.delete(&path, unchanged).await;
    let refused = refused.expect_err("it is not the one that was meant");
    assert_eq!(refused.kind(), ErrorKind::Conflict, "{refused}");
    assert_eq!(std::fs::read(&file).expect("it is back"), b"newer");
    assert!(!quarantine.exists(), "something was left in quarantine");

    let now = storage.stat(&path).await.expect("it is there");
    let unchanged = DeleteCondition::Unchanged(now.revision);
    // Put back at once where the connection still answers, or left there: gone in the end.
    let broken = storage.delete(&path, unchanged.clone()).await;
    broken.expect_err("it breaks before the delete");
    let done = storage.delete(&path, unchanged).await;
    done.expect("what was meant is deleted");
    assert!(!file.exists() && !quarantine.exists(), "something was left");
}

#[tokio::test]
async fn an_address_where_nothing_answers_is_unreachable() {
    // Port 9 of this machine: discard, which nobody runs.
    let place = Place {
        settings: FtpSettings {
            host: "127.0.0.1".into(),
            port: Some(9),
            security: FtpSecurity::Ftps,
            acknowledge_insecure: false,
            folder: None,
            certificate: None,
        },
        credentials: FtpCredentials {
            user: "a".into(),
            password: "b".into(),
        },
        files: PathBuf::new(),
    };
    let error = identify(&place).await.expect_err("nothing is there");
    assert_eq!(error.kind(), ErrorKind::Unreachable, "{error}");
    let (steps, _) = place.probe(false).await;
    let (step, reason) = failure(&steps).expect("a step fails");
    assert_eq!(step, Step::Encryption);
    assert!(reason.starts_with("Not Reachable: "), "{reason}");
}
