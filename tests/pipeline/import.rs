//! What an import makes of files, and what it costs.

use std::time::Duration;

use stowage_tests::{
    Fault, Kind, eventually,
    fixtures::{self, AlbumFile, Fate, Picture},
};

use crate::world::World;

/// Plain pictures, hard names, other formats, broken and unsupported files: each becomes exactly
/// one asset, with three pictures or with a reason.
pub(crate) async fn p14_p15_every_file_becomes_one_asset(world: World) {
    let album = fixtures::mixed();

    world.import(&album).await;

    world.assert_holds(&album).await;
    for asset in world.library.assets().await {
        assert_eq!(asset["availability"], "available", "{asset}");
    }
    for file in album.iter().filter(|file| file.fate != Fate::Ready) {
        let asset = world.library.asset_at(&file.path).await;
        assert_eq!(asset["status"], file.fate.status(), "{asset}");
        assert!(asset["reason"].is_string(), "{asset}");
    }
    looks_right(&world, &album[0]).await;
}

/// One picture, from its EXIF to the bytes that a browser gets.
async fn looks_right(world: &World, file: &AlbumFile) {
    let asset = world.library.asset_at(&file.path).await;
    let picture = Picture::numbered(0);
    assert_eq!(
        (&asset["width"], &asset["height"]),
        (&96.into(), &64.into()),
        "{asset}"
    );
    let taken = asset["taken_at"].as_str().unwrap_or_default();
    assert!(
        taken.starts_with("2023-01-01T00:00:00"),
        "{:?}: {asset}",
        picture.taken
    );
    assert_eq!(asset["metadata"]["camera_model"], "Walden 1", "{asset}");
    let tags = asset["tags"].to_string();
    assert!(tags.contains("2023") && tags.contains("Spring"), "{asset}");

    for kind in ["thumbnail", "preview", "fullscreen"] {
        let url = asset[format!("{kind}_url")].as_str().unwrap_or_default();
        let (status, bytes) = world.library.download_url(url).await;
        assert_eq!(
            (status, &bytes[..2]),
            (200, [0xff, 0xd8].as_slice()),
            "{url}"
        );
    }
    let id = asset["id"].as_str().unwrap_or_default();
    let (status, bytes) = world
        .library
        .download(&format!("/assets/{id}/original"))
        .await;
    assert_eq!(status, 200);
    assert!(bytes == file.bytes, "the original came back changed");
}

/// Bytes read from the storage ÷ bytes of originals = 1.00.
pub(crate) async fn p12_every_byte_is_read_once(world: World) {
    let album = fixtures::mixed();
    let originals: usize = album.iter().map(|file| file.bytes.len()).sum();

    world.import(&album).await;

    let counted = world.place.take_counted().expect("it is counted");
    println!("{counted:?} for {} files of {originals} bytes", album.len());
    assert_eq!(
        counted.read_bytes, originals as u64,
        "bytes read ÷ bytes of originals is not 1.00"
    );
    // FTP has the size of an empty file, and need not open a connection for its content.
    let opens_empty = world.place.kind() == Kind::Bucket;
    let read = album
        .iter()
        .filter(|file| opens_empty || !file.bytes.is_empty());
    assert_eq!(counted.reads, read.count() as u64, "reads");
    assert_eq!(
        counted.writes, 0,
        "a storage that is only read was written to"
    );
    world.assert_holds(&album).await;
}

/// A connection that breaks off costs another read, and never a damaged picture.
pub(crate) async fn a_body_that_breaks_off_is_read_again(world: World) {
    let album = fixtures::plain(6);
    world.place.fill(&album);
    world.place.proxy().inject(Fault::CutBodies(900));
    let storage = world.library.connect(&world.place).await;
    eventually("reads break off", Duration::from_secs(30), async || {
        let broken = world.place.proxy().counted().faults;
        if broken >= 3 {
            Ok(())
        } else {
            Err(format!("{broken}"))
        }
    })
    .await;

    world.place.proxy().heal();

    world.library.wait_until_idle().await;
    world
        .wait_for_status(&storage, &["connected", "degraded"])
        .await;
    world.assert_holds(&album).await;
}

/// One file that nobody can read is parked with its reason; all others go their way.
pub(crate) async fn a_poison_file_stops_no_other(world: World) {
    let mut album = fixtures::plain(8);
    album.extend(fixtures::broken());
    // Dimensions that promise more pixels than anybody has memory for.
    let bomb = bomb();
    album.push(AlbumFile {
        path: "0 first.png".into(),
        bytes: bomb,
        fate: Fate::Failed,
    });

    world.import(&album).await;

    world.assert_holds(&album).await;
    let asset = world.library.asset_at("0 first.png").await;
    assert_eq!(asset["status"], "failed", "{asset}");
    let dead = world.library.get("/jobs?state=dead").await;
    assert_eq!(
        dead["items"],
        serde_json::json!([]),
        "a file that is refused is no job that failed"
    );
}

/// Returns a PNG of 60,000 × 60,000 pixels in a few bytes, its check sums right.
fn bomb() -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = 60_000_u32.to_be_bytes().repeat(2);
    header.extend([8, 2, 0, 0, 0]);
    for (name, content) in [(b"IHDR", header), (b"IEND", Vec::new())] {
        png.extend((content.len() as u32).to_be_bytes());
        let checked = [name.as_slice(), &content].concat();
        png.extend_from_slice(&checked);
        png.extend(crc32(&checked).to_be_bytes());
    }
    png
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                crc >> 1 ^ 0xedb8_8320
            } else {
                crc >> 1
            };
        }
    }
    !crc
}

/// A file is read once it has not changed for two seconds: half of it never becomes an asset.
pub(crate) async fn a_file_still_being_written_waits(world: World) {
    let whole = Picture::numbered(7).sized(640, 480).jpeg();
    let half = &whole[..whole.len() / 2];
    world.place.write_now("upload.jpg", half);
    let storage = world.library.connect(&world.place).await;
    world.library.next_scan(&storage, &[]).await;
    let age = world.place.age("upload.jpg");
    let assets = world.library.assets().await;
    // On a machine that took longer than that, nothing was proven.
    let was_quick = age < Duration::from_secs(2);
    assert!(
        !was_quick || assets.is_empty(),
        "read while it was being written: {assets:?}"
    );

    world.place.write_now("upload.jpg", &whole);
    world.library.scan(&storage).await;
    world.library.wait_until_idle().await;

    let album = [AlbumFile {
        path: "upload.jpg".into(),
        bytes: whole,
        fate: Fate::Ready,
    }];
    world.assert_holds(&album).await;
    let asset = world.library.asset_at("upload.jpg").await;
    assert_eq!(asset["width"], 640, "{asset}");
}
