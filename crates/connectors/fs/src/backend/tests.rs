use std::{
    ffi::OsStr,
    fs,
    os::unix::{ffi::OsStrExt, fs::PermissionsExt, net::UnixListener},
};

use futures::TryStreamExt;
use stowage_storage::{ListPage, Skipped, bytes_of};
use tempfile::TempDir;

use super::*;

fn storage() -> (TempDir, FsStorage) {
    storage_with(FsOptions::default())
}

fn storage_with(options: FsOptions) -> (TempDir, FsStorage) {
    let root = tempfile::tempdir().unwrap();
    let storage = FsStorage::open(
        root.path(),
        FsOptions {
            fsync: false,
            ..options
        },
    )
    .unwrap();
    (root, storage)
}

fn path(path: &str) -> ObjectPath {
    ObjectPath::new(path).unwrap()
}

async fn list(storage: &FsStorage) -> ListPage {
    let mut whole = ListPage::default();
    let pages: Vec<ListPage> = storage.list(None).try_collect().await.unwrap();
    for page in pages {
        whole.objects.extend(page.objects);
        whole.skipped.extend(page.skipped);
        whole.unreadable.extend(page.unreadable);
    }
    whole
}

fn names(objects: &[Object]) -> Vec<&str> {
    objects.iter().map(|object| object.path.as_str()).collect()
}

fn reasons(skipped: &[Skipped]) -> Vec<(&str, &str)> {
    let mut reasons: Vec<_> = skipped.iter().map(|it| (&*it.path, &*it.reason)).collect();
    reasons.sort_unstable();
    reasons
}

#[tokio::test]
async fn names_what_it_does_not_take_and_why() {
    let (root, storage) = storage();
    let at = |name: &str| root.path().join(name);
    fs::write(at("photo.jpg"), "x").unwrap();
    fs::write(at(".stowage-tmp-1"), "x").unwrap();
    fs::create_dir(at(".stowage")).unwrap();
    fs::write(at(".stowage/marker"), "x").unwrap();
    fs::write(at("Thumbs.db"), "x").unwrap();
    fs::write(root.path().join(OsStr::from_bytes(b"caf\xe9.jpg")), "x").unwrap();
    std::os::unix::fs::symlink("photo.jpg", at("inside.jpg")).unwrap();
    std::os::unix::fs::symlink("/etc", at("outside")).unwrap();
    let _socket = UnixListener::bind(at("socket")).unwrap();

    let page = list(&storage).await;
    assert_eq!(names(&page.objects), ["photo.jpg"]);
    assert_eq!(page.unreadable, []);
    assert_eq!(
        reasons(&page.skipped),
        [
            ("Thumbs.db", "system file"),
            ("caf\u{fffd}.jpg", "its name is not UTF-8"),
            ("inside.jpg", "symbolic links are not followed"),
            ("outside", "symbolic links are not followed"),
            ("socket", "not a regular file"),
        ]
    );
}

#[tokio::test]
async fn a_folder_that_cannot_be_read_is_unreadable_and_not_empty() {
    let (root, storage) = storage();
    let closed = root.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::write(closed.join("photo.jpg"), "x").unwrap();
    fs::write(root.path().join("photo.jpg"), "x").unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read_dir(&closed).is_ok() {
        println!("skipped: root reads every folder");
        return;
    }
    let page = list(&storage).await;
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(names(&page.objects), ["photo.jpg"]);
    assert_eq!(page.unreadable.len(), 1);
    assert_eq!(page.unreadable[0].path, "closed");
}

#[tokio::test]
async fn a_root_that_goes_away_is_an_error_and_never_an_empty_listing() {
    let (root, storage) = storage();
    for n in 0..1_500 {
        fs::write(root.path().join(format!("{n:04}.jpg")), "x").unwrap();
    }
    let mut listing = storage.list(None);
    let first = listing.try_next().await.unwrap().unwrap();
    assert_eq!(first.objects.len(), 1_000);

    let away = root.path().with_extension("away");
    fs::rename(root.path(), &away).unwrap();
    let gone = listing.try_next().await.unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::RootNotFound);
    for answer in [
        storage.identify().await.map(drop),
        storage.stat(&path("0000.jpg")).await.map(drop),
        storage.read(&path("0000.jpg"), None).await.map(drop),
        storage
            .delete(&path("0000.jpg"), DeleteCondition::OwnKey)
            .await,
        storage
            .write(&path("new.jpg"), 1, bytes_of("x"), WriteMode::Replace)
            .await
            .map(drop),
        storage.list(None).try_next().await.map(drop),
    ] {
        assert_eq!(answer.unwrap_err().kind(), ErrorKind::RootNotFound);
    }

    // An empty folder in its place, as under an unmounted disk, is another place.
    fs::create_dir(root.path()).unwrap();
    let mut listing = FsStorage::open(&away, FsOptions::default())
        .unwrap()
        .list(None);
    listing.try_next().await.unwrap();
    let there = FsStorage::open(&away, FsOptions::default())
        .unwrap()
        .identify()
        .await
        .unwrap();
    assert_ne!(storage.identify().await.unwrap(), there);
    fs::remove_dir_all(away).unwrap();
}

