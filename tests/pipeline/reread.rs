//! Reading again what originals say, against what people said (W14, P67).

use serde_json::{Value, json};
use stowage_tests::fixtures;

use crate::world::World;

/// What has to be as it was: what is shown, what people set, and the pictures.
fn standing(asset: &Value) -> Vec<Value> {
    [
        "metadata",
        "edits",
        "tags",
        "hidden_tags",
        "taken_at",
        "thumbnail_url",
        "sha256",
    ]
    .map(|field| asset[field].clone())
    .to_vec()
}

pub(crate) async fn w14_a_reread_keeps_what_people_said_unless_told_otherwise(world: World) {
    let album = fixtures::plain(3);
    let storage = world.import(&album).await;
    let path = album[1].path.clone();
    let library = &world.library;
    let imported = library.asset_at(&path).await;
    let id = imported["id"].as_str().unwrap_or_default().to_owned();
    let folder = imported["tags"][0]["name"].clone();
    let edited = library
        .patch(
            &format!("/assets/{id}"),
            json!({ "title": "Mine", "taken_at": "1999-01-02T03:04:05",
                "add_tags": ["people"], "remove_tags": [folder] }),
        )
        .await;

    // A scan, and reading it again twice, change nothing of it.
    world.rescan(&storage).await;
    let reread = async |overwrite: bool| {
        let body = json!({ "ids": [id], "overwrite": overwrite });
        let answer = library.post("/assets/reread", body).await;
        assert_eq!(answer["queued"], 1, "{answer}");
        library.wait_until_idle().await;
        library.asset(&id).await
    };
    for _ in 0..2 {
        assert_eq!(standing(&reread(false).await), standing(&edited));
    }

    // The file wins where it says something: it has a date and no title. Tags are merged.
    for _ in 0..2 {
        let after = reread(true).await;
        assert_eq!(after["taken_at"], imported["taken_at"]);
        assert_eq!(after["metadata"]["title"], "Mine");
        assert_eq!(after["tags"], edited["tags"]);
        assert_eq!(after["thumbnail_url"], imported["thumbnail_url"]);
    }
    let versions = library
        .rows()
        .texts("select cast(version as text) from asset order by 1");
    assert_eq!(versions.await.concat(), ["1", "1", "1"]);

    // Without its original it says so, and stays as it is.
    world.place.remove(&path);
    world.rescan(&storage).await;
    let body = json!({ "ids": [id] });
    let answer = library.post("/assets/reread", body).await;
    assert_eq!(answer["queued"], 0, "{answer}");
    assert_eq!(answer["problems"][0]["problem"], "original-missing");
}
