//! Photographs that cameras and phones took, where they are at hand (`../shared/photos`).

use std::{
    fs,
    path::{Path, PathBuf},
};

use stowage_tests::{Kind, Library, Mode, Options, Stowage};

use crate::world::World;

/// Returns the photographs, none where they are not at hand.
fn photographs() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/photos");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: there are no photographs in {}", folder.display());
    None
}

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).expect("a folder can be read");
    for entry in entries.map(|entry| entry.expect("an entry can be read").path()) {
        if entry.is_dir() {
            files_below(&entry, found);
        } else {
            found.push(entry);
        }
    }
}

/// Every photograph of forty cameras gets its pictures, and says what took it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn photographs_of_many_cameras_are_all_ready() {
    let Some(folder) = photographs() else { return };
    let Some(world) = World::new(Mode::Embedded, Kind::Folder).await else {
        return;
    };
    let mut files = Vec::new();
    files_below(&folder.join("cameras"), &mut files);
    for file in &files {
        let name = file
            .strip_prefix(&folder)
            .expect("it lies below")
            .display()
            .to_string();
        world
            .place
            .put(&name, &fs::read(file).expect("a photograph can be read"));
    }

    world.library.import(&world.place).await;

    let assets = world.library.assets().await;
    assert_eq!(assets.len(), files.len());
    let mut makes = 0;
    for asset in &assets {
        assert_eq!(asset["status"], "ready", "{asset}");
        let id = asset["id"].as_str().unwrap_or_default();
        let detail = world.library.asset(id).await;
        makes += usize::from(detail["metadata"]["camera_make"].is_string());
    }
    // A few cameras do not sign their work.
    assert!(
        makes * 10 >= files.len() * 9,
        "{makes} of {} say what took them",
        files.len()
    );
}

/// `stowage serve --photos FOLDER` and nothing else: the photographs are there when the owner
/// first looks.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_command_shows_a_folder() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let album = stowage_tests::fixtures::plain(6);
    for file in &album {
        stowage_tests::fixtures::write_old(&home.path().join(&file.path), &file.bytes);
    }
    let options = Options {
        photos: Some(home.path().to_owned()),
        ..Options::default()
    };
    let started = Stowage::start(Mode::Embedded, &options).await;
    let mut stowage = started.expect("one process needs no server");

    let library = Library::set_up(&mut stowage).await;
    stowage_tests::eventually(
        "six are ready",
        std::time::Duration::from_mins(1),
        async || {
            let stats = library.try_get("/stats").await?;
            if stats["by_status"]["ready"] == 6 {
                Ok(())
            } else {
                Err(stats.to_string())
            }
        },
    )
    .await;

    assert_eq!(library.assets().await.len(), album.len());
}
