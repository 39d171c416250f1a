//! Originals that go from one place to another of the same provider: it copies by itself, and the
//! bytes pass through here once, to be compared (D11, D12).

use std::{
    collections::BTreeMap,
    fs,
    time::{Duration, SystemTime},
};

use reqwest::Client;
use serde_json::{Value, json};
use stowage_tests::{
    Kind, Mode, Proxy, eventually,
    fixtures::{self, AlbumFile, Picture},
    servers::variable,
};

use crate::world::World;

const SOON: Duration = Duration::from_mins(1);

/// How much of each file is looked at to tell its type, in bytes.
const HEAD: u64 = 4_096;

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A few pictures, and a file that no picture is made of.
fn album() -> Vec<AlbumFile> {
    let mut album = fixtures::plain(5);
    let bytes: Vec<u8> = (0..3_000_000_u32)
        .map(|n| (n.wrapping_mul(n) >> 7) as u8)
        .collect();
    album.push(AlbumFile {
        path: "raw/notes.bin".to_owned(),
        bytes,
        ..album[0].clone()
    });
    album
}

fn bytes_of(album: &[AlbumFile]) -> u64 {
    album.iter().map(|file| file.bytes.len() as u64).sum()
}

fn heads_of(album: &[AlbumFile]) -> u64 {
    let head = |file: &AlbumFile| (file.bytes.len() as u64).min(HEAD);
    album.iter().map(head).sum()
}

/// Returns how many copies were made by a provider, and by reading and writing.
async fn ways(world: &mut World) -> (u64, u64) {
    let name = "stowage_transfer_copies_total";
    let provider = world
        .stowage
        .metric("ingest", name, "by=\"provider\"")
        .await;
    let stowage = world.stowage.metric("ingest", name, "by=\"stowage\"").await;
    (provider as u64, stowage as u64)
}

/// Returns the bytes that were read out of storages for transfers.
async fn read_for_transfers(world: &mut World) -> u64 {
    let label = "purpose=\"transfer\"";
    let name = "stowage_egress_bytes_total";
    world.stowage.metric("storage-connector", name, label).await as u64
}

async fn assert_all_are_had(world: &World, album: &[AlbumFile], storage: &str) {
    let mut found = BTreeMap::new();
    for card in world.library.assets().await {
        let asset = world.library.asset(&text(&card["id"])).await;
        found.insert(text(&asset["sha256"]), asset);
    }
    assert_eq!(found.len(), album.len());
    for file in album {
        let sha256 = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&file.bytes));
        let asset = &found[&sha256];
        let places = asset["locations"].to_string();
        assert!(places.contains(storage), "{}: {places}", file.path);
        let original = format!("/assets/{}/original", text(&asset["id"]));
        let (status, bytes) = world.library.download(&original).await;
        assert!(status == 200 && bytes == file.bytes, "{}", file.path);
    }
}

/// Folder to folder: the kernel copies, and each byte is read once, to be compared.
pub(crate) async fn d11_between_folders_the_kernel_copies(mut world: World) {
    assert_eq!(world.place.kind(), Kind::Folder);
    let folder = world.place.allowed().join("main");
    fs::create_dir(&folder).unwrap();
    let body = json!({
        "name": "Main", "kind": "fs", "access": "read_write", "settings": { "folder": folder },
    });
    let main = text(&world.library.post("/storages", body).await["id"]);
    world.library.choose_main(Some(&main)).await;
    let album = album();
    world.place.fill(&album);
    let source = world.library.connect_writable(&world.place).await;
    let collects = json!({ "delivery": { "moves_to_main": true } });
    let path = format!("/storages/{source}");
    world.library.patch(&path, collects).await;
    world.library.wait_for_transfers("done", album.len()).await;
    world.library.wait_until_idle().await;
    assert_all_are_had(&world, &album, &main).await;
    let left = album
        .iter()
        .filter(|file| world.place.path(&file.path).exists());
    assert_eq!(left.count(), 0, "the collector is empty");
    assert_eq!(ways(&mut world).await, (album.len() as u64, 0));
    let read = read_for_transfers(&mut world).await;
    assert_eq!(read, bytes_of(&album) + heads_of(&album));
}

