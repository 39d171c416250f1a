//! People's edits against what files say, in order, months, tags and facets.

use serde_json::{Value, json};
use stowage_db::repo::{AssetFilter, ImportedFile};
use stowage_domain::{
    AssetId, EditField, FieldChange, Ids, TagOrigin, Timestamp, UserId, UuidV7, WorkspaceId,
};

use super::{World, file, on_both};

on_both!(
    w14_an_edit_survives_every_reading_of_the_file,
    a_date_by_a_person_moves_the_asset_in_the_gallery,
    a_hidden_tag_stays_hidden_until_somebody_adds_it,
    the_same_edit_twice_is_one_edit,
);

async fn asset(world: &World, workspace: WorkspaceId) -> AssetId {
    let id = UuidV7.next().into();
    let tx = world.db.begin_in(workspace).await.unwrap();
    tx.assets().insert(id, &titled("File's")).await.unwrap();
    tx.commit().await.unwrap();
    id
}

fn titled(title: &str) -> ImportedFile {
    ImportedFile {
        metadata: json!({ "title": title, "taken_at_local": "1970-01-01T00:00:01" }).to_string(),
        ..file("a.jpg", 1)
    }
}

fn change(field: EditField, value: Value) -> FieldChange {
    FieldChange::new(field, Some(value).filter(|value| !value.is_null())).unwrap()
}

async fn set(world: &World, workspace: WorkspaceId, id: AssetId, changes: &[FieldChange]) {
    let by = UserId(UuidV7.next());
    let tx = world.db.begin_in(workspace).await.unwrap();
    for change in changes {
        tx.edits().set(&[id], change, by).await.unwrap();
    }
    tx.edits().refresh(&[id]).await.unwrap();
    tx.commit().await.unwrap();
}

/// Returns the month that the asset is in, its tags and the fields that people set.
async fn seen(world: &World, workspace: WorkspaceId, id: AssetId) -> (String, Vec<String>, usize) {
    let tx = world.db.read_in(workspace).await.unwrap();
    let months = tx
        .gallery()
        .timeline(&AssetFilter::default())
        .await
        .unwrap();
    let detail = tx.gallery().find(id).await.unwrap().unwrap();
    assert_eq!(detail.card.sort_at.month(), months[0].month);
    let facets = tx.gallery().facets().await.unwrap();
    let mut names: Vec<String> = facets.tags.into_iter().map(|count| count.name).collect();
    names.sort();
    let mut tags: Vec<String> = detail.tags.into_iter().map(|tag| tag.name).collect();
    tags.sort();
    tags.dedup();
    assert_eq!(names, tags, "facets show what the asset shows");
    (months[0].month.clone(), tags, detail.edits.len())
}

async fn w14_an_edit_survives_every_reading_of_the_file(world: World) {
    let workspace = world.workspace().await;
    let id = asset(&world, workspace).await;
    let edits = [
        change(EditField::Title, json!("Mine")),
        change(EditField::TakenAt, json!("2001-02-03T04:05:06")),
        change(EditField::Rating, json!(4)),
    ];
    set(&world, workspace, id, &edits).await;
    let tx = world.db.begin_in(workspace).await.unwrap();
    tx.edits()
        .add_tag(&[id], "Rome", UserId(UuidV7.next()))
        .await
        .unwrap();
    tx.assets()
        .new_version(id, &titled("Another"))
        .await
        .unwrap();
    let elsewhere = ImportedFile {
        folder_tags: vec!["Paris".into()],
        ..titled("Another")
    };
    tx.assets().moved(id, &elsewhere).await.unwrap();
    tx.commit().await.unwrap();
    let tags = ["Paris", "Rome", "sea"].map(str::to_owned).to_vec();
    assert_eq!(
        seen(&world, workspace, id).await,
        ("2001-02".to_owned(), tags.clone(), 3)
    );

    let tx = world.db.begin_in(workspace).await.unwrap();
    tx.assets().reread(id, &elsewhere).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        seen(&world, workspace, id).await,
        ("2001-02".to_owned(), tags.clone(), 3)
    );

    // Told to let the file win, it does where it says something; twice is once.
    for _ in 0..2 {
        let tx = world.db.begin_in(workspace).await.unwrap();
        tx.assets().reread(id, &elsewhere).await.unwrap();
        let metadata = serde_json::from_str(&elsewhere.metadata).unwrap();
        tx.edits().yield_to_file(id, &metadata).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(
            seen(&world, workspace, id).await,
            ("1970-01".to_owned(), tags.clone(), 1)
        );
    }
}

async fn a_date_by_a_person_moves_the_asset_in_the_gallery(world: World) {
    let workspace = world.workspace().await;
    let id = asset(&world, workspace).await;
    let taken = change(EditField::TakenAt, json!("2020-12-31T23:59:59"));
    set(&world, workspace, id, &[taken]).await;
    assert_eq!(seen(&world, workspace, id).await.0, "2020-12");
    set(
        &world,
        workspace,
        id,
        &[change(EditField::TakenAt, Value::Null)],
    )
    .await;
    assert_eq!(seen(&world, workspace, id).await.0, "1970-01");
    let tx = world.db.read_in(workspace).await.unwrap();
    let card = tx.gallery().find(id).await.unwrap().unwrap().card;
    assert_eq!(card.taken_at, Some(Timestamp::from_seconds(1)));
}

async fn a_hidden_tag_stays_hidden_until_somebody_adds_it(world: World) {
    let workspace = world.workspace().await;
    let id = asset(&world, workspace).await;
    let by = UserId(UuidV7.next());
    let tx = world.db.begin_in(workspace).await.unwrap();
    for _ in 0..2 {
        tx.edits().remove_tag(&[id], "Rome", by).await.unwrap();
        tx.edits()
            .remove_tag(&[id], "never there", by)
            .await
            .unwrap();
    }
    tx.assets().reread(id, &titled("x")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(seen(&world, workspace, id).await.1, ["sea"]);
    let tx = world.db.begin_in(workspace).await.unwrap();
    let by_tag = AssetFilter {
        tags: vec!["Rome".into()],
        ..AssetFilter::default()
    };
    assert!(
        tx.gallery()
            .list(&by_tag, None, 1)
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let hidden = tx.edits().hidden_tags(id).await.unwrap();
    assert_eq!(hidden.len(), 1, "{hidden:?}");
    for _ in 0..2 {
        tx.edits().add_tag(&[id], "Rome", by).await.unwrap();
    }
    let origins = tx.gallery().find(id).await.unwrap().unwrap().tags;
    let origins: Vec<_> = origins.iter().filter(|tag| tag.name == "Rome").collect();
    assert_eq!(
        origins.len(),
        2,
        "the folder's and the person's: {origins:?}"
    );
    assert!(origins.iter().any(|tag| tag.origin == TagOrigin::Person));
    assert!(tx.edits().hidden_tags(id).await.unwrap().is_empty());
}

async fn the_same_edit_twice_is_one_edit(world: World) {
    let workspace = world.workspace().await;
    let id = asset(&world, workspace).await;
    let title = change(EditField::Title, json!("Mine"));
    set(&world, workspace, id, std::slice::from_ref(&title)).await;
    let tx = world.db.read_in(workspace).await.unwrap();
    let first = tx.edits().list(id).await.unwrap();
    drop(tx);
    set(&world, workspace, id, &[title]).await;
    let tx = world.db.read_in(workspace).await.unwrap();
    assert_eq!(
        tx.edits().list(id).await.unwrap(),
        first,
        "who and when stay"
    );
    assert_eq!(first[0].value, "Mine");
}
