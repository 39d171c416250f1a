//! Files whose content changes under the same name.

use stowage_tests::fixtures::{self, Picture};

use crate::world::World;

pub(crate) async fn a_changed_file_is_the_next_version(world: World) {
    let mut album = fixtures::plain(4);
    let storage = world.import(&album).await;
    let path = album[1].path.clone();
    let before = world.library.asset_at(&path).await;

    album[1].bytes = Picture::numbered(900).sized(200, 300).jpeg();
    world.place.change(&path, &album[1].bytes);
    world.rescan(&storage).await;

    let after = world.library.asset_at(&path).await;
    assert_eq!(after["id"], before["id"]);
    assert_eq!(
        (&after["width"], &after["height"]),
        (&200.into(), &300.into()),
        "{after}"
    );
    assert_ne!(after["thumbnail_url"], before["thumbnail_url"]);
    assert_ne!(after["sha256"], before["sha256"]);
    let versions = world
        .library
        .rows()
        .texts("select cast(version as text) from asset order by 1");
    assert_eq!(versions.await.concat(), ["1", "1", "1", "2"]);
    world.assert_holds(&album).await;
}
