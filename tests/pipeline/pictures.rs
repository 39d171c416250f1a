//! Pictures that no asset shows any more do not stay in central storage.

use std::{collections::BTreeSet, fs, path::Path, time::Duration};

use stowage_tests::{
    eventually,
    fixtures::{self, Picture},
};

use crate::world::World;

/// How long pictures may stay that nothing shows: two seconds, and a look every second.
const TAKEN: Duration = Duration::from_secs(30);

/// The contents of which central storage has pictures.
fn contents(central: &Path, workspace: &str) -> BTreeSet<String> {
    let folder = central.join(format!("w/{workspace}/renditions"));
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

/// The contents of which an asset shows pictures.
async fn shown(world: &World) -> BTreeSet<String> {
    let rows = world.library.rows();
    let keys = rows.texts("select content_key from rendering where content_key is not null");
    keys.await.into_iter().flatten().collect()
}

async fn wait_until_only_shown_ones_are_there(world: &World, count: usize) {
    eventually("only what is shown is there", TAKEN, async || {
        let there = contents(world.stowage.central(), world.library.workspace());
        let shown = shown(world).await;
        if there == shown && there.len() == count {
            Ok(())
        } else {
            Err(format!("{there:?} instead of {shown:?}"))
        }
    })
    .await;
}

/// Former versions, and what goes with its storage; a content that two files have keeps its
/// pictures as long as one of them shows it.
pub(crate) async fn p34_pictures_that_nothing_shows_any_more_go(world: World) {
    let mut album = fixtures::plain(3);
    album[1].bytes = album[0].bytes.clone();
    let storage = world.import(&album).await;
    assert_eq!(shown(&world).await.len(), 2);

    for (number, index) in [(900, 1), (901, 2)] {
        album[index].bytes = Picture::numbered(number).jpeg();
        world.place.change(&album[index].path, &album[index].bytes);
    }
    world.rescan(&storage).await;
    wait_until_only_shown_ones_are_there(&world, 3).await;
    world.assert_holds(&album).await;

    let path = format!("/storages/{storage}?entries=drop");
    world.library.delete(&path).await;
    wait_until_only_shown_ones_are_there(&world, 0).await;
}
