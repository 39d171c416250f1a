//! Search: one table of cases, the same answers from both databases.

use serde_json::json;
use stowage_db::repo::{AssetFilter, ImportedFile};
use stowage_domain::{AssetId, EditField, FieldChange, Ids, UserId, UuidV7, WorkspaceId};

use super::{World, file, on_both};

on_both!(
    both_databases_find_the_same,
    what_a_person_sets_is_found_and_what_it_hides_is_not,
    words_of_before_are_made_anew,
);

/// Adds an asset of nothing but these words.
async fn asset(
    world: &World,
    workspace: WorkspaceId,
    name: &str,
    metadata: serde_json::Value,
    keywords: &[&str],
) -> AssetId {
    let id = UuidV7.next().into();
    let file = ImportedFile {
        metadata: metadata.to_string(),
        keywords: keywords.iter().map(ToString::to_string).collect(),
        folder_tags: Vec::new(),
        camera: None,
        ..file(name, 1)
    };
    let tx = world.db.begin_in(workspace).await.unwrap();
    tx.assets().insert(id, &file).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn found(world: &World, workspace: WorkspaceId, text: &str) -> Vec<String> {
    let filter = AssetFilter {
        text: Some(text.to_owned()),
        ..AssetFilter::default()
    };
    let tx = world.db.read_in(workspace).await.unwrap();
    let page = tx.gallery().list(&filter, None, 100).await.unwrap();
    let mut names: Vec<String> = page.items.into_iter().map(|card| card.name).collect();
    names.sort();
    let counted = tx.gallery().timeline(&filter).await.unwrap();
    let counted: u64 = counted.iter().map(|month| month.count).sum();
    assert_eq!(counted, names.len() as u64, "{text}");
    names
}

async fn both_databases_find_the_same(world: World) {
    let workspace = world.workspace().await;
    let nothing = json!({});
    asset(
        &world,
        workspace,
        "IMG_1234.jpg",
        json!({ "title": "Überlingen am See" }),
        &["Urlaub"],
    )
    .await;
    asset(
        &world,
        workspace,
        "IMG_1235.jpg",
        json!({ "city": "Łódź", "country": "Polska" }),
        &[],
    )
    .await;
    asset(
        &world,
        workspace,
        "Straße 100%.jpg",
        json!({ "creator": "Ana María" }),
        &["see"],
    )
    .await;
    asset(
        &world,
        workspace,
        "東京タワー.jpg",
        nothing.clone(),
        &["夜"],
    )
    .await;
    asset(
        &world,
        workspace,
        "O'Hara \"x\" (1).jpg",
        nothing,
        &["Ōsaka"],
    )
    .await;
    let other = world.workspace().await;
    asset(
        &world,
        other,
        "IMG_9999.jpg",
        json!({ "title": "Überlingen" }),
        &[],
    )
    .await;

    let (one, two) = ("IMG_1234.jpg", "IMG_1235.jpg");
    let (street, tokyo, odd) = ("Straße 100%.jpg", "東京タワー.jpg", "O'Hara \"x\" (1).jpg");
    for (text, expected) in [
        // Case and accents.
        ("überlingen", vec![one]),
        ("UBERLINGEN", vec![one]),
        ("u\u{308}berlingen", vec![one]),
        ("lodz", vec![two]),
        ("strasse", vec![street]),
        ("STRASSE", vec![street]),
        ("osaka", vec![odd]),
        ("maria", vec![street]),
        // The beginning of a word, and not its middle.
        ("über", vec![one]),
        ("berlingen", vec![]),
        ("pol", vec![two]),
        // All words, in any order and from any field.
        ("see urlaub", vec![one]),
        ("urlaub SEE img", vec![one]),
        ("see maria", vec![street]),
        ("see polska", vec![]),
        ("see", vec![one, street]),
        // What belongs together stays together.
        ("img_1234", vec![one]),
        ("IMG_123", vec![one, two]),
        ("1234.jpg", vec![one]),
        ("1234_img", vec![]),
        ("img jpg 1235", vec![two]),
        ("100%", vec![street]),
        ("o'hara", vec![odd]),
        ("東京", vec![tokyo]),
        ("京都", vec![]),
        ("タワー", vec![tokyo]),
        ("夜", vec![tokyo]),
        // Signs that databases give a meaning are none of ours.
        ("\"x\"", vec![odd]),
        ("(1)", vec![one, two, street, odd]),
        ("im*", vec![one, two]),
        ("see OR polska", vec![]),
        ("-see", vec![one, street]),
        ("%", vec![]),
        ("_", vec![]),
        ("'; drop table asset; --", vec![]),
        ("see\0", vec![one, street]),
        (&"x".repeat(100_000), vec![]),
    ] {
        let mut expected = expected;
        expected.sort_unstable();
        let shown: String = text.chars().take(40).collect();
        assert_eq!(found(&world, workspace, text).await, expected, "{shown}");
    }
    assert_eq!(found(&world, workspace, "  ").await.len(), 5);
}

async fn what_a_person_sets_is_found_and_what_it_hides_is_not(world: World) {
    let workspace = world.workspace().await;
    let id = asset(
        &world,
        workspace,
        "a.jpg",
        json!({ "title": "Sunset" }),
        &["beach"],
    )
    .await;
    let by = UserId(UuidV7.next());
    let change = |value| FieldChange::new(EditField::Title, value).unwrap();
    let tx = world.db.begin_in(workspace).await.unwrap();
    let edits = tx.edits();
    edits
        .set(&[id], &change(Some(json!("Sunrise"))), by)
        .await
        .unwrap();
    edits.remove_tag(&[id], "beach", by).await.unwrap();
    edits.add_tag(&[id], "Coast", by).await.unwrap();
    edits.refresh(&[id]).await.unwrap();
    tx.commit().await.unwrap();
    for (text, count) in [("sunrise", 1), ("sunset", 0), ("beach", 0), ("coast", 1)] {
        assert_eq!(found(&world, workspace, text).await.len(), count, "{text}");
    }

    let tx = world.db.begin_in(workspace).await.unwrap();
    tx.edits().set(&[id], &change(None), by).await.unwrap();
    tx.edits().add_tag(&[id], "beach", by).await.unwrap();
    tx.edits().refresh(&[id]).await.unwrap();
    tx.commit().await.unwrap();
    for (text, count) in [("sunrise", 0), ("sunset", 1), ("beach", 1)] {
        assert_eq!(found(&world, workspace, text).await.len(), count, "{text}");
    }
}

/// An asset of a release before this one has no words until the migration has run.
async fn words_of_before_are_made_anew(world: World) {
    let workspace = world.workspace().await;
    let id = asset(
        &world,
        workspace,
        "Before.jpg",
        json!({ "title": "Old" }),
        &[],
    )
    .await;
    let tx = world.db.begin_in(workspace).await.unwrap();
    tx.edits().forget_words(id).await.unwrap();
    tx.commit().await.unwrap();
    assert!(found(&world, workspace, "old").await.is_empty());
    world.db.index_words().await.unwrap();
    assert_eq!(found(&world, workspace, "old").await, ["Before.jpg"]);
}
