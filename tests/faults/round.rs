//! An import with something happening in the middle of it.

use std::{future::Future, pin::Pin, time::Duration};

use stowage_tests::{
    Chance, Fault, Kind, Library, Mode, Options, Outcome, Place, Stowage,
    fixtures::{self, AlbumFile},
    promptly,
};

/// How long a round may take until all is done, with a broker that starts in half a minute.
const HEALED: Duration = Duration::from_secs(200);

/// How slow a bucket answers while its scan is to be met.
const SLOWLY: Duration = Duration::from_millis(150);

/// How much is done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    files: u32,
    rounds: u32,
}

impl Scale {
    pub(crate) fn of_this_run() -> Self {
        match stowage_config::env("STOWAGE_FAULTS").as_deref() {
            Some("long") => Self {
                files: 1_000,
                rounds: 3,
            },
            _ => Self {
                files: 120,
                rounds: 1,
            },
        }
    }
}

/// When to strike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// While files are imported and rendered: after a random part of them.
    Import,
    /// While the storage is listed.
    Scan,
}

/// What strikes, and heals again.
pub(crate) type Strike = for<'a> fn(&'a mut Stowage) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

/// Imports albums, strikes in the middle of each, and checks that every file ends as exactly one
/// asset with its pictures.
pub(crate) async fn survives(mode: Mode, moment: Moment, strike: Strike) {
    let kind = if moment == Moment::Scan {
        Kind::Bucket
    } else {
        Kind::Folder
    };
    let Some(place) = Place::new(kind).await else {
        return;
    };
    let options = Options::folder(place.allowed()).with("STOWAGE_DATABASE__DURABLE", "true");
    let Some(mut stowage) = Stowage::start(mode, &options).await else {
        return;
    };
    let library = Library::set_up(&mut stowage).await;
    let storage = library.import(&place).await;

    let scale = Scale::of_this_run();
    let mut chance = Chance::seeded();
    let mut album: Vec<AlbumFile> = Vec::new();
    for round in 0..scale.rounds {
        let new = fixtures::plain_from(round * scale.files, scale.files);
        place.fill(&new);
        let before = album.len() as u64;
        album.extend(new);
        if moment == Moment::Scan {
            place.proxy().inject(Fault::Slow(SLOWLY));
        }
        library
            .post(&format!("/storages/{storage}/scan"), serde_json::json!({}))
            .await;
        let struck_at = wait_for(&library, moment, before, scale, &mut chance).await;
        println!("round {round}: struck at {struck_at}");

        strike(&mut stowage).await;

        if moment == Moment::Scan {
            place.proxy().heal();
        }
        stowage.wait_until_ready().await;
        finish(&library, album.len()).await;
        Outcome::read(library.rows())
            .await
            .assert_is(&album, stowage.central());
        assert_eq!(
            library.assets().await.len(),
            album.len(),
            "assets that the interface lists"
        );
        let dead = library
            .rows()
            .count("select count(*) from job where state = 'dead'")
            .await;
        assert_eq!(dead, 0, "jobs were given up");
    }
}

/// Waits for the moment to strike, and says which it is.
async fn wait_for(
    library: &Library,
    moment: Moment,
    before: u64,
    scale: Scale,
    chance: &mut Chance,
) -> String {
    let rows = library.rows();
    match moment {
        Moment::Scan => {
            promptly("a scan runs", HEALED, async || {
                let running = "select count(*) from scan_run where state = 'running'";
                match rows.try_count(running).await {
                    Ok(0) => Err("no scan runs".to_owned()),
                    Ok(_) => Ok("a running scan".to_owned()),
                    Err(error) => Err(error.to_string()),
                }
            })
            .await
        }
        Moment::Import => {
            // From the first files to nine tenths of them.
            let part = 1 + chance.below(u64::from(scale.files) * 9 / 10);
            promptly("enough files are imported", HEALED, async || {
                match rows.try_count("select count(*) from asset").await {
                    Ok(count) if count >= before + part => Ok(format!("asset {count}")),
                    Ok(count) => Err(format!("{count} of {}", before + part)),
                    Err(error) => Err(error.to_string()),
                }
            })
            .await
        }
    }
}

/// Waits until every file has its asset and nothing is left to do.
async fn finish(library: &Library, files: usize) {
    let rows = library.rows();
    stowage_tests::eventually("every file is known", HEALED, async || {
        let count = rows.try_count("select count(*) from remote_object").await;
        let count = count.map_err(|error| error.to_string())?;
        if count >= files as u64 {
            Ok(())
        } else {
            Err(format!("{count} of {files}"))
        }
    })
    .await;
    library.wait_until_idle_within(HEALED).await;
}
