//! Files that move within their storage (D7).

use serde_json::Value;
use stowage_tests::fixtures::{self, Picture};

use crate::world::World;

/// What stays when a file moves: the asset, its version, its pictures.
fn identity(asset: &Value) -> [Value; 4] {
    ["id", "imported_at", "thumbnail_url", "taken_at"].map(|field| asset[field].clone())
}

pub(crate) async fn d7_a_renamed_file_stays_the_same_asset(world: World) {
    let mut album = fixtures::plain(6);
    let storage = world.import(&album).await;
    let (old, new) = (album[2].path.clone(), "renamed/Other name.jpg".to_owned());
    let before = world.library.asset_at(&old).await;
    let renders = "select count(*) from job where kind = 'render-asset'";
    let renders_before = world.library.rows().count(renders).await;

    world.place.rename(&old, &new);
    world.rescan(&storage).await;

    let after = world.library.asset_at(&new).await;
    assert_eq!(identity(&after), identity(&before));
    assert_eq!(after["name"], "Other name.jpg");
    let tags = after["tags"].to_string();
    assert!(tags.contains("renamed") && !tags.contains("2024"), "{tags}");
    assert_eq!(after["availability"], "available", "{after}");
    assert_eq!(
        world.library.rows().count(renders).await,
        renders_before,
        "rendered again"
    );
    // And the place that it left is not mourned by any scan that follows.
    world.rescan(&storage).await;
    album[2].path = new;
    world.assert_holds(&album).await;
}

pub(crate) async fn d7_a_moved_folder_stays_the_same_assets(world: World) {
    let mut album = fixtures::plain(8);
    let storage = world.import(&album).await;
    let is_moved = |path: &str| path.starts_with("2024/At home/Garden/");
    let mut before = Vec::new();
    for file in album.iter().filter(|file| is_moved(&file.path)) {
        before.push(world.library.asset_at(&file.path).await);
    }
    assert!(
        before.len() >= 2,
        "the album has too few pictures in that folder"
    );

    world.place.rename("2024/At home/Garden", "Allotment");
    world.rescan(&storage).await;

    let mut after = Vec::new();
    for file in album.iter_mut().filter(|file| is_moved(&file.path)) {
        file.path = file.path.replace("2024/At home/Garden/", "Allotment/");
        after.push(world.library.asset_at(&file.path).await);
    }
    assert_eq!(
        after.iter().map(identity).collect::<Vec<_>>(),
        before.iter().map(identity).collect::<Vec<_>>()
    );
    world.assert_holds(&album).await;
}

/// The same content in two places at once is two assets: nothing moved.
pub(crate) async fn a_copy_becomes_an_asset_of_its_own(world: World) {
    let mut album = fixtures::plain(3);
    let storage = world.import(&album).await;
    let original = world.library.asset_id_at(&album[0].path).await;

    let mut copy = album[0].clone();
    copy.path = "copies/copy.jpg".into();
    world.place.put(&copy.path, &Picture::numbered(0).jpeg());
    world.rescan(&storage).await;

    assert_eq!(world.library.asset_id_at(&album[0].path).await, original);
    assert_ne!(world.library.asset_id_at(&copy.path).await, original);
    album.push(copy);
    world.assert_holds(&album).await;
}