/// Somebody else's file has the name, and the source changes before it is taken: the guards of a
/// write are those of a copy.
pub(crate) async fn d11_d16_a_copy_within_a_provider_replaces_nothing(mut world: World) {
    let folder = world.place.allowed().join("main");
    fs::create_dir(&folder).unwrap();
    let body = json!({
        "name": "Main", "kind": "fs", "access": "read_write", "settings": { "folder": folder },
    });
    let main = text(&world.library.post("/storages", body).await["id"]);
    let pattern = json!({ "delivery": { "file_name_pattern": "{original}" } });
    world
        .library
        .patch(&format!("/storages/{main}"), pattern)
        .await;
    world.library.choose_main(Some(&main)).await;
    let short_id = text(&world.library.get("").await["short_id"]);
    let uploads = folder.join(short_id).join("uploads");
    fs::create_dir_all(&uploads).unwrap();
    fs::write(uploads.join("a.jpg"), b"somebody's own").unwrap();

    let (bytes, newer) = (Picture::numbered(1).jpeg(), Picture::numbered(2).jpeg());
    world.place.put("a.jpg", &bytes);
    let source = world.library.connect_writable(&world.place).await;
    // Nobody scanned since: the library knows the former content only.
    world.place.change("a.jpg", &newer);
    let collects = json!({ "delivery": { "moves_to_main": true } });
    let path = format!("/storages/{source}");
    world.library.patch(&path, collects).await;
    eventually("the change is noticed", SOON, async || {
        let ledger = world.library.try_get("/transfers").await?;
        let is_noticed = ledger["items"][0]["trouble"] == "source_changed";
        if is_noticed {
            Ok(())
        } else {
            Err(ledger.to_string())
        }
    })
    .await;
    world.rescan_once(&source).await;
    let files = eventually("the newer content is delivered", SOON, async || {
        let files: Vec<_> = fs::read_dir(&uploads)
            .map_err(|error| error.to_string())?
            .filter_map(|entry| fs::read(entry.ok()?.path()).ok())
            .collect();
        if files.contains(&newer) {
            Ok(files)
        } else {
            Err(format!("{} files", files.len()))
        }
    })
    .await;
    assert!(
        files.contains(&b"somebody's own".to_vec()),
        "it is replaced"
    );
    assert!(
        !files.contains(&bytes),
        "what was not there any more was copied"
    );
    assert_eq!(ways(&mut world).await.0, 1);
}

fn client() -> Client {
    Client::builder()
        .no_proxy()
        .build()
        .expect("a plain client can be made")
}

/// Makes a bucket on moto and connects it through the proxy. Returns the storage's id, and where the
/// bucket is.
async fn bucket(world: &World, proxy: &Proxy, name: &str) -> (String, String) {
    let age = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let bucket = format!("{name}-{}", age.unwrap_or_default().as_nanos());
    let url = format!("{}/{bucket}", proxy.url());
    let client = client();
    let made = client.put(&url).send().await.expect("moto answers");
    assert!(made.status().is_success(), "{made:?}");
    if name == "from" {
        for file in album() {
            let put = client.put(format!("{url}/{}", file.path)).body(file.bytes);
            let put = put.send().await.expect("moto answers");
            assert!(put.status().is_success(), "{put:?}");
        }
    }
    let body = json!({
        "name": name, "kind": "s3", "access": "read_write",
        "settings": { "provider": "custom", "bucket": bucket, "endpoint": proxy.url() },
        "credentials": { "access_key": "test", "secret_key": "test" },
    });
    let storage = text(&world.library.post("/storages", body).await["id"]);
    let tested = format!("/storages/{storage}/test");
    world.library.post(&tested, Value::Null).await;
    (storage, url)
}

/// Returns the size of a bucket's marker, as its listing tells it.
async fn marker_size(url: &str) -> u64 {
    let listed = client().get(format!("{url}?list-type=2")).send().await;
    let listed = listed.expect("moto answers").text().await;
    let listed = listed.expect("a listing is text");
    let (_, behind) = listed
        .split_once("<Key>.stowage</Key>")
        .expect("the marker is there");
    let (_, size) = behind.split_once("<Size>").expect("it has a size");
    let (size, _) = size.split_once('<').expect("the size ends");
    size.parse().expect("a size is a number")
}

/// Bucket to bucket: the service copies; no original is sent, and each is read once, to be compared.
async fn d12_between_buckets_the_service_copies(mut world: World) {
    let Some(moto) = variable("STOWAGE_TEST_MOTO_S3_URL") else {
        return;
    };
    let port = moto.trim_end_matches('/').rsplit(':').next();
    let port = port.and_then(|port| port.parse().ok()).expect("a port");
    let proxy = Proxy::start(port).await;
    let album = album();
    let (source, _) = bucket(&world, &proxy, "from").await;
    let (target, url) = bucket(&world, &proxy, "to").await;
    world.rescan(&source).await;
    assert_eq!(world.library.assets().await.len(), album.len());
    // The place proves itself by its marker before each copy.
    let marker = marker_size(&url).await;
    proxy.take();
    let body = json!({
        "from_storage_id": source, "to_storage_id": target, "leave_source": true,
    });
    world.library.post("/migrations", body).await;
    world.library.wait_for_transfers("done", album.len()).await;
    world.library.wait_until_idle().await;
    let counted = proxy.take();
    println!(
        "{} originals of {} bytes: {counted:?}",
        album.len(),
        bytes_of(&album)
    );
    assert_eq!(counted.copies, album.len() as u64, "{counted:?}");
    assert_eq!(
        counted.writes, counted.copies,
        "nothing is written: {counted:?}"
    );
    assert_eq!(counted.write_bytes, 0, "nothing is sent: {counted:?}");
    assert_eq!(
        counted.read_bytes,
        bytes_of(&album) + heads_of(&album) + marker * album.len() as u64,
        "{counted:?}"
    );
    assert_eq!(ways(&mut world).await, (album.len() as u64, 0));
    assert_all_are_had(&world, &album, &target).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d12_between_buckets_the_service_copies_embedded() {
    if let Some(world) = World::new(Mode::Embedded, Kind::Folder).await {
        d12_between_buckets_the_service_copies(world).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d12_between_buckets_the_service_copies_distributed() {
    if let Some(world) = World::new(Mode::Distributed, Kind::Folder).await {
        d12_between_buckets_the_service_copies(world).await;
    }
}
