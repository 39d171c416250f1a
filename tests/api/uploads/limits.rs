//! What is refused before the first byte, and files in forms.

use reqwest::Method;
use serde_json::Value;
use stowage_db::repo::StagedBlob;
use stowage_domain::Role;

use super::{CSRF, announce, append, begin, cancel, show};
use crate::{
    on_both_databases,
    person::{Answer, Person},
    world::World,
};

on_both_databases!(
    p52_what_is_too_large_or_too_many_is_refused_before_the_first_byte,
    d20_a_workspace_has_no_more_than_its_bytes,
    d10_a_full_spool_takes_no_upload,
    a_form_brings_one_file,
);

async fn p52_what_is_too_large_or_too_many_is_refused_before_the_first_byte(world: World) {
    let owner = world.owner().await;
    let small = world
        .another_gateway(|config| {
            config.upload_max_bytes = 1_000;
            config.upload_max_open = 2;
        })
        .await;
    let owner = Person {
        url: small,
        ..owner
    };
    let large = announce(&owner, 1_001, &[]).await;
    assert_eq!(
        (large.status, large.problem().as_str()),
        (413, "upload-too-large")
    );
    let first = begin(&owner, 1_000).await;
    begin(&owner, 1).await;
    let third = announce(&owner, 1, &[]).await;
    assert_eq!(
        (third.status, third.problem().as_str()),
        (429, "too-many-uploads")
    );
    // Others have their own, and who finishes or cancels may go on.
    let other = world.join(&owner.workspace, Role::Contributor).await;
    let other = Person {
        url: owner.url.clone(),
        ..other
    };
    begin(&other, 1).await;
    cancel(&owner, &first).await;
    begin(&owner, 1).await;
}

async fn d20_a_workspace_has_no_more_than_its_bytes(world: World) {
    let owner = world.owner().await;
    let url = world
        .another_gateway(|config| config.workspace_bytes = 100)
        .await;
    let owner = Person { url, ..owner };
    let id = begin(&owner, 60).await;
    // What is announced counts already, so that two at once do not pass.
    let more = announce(&owner, 41, &[]).await;
    assert_eq!(
        (more.status, more.problem().as_str()),
        (403, "quota-used-up")
    );
    begin(&owner, 40).await;
    cancel(&owner, &id).await;
    begin(&owner, 60).await;
}

async fn d10_a_full_spool_takes_no_upload(world: World) {
    let owner = world.owner().await;
    let url = world.another_gateway_with_spool(1_000).await;
    let owner = Person { url, ..owner };
    let id = begin(&owner, 100).await;
    let workspace = owner.workspace.parse().unwrap();
    let tx = world.deps.db.begin_in(workspace).await.unwrap();
    let copy = StagedBlob {
        id: world.new_id(),
        workspace,
        key: "w/x/spool/y".to_owned(),
        size: 850,
    };
    tx.spool().insert(&copy).await.unwrap();
    tx.commit().await.unwrap();
    // 850 of 1,000: one more byte is fine, and pieces of uploads count too.
    let last = begin(&owner, 60).await;
    assert_eq!(append(&owner, &last, 0, vec![1; 50], &[]).await.status, 204);
    let full = announce(&owner, 1, &[]).await;
    assert_eq!((full.status, full.problem().as_str()), (507, "spool-full"));
    assert_eq!(full.header("retry-after"), "30");
    // What was admitted goes on.
    assert_eq!(append(&owner, &id, 0, vec![1; 100], &[]).await.status, 204);
}

#[tokio::test]
async fn who_may_only_look_sends_nothing() {
    let world = World::on_sqlite().await;
    let owner = world.owner().await;
    let viewer = world.join(&owner.workspace, Role::Viewer).await;
    let refused = announce(&viewer, 5, &[]).await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (403, "forbidden")
    );
    let refused = form(&viewer, &[("file", Some("a.jpg"), "hello")]).await;
    assert_eq!(refused.status, 403);
}

const BOUNDARY: &str = "------------------------d74496d66958873e";

/// Sends a form as curl does.
async fn form(person: &Person, fields: &[(&str, Option<&str>, &str)]) -> Answer {
    let part = |(name, file, value): &(&str, Option<&str>, &str)| {
        let file = file.map_or_else(String::new, |file| {
            format!("; filename=\"{file}\"\r\nContent-Type: image/jpeg")
        });
        format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n"
        )
    };
    let parts: String = fields.iter().map(part).collect();
    let body = format!("{parts}--{BOUNDARY}--\r\n");
    let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
    let headers = [CSRF, ("content-type", content_type.as_str())];
    let path = person.path("/uploads/files");
    person.send_bytes(Method::POST, &path, &headers, body).await
}

async fn a_form_brings_one_file(world: World) {
    let owner = world.owner().await;
    let fields = [
        ("folder", None, "2024/Rome"),
        ("last_modified", None, "1714737600000"),
        ("file", Some("a.jpg"), "hello"),
    ];
    let upload = form(&owner, &fields).await.with(201);
    assert_eq!(upload["state"], "complete");
    assert_eq!(upload["size"], 5);
    assert_eq!(upload["folder"], "2024/Rome");
    let id = upload["id"].as_str().unwrap();
    assert_eq!(show(&owner, id).await, upload);

    // More than the other routes take, in more than one read.
    let large = "x".repeat(1 << 20);
    let upload = form(&owner, &[("file", Some("b.bin"), &large)])
        .await
        .with(201);
    assert_eq!(upload["size"], 1 << 20);

    for fields in [
        &[("file", None, "hello")][..],
        &[("file", Some("a.jpg"), "a"), ("file", Some("b.jpg"), "b")],
        &[],
    ] {
        assert_eq!(form(&owner, fields).await.status, 400, "{fields:?}");
    }
    let path = owner.path("/uploads/files");
    let plain = [CSRF, ("content-type", "image/jpeg")];
    let answer = owner.send_bytes(Method::POST, &path, &plain, "hello").await;
    assert_eq!(answer.status, 400);
    let listed = owner.get("/uploads").await.with(200);
    let states: Vec<&Value> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|upload| &upload["state"])
        .collect();
    assert_eq!(states, ["cancelled", "complete", "complete"]);
}