#[tokio::test]
async fn a_root_that_is_replaced_while_it_is_listed_is_an_error() {
    let (root, storage) = storage();
    for n in 0..1_500 {
        fs::write(root.path().join(format!("{n:04}.jpg")), "x").unwrap();
    }
    let mut listing = storage.list(None);
    listing.try_next().await.unwrap();
    let away = root.path().with_extension("away");
    fs::rename(root.path(), &away).unwrap();
    fs::create_dir(root.path()).unwrap();
    let replaced = listing.try_next().await.unwrap_err();
    assert_eq!(replaced.kind(), ErrorKind::RootNotFound);
    fs::remove_dir_all(away).unwrap();
}

#[tokio::test]
async fn links_lead_nowhere() {
    let (root, storage) = storage();
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("secret.jpg");
    fs::write(&secret, "secret").unwrap();
    std::os::unix::fs::symlink(outside.path(), root.path().join("folder")).unwrap();
    std::os::unix::fs::symlink(&secret, root.path().join("link.jpg")).unwrap();

    for target in ["folder/secret.jpg", "link.jpg"] {
        let target = path(target);
        assert!(storage.stat(&target).await.unwrap_err().is_not_found());
        assert!(
            storage
                .read(&target, None)
                .await
                .err()
                .unwrap()
                .is_not_found()
        );
        let written = storage
            .write(&target, 3, bytes_of("new"), WriteMode::Replace)
            .await;
        assert_eq!(written.unwrap_err().kind(), ErrorKind::Conflict);
        storage
            .delete(&target, DeleteCondition::OwnKey)
            .await
            .unwrap();
    }
    assert!(
        storage
            .list(Some(&path("folder")))
            .try_next()
            .await
            .is_err()
    );
    assert!(storage.folders(None).await.unwrap().is_empty());
    assert_eq!(fs::read_to_string(&secret).unwrap(), "secret");
    assert!(
        fs::symlink_metadata(root.path().join("link.jpg"))
            .unwrap()
            .is_symlink()
    );
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_read_is_told() {
    let (root, storage) = storage();
    let file = root.path().join("video.mov");
    fs::write(&file, vec![1; 3 * 1024 * 1024]).unwrap();
    for change in [vec![2; 10], vec![2; 3 * 1024 * 1024]] {
        let mut body = storage.read(&path("video.mov"), None).await.unwrap().body;
        body.try_next().await.unwrap();
        // Written in place, as a program does that knows nothing of temporary files.
        fs::write(&file, change).unwrap();
        let rest: Result<Vec<_>, _> = body.try_collect().await;
        assert_eq!(rest.unwrap_err().kind(), ErrorKind::Conflict);
        fs::write(&file, vec![1; 3 * 1024 * 1024]).unwrap();
    }
}

#[tokio::test]
async fn own_roots_lose_the_folders_that_a_delete_leaves_empty() {
    let (root, storage) = storage_with(FsOptions {
        prune_empty_folders: true,
        ..FsOptions::default()
    });
    for name in ["a/b/c/one", "a/b/two"] {
        storage
            .write(&path(name), 1, bytes_of("x"), WriteMode::Replace)
            .await
            .unwrap();
    }
    storage
        .delete(&path("a/b/c/one"), DeleteCondition::OwnKey)
        .await
        .unwrap();
    assert!(root.path().join("a/b").exists() && !root.path().join("a/b/c").exists());
    storage
        .delete(&path("a/b/two"), DeleteCondition::OwnKey)
        .await
        .unwrap();
    assert!(root.path().exists() && !root.path().join("a").exists());
}

#[tokio::test]
async fn a_customers_folder_stays_when_its_last_file_goes() {
    let (root, storage) = storage();
    storage
        .write(&path("a/one"), 1, bytes_of("x"), WriteMode::Replace)
        .await
        .unwrap();
    storage
        .delete(&path("a/one"), DeleteCondition::OwnKey)
        .await
        .unwrap();
    assert!(root.path().join("a").exists());
}

#[tokio::test]
async fn a_file_in_the_way_of_a_folder_is_a_conflict() {
    let (_root, storage) = storage();
    storage
        .write(&path("a"), 1, bytes_of("x"), WriteMode::Replace)
        .await
        .unwrap();
    storage
        .write(&path("b/c"), 1, bytes_of("x"), WriteMode::Replace)
        .await
        .unwrap();
    for name in ["a/b", "b"] {
        let written = storage
            .write(&path(name), 1, bytes_of("x"), WriteMode::Replace)
            .await;
        assert_eq!(written.unwrap_err().kind(), ErrorKind::Conflict, "{name}");
    }
    assert_eq!(names(&list(&storage).await.objects), ["a", "b/c"]);
}

#[tokio::test]
async fn a_writer_that_is_dropped_leaves_nothing() {
    let (root, storage) = storage();
    let endless = bytes_of("x").chain(stream::pending()).boxed();
    let target = path("a/b/photo.jpg");
    let write = storage.write(&target, 10, endless, WriteMode::Replace);
    let limit = std::time::Duration::from_millis(300);
    assert!(tokio::time::timeout(limit, write).await.is_err());
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
}
