//! tus 1.0, request by request.

use std::time::Duration;

use futures::{StreamExt, stream};
use reqwest::Method;
use serde_json::json;
use sha2::{Digest, Sha256};
use stowage_db::{Scope, repo::AuditFilter};
use stowage_domain::{CHUNK_BYTES, JobState, Role, UploadId};
use stowage_storage::ObjectPath;
use stowage_tests::eventually;

use super::{BYTES, CSRF, TUS, announce, append, ask, begin, cancel, metadata, offset, show};
use crate::{on_both_databases, person::Person, world::World};

on_both_databases!(
    p22_an_upload_is_complete_when_its_last_byte_is_durable,
    an_offset_moves_once_whoever_asks,
    two_gateways_take_turns,
    a_cancelled_upload_takes_nothing_more,
    an_upload_that_nobody_goes_on_with_expires,
);

fn upload_id(id: &str) -> UploadId {
    id.parse().unwrap()
}

async fn p22_an_upload_is_complete_when_its_last_byte_is_durable(world: World) {
    let owner = world.owner().await;
    let id = begin(&owner, 11).await;
    assert_eq!(offset(&owner, &id).await, 0);
    assert_eq!(show(&owner, &id).await["state"], "receiving");

    let first = append(&owner, &id, 0, "hello ", &[]).await;
    assert_eq!((first.status, first.header("upload-offset")), (204, "6"));
    assert!(first.header("upload-expires").ends_with(" GMT"));
    assert_eq!(offset(&owner, &id).await, 6);

    let last = append(&owner, &id, 6, "world", &[]).await;
    assert_eq!((last.status, last.header("upload-offset")), (204, "11"));
    assert_eq!(last.header("upload-expires"), "");
    assert_eq!(show(&owner, &id).await["state"], "complete");

    let tx = world
        .deps
        .db
        .read_in(owner.workspace.parse().unwrap())
        .await
        .unwrap();
    let chunks = tx.upload_chunks().of_upload(upload_id(&id)).await.unwrap();
    let queued = tx.jobs().list(JobState::Queued, None, 10).await.unwrap();
    drop(tx);
    let mut whole = Vec::new();
    for chunk in &chunks {
        assert!(
            chunk
                .key
                .starts_with(&format!("w/{}/spool/", owner.workspace))
        );
        let path = ObjectPath::new(chunk.key.clone()).unwrap();
        let read = world.deps.central.read(&path, None).await.unwrap();
        let bytes = read.into_bytes(100).await.unwrap();
        assert_eq!(chunk.sha256, Sha256::digest(&bytes).to_vec());
        whole.extend_from_slice(&bytes);
    }
    assert_eq!(whole, b"hello world");
    assert_eq!(queued.items[0].kind, "import-upload");

    // Asking once more is harmless; sending more is not taken.
    assert_eq!(append(&owner, &id, 11, "", &[]).await.status, 204);
    let more = append(&owner, &id, 11, "!", &[]).await;
    assert_eq!(
        (more.status, more.problem().as_str()),
        (413, "upload-too-long")
    );
}

async fn an_offset_moves_once_whoever_asks(world: World) {
    let owner = world.owner().await;
    let id = begin(&owner, 100).await;
    for at in [0, 10, 20] {
        let tries = ["aaaaaaaaaa", "bbbbbbbbbb", "cccccccccc"];
        let tries = tries.map(|bytes| append(&owner, &id, at, bytes, &[]));
        let answers = futures::future::join_all(tries).await;
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 409, 409]);
        let lost = answers.iter().find(|answer| answer.status == 409).unwrap();
        assert_eq!(lost.problem(), "upload-offset");
        assert_eq!(offset(&owner, &id).await, at + 10);
    }
    let tx = world
        .deps
        .db
        .read_in(owner.workspace.parse().unwrap())
        .await
        .unwrap();
    let chunks = tx.upload_chunks().of_upload(upload_id(&id)).await.unwrap();
    assert_eq!(chunks.len(), 3, "those that lost are no part of it");
}

async fn two_gateways_take_turns(world: World) {
    let owner = world.owner().await;
    let other = world.another_gateway(|_| {}).await;
    let there = Person {
        url: other,
        ..owner.clone()
    };
    let text: Vec<u8> = (0..40_000u32).flat_map(u32::to_le_bytes).collect();
    let id = begin(&owner, text.len() as u64).await;
    let mut at = 0;
    for (turn, part) in text.chunks(9_999).enumerate() {
        let (sends, asks) = if turn % 2 == 0 {
            (&owner, &there)
        } else {
            (&there, &owner)
        };
        assert_eq!(append(sends, &id, at, part.to_vec(), &[]).await.status, 204);
        at += part.len() as u64;
        assert_eq!(offset(asks, &id).await, at);
    }
    assert_eq!(show(&there, &id).await["state"], "complete");
}

async fn a_cancelled_upload_takes_nothing_more(world: World) {
    let owner = world.owner().await;
    let id = begin(&owner, 10).await;
    append(&owner, &id, 0, "hello", &[]).await;
    assert_eq!(cancel(&owner, &id).await.status, 204);

    let after = append(&owner, &id, 5, "world", &[]).await;
    assert_eq!(
        (after.status, after.problem().as_str()),
        (410, "upload-gone")
    );
    assert_eq!(ask(&owner, &id).await.status, 410);
    assert_eq!(cancel(&owner, &id).await.status, 410);
    assert_eq!(show(&owner, &id).await["state"], "cancelled");

    let tx = world
        .deps
        .db
        .read_in(owner.workspace.parse().unwrap())
        .await
        .unwrap();
    let of = AuditFilter {
        subject_id: Some(upload_id(&id).0),
        ..AuditFilter::default()
    };
    let acts = tx.audit().list(&of, None, 10).await;
    let acts = acts.unwrap().items;
    assert_eq!(acts.len(), 1);
    assert_eq!(acts[0].action.as_str(), "upload.cancelled");
    assert_eq!(acts[0].detail, json!({ "bytes": 5, "size": 10 }));
    drop(tx);

    // What is acknowledged is not taken back this way.
    let id = begin(&owner, 5).await;
    append(&owner, &id, 0, "hello", &[]).await;
    let late = cancel(&owner, &id).await;
    assert_eq!(
        (late.status, late.problem().as_str()),
        (409, "upload-complete")
    );
}

async fn an_upload_that_nobody_goes_on_with_expires(world: World) {
    let owner = world.owner().await;
    let (id, complete) = (begin(&owner, 10).await, begin(&owner, 5).await);
    append(&owner, &complete, 0, "hello", &[]).await;
    let now = world.deps.clock.now();
    for (later, expired) in [(1, 0), (72 * 3_600 + 60, 1), (72 * 3_600 + 60, 0)] {
        let tx = world.deps.db.begin(Scope::System).await.unwrap();
        let at = now + Duration::from_secs(later);
        assert_eq!(tx.uploads().expire(at, 10).await.unwrap(), expired);
        tx.commit().await.unwrap();
    }
    assert_eq!(ask(&owner, &id).await.status, 410);
    assert_eq!(append(&owner, &id, 0, "hello", &[]).await.status, 410);
    assert_eq!(show(&owner, &complete).await["state"], "complete");
}

#[tokio::test]
async fn what_broke_off_goes_on_after_its_last_whole_piece() {
    let world = World::on_sqlite().await;
    let owner = world.owner().await;
    let size = 2 * CHUNK_BYTES + 1_000;
    let id = begin(&owner, size).await;
    // The line goes dead two megabytes into the second piece.
    let block = bytes::Bytes::from(vec![7; 1 << 20]);
    let blocks = stream::iter((0..18).map(move |_| Ok(block.clone())));
    let dead = stream::once(async { Err(std::io::Error::other("the line goes dead")) });
    let body = reqwest::Body::wrap_stream(blocks.chain(dead));
    let path = owner.path(&format!("/uploads/{id}"));
    let request = owner
        .http
        .patch(format!("{}{path}", owner.url))
        .header("cookie", owner.cookie.clone().unwrap())
        .header(TUS.0, TUS.1)
        .header(CSRF.0, CSRF.1)
        .header(BYTES.0, BYTES.1)
        .header("upload-offset", "0")
        .body(body);
    assert!(request.send().await.is_err());
    let within = Duration::from_secs(20);
    let at = eventually("a piece is durable", within, async || {
        match offset(&owner, &id).await {
            0 => Err("nothing yet".to_owned()),
            at => Ok(at),
        }
    })
    .await;
    assert_eq!(at, CHUNK_BYTES);
    let rest = vec![7; (size - at) as usize];
    assert_eq!(append(&owner, &id, at, rest, &[]).await.status, 204);
    assert_eq!(show(&owner, &id).await["state"], "complete");
}

#[tokio::test]
async fn a_body_larger_than_the_limit_of_other_routes_is_taken() {
    let world = World::on_sqlite().await;
    let owner = world.owner().await;
    let id = begin(&owner, 3 << 20).await;
    let answer = append(&owner, &id, 0, vec![1; 3 << 20], &[]).await;
    assert_eq!(answer.status, 204);
}

#[tokio::test]
async fn a_wrong_checksum_leaves_the_upload_as_it_was() {
    let world = World::on_sqlite().await;
    let owner = world.owner().await;
    let id = begin(&owner, 10).await;
    let wrong = ("upload-checksum", "sha1 AAAAHdzF6KLavt4PO0gs2a6pQ00=");
    let answer = append(&owner, &id, 0, "hello", &[wrong]).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (460, "checksum-mismatch")
    );
    assert_eq!(offset(&owner, &id).await, 0);

    let sha1 = ("upload-checksum", "sha1 qvTGHdzF6KLavt4PO0gs2a6pQ00=");
    assert_eq!(append(&owner, &id, 0, "hello", &[sha1]).await.status, 204);
    let sha256 = (
        "upload-checksum",
        "sha256 LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",
    );
    assert_eq!(append(&owner, &id, 5, "hello", &[sha256]).await.status, 204);

    let id = begin(&owner, 10).await;
    let odd = ("upload-checksum", "md5 XUFAKrxLKna5cZ2REBfFkg==");
    assert_eq!(append(&owner, &id, 0, "hello", &[odd]).await.status, 400);
}

#[tokio::test]
async fn the_first_bytes_may_come_along() {
    let world = World::on_sqlite().await;
    let owner = world.owner().await;
    let path = owner.path("/uploads");
    let headers = [TUS, CSRF, BYTES, ("upload-length", "11")];
    let answer = owner
        .send_bytes(Method::POST, &path, &headers, "hello ")
        .await;
    assert_eq!((answer.status, answer.header("upload-offset")), (201, "6"));
    let id = answer.header("location").rsplit('/').next().unwrap();
    assert_eq!(append(&owner, id, 6, "world", &[]).await.status, 204);

    let headers = [TUS, CSRF, BYTES, ("upload-length", "3")];
    let long = owner
        .send_bytes(Method::POST, &path, &headers, "hello ")
        .await;
    assert_eq!(long.status, 413);

    // A file of no bytes is complete when it begins.
    let id = begin(&owner, 0).await;
    assert_eq!(show(&owner, &id).await["state"], "complete");
}

#[tokio::test]
async fn what_was_said_about_a_file_is_told_again() {
    let world = World::on_sqlite().await;
    let owner = world.owner().await;
    let said = metadata(&[
        ("filename", "../../b\u{202e}gpj.exe"),
        ("relativePath", "../2024/./Rome\0/x.jpg"),
        ("anything", "else"),
    ]);
    let answer = announce(&owner, 5, &[("upload-metadata", &said)]).await;
    let id = answer.header("location").rsplit('/').next().unwrap();
    let asked = ask(&owner, id).await;
    assert_eq!(asked.header("upload-metadata"), said);
    assert_eq!(asked.header("upload-length"), "5");
    assert_eq!(asked.header("cache-control"), "no-store");
    assert_eq!(asked.header("tus-resumable"), "1.0.0");
    let shown = show(&owner, id).await;
    assert_eq!(shown["name"], "bgpj.exe");
    assert_eq!(shown["folder"], "2024/Rome");

    let empty = announce(&owner, 5, &[("upload-metadata", "")]).await;
    assert_eq!(empty.status, 201);
    let bad = announce(&owner, 5, &[("upload-metadata", "filename !!")]).await;
    assert_eq!(bad.status, 400);
}

#[tokio::test]
async fn a_server_says_what_it_can_do_to_anybody() {
    let world = World::on_sqlite().await;
    let owner = world.owner().await;
    for rest in ["/uploads", "/uploads/00000000-0000-0000-0000-000000000000"] {
        let path = owner.path(rest);
        let answer = world.nobody().send(Method::OPTIONS, &path, &[], None).await;
        assert_eq!(answer.status, 204);
        assert_eq!(answer.header("tus-version"), "1.0.0");
        assert_eq!(
            answer.header("tus-extension"),
            "creation,creation-with-upload,checksum,expiration,termination"
        );
        assert_eq!(answer.header("tus-max-size"), "10737418240");
        assert_eq!(answer.header("tus-checksum-algorithm"), "sha256,sha1");
    }
}

#[tokio::test]
async fn who_speaks_otherwise_is_told_how() {
    let world = World::on_sqlite().await;
    let owner = world.owner().await;
    let id = begin(&owner, 5).await;
    let path = owner.path(&format!("/uploads/{id}"));
    let send = async |headers: &[(&str, &str)]| {
        owner
            .send_bytes(Method::PATCH, &path, headers, "hello")
            .await
    };
    let start = ("upload-offset", "0");
    let old = send(&[("tus-resumable", "0.2.2"), CSRF, BYTES, start]).await;
    assert_eq!((old.status, old.problem().as_str()), (412, "tus-version"));
    assert_eq!(old.header("tus-version"), "1.0.0");
    let untyped = send(&[TUS, CSRF, ("content-type", "image/jpeg"), start]).await;
    assert_eq!(
        (untyped.status, untyped.problem().as_str()),
        (415, "upload-content-type")
    );
    assert_eq!(send(&[TUS, CSRF, BYTES]).await.status, 400);
    assert_eq!(
        send(&[TUS, CSRF, BYTES, ("upload-offset", "-1")])
            .await
            .status,
        400
    );
    let elsewhere = send(&[TUS, CSRF, BYTES, ("upload-offset", "3")]).await;
    assert_eq!(elsewhere.status, 409);
    let deferred = announce(&owner, 5, &[("upload-defer-length", "1")]).await;
    assert_eq!(deferred.status, 400);
    assert_eq!(offset(&owner, &id).await, 0);
}

#[tokio::test]
async fn post_stands_for_what_does_not_come_through() {
    let world = World::on_sqlite().await;
    let owner = world.owner().await;
    let id = begin(&owner, 10).await;
    let url = format!("{}{}", owner.url, owner.path(&format!("/uploads/{id}")));
    let post = async |method: &str, csrf: &str| {
        let request = owner
            .http
            .post(&url)
            .header("cookie", owner.cookie.clone().unwrap())
            .header("x-http-method-override", method)
            .header(csrf, "1")
            .header(TUS.0, TUS.1)
            .header(BYTES.0, BYTES.1)
            .header("upload-offset", "0");
        request
            .body("hello")
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    assert_eq!(post("PATCH", "x-something").await, 403);
    assert_eq!(post("PATCH", CSRF.0).await, 204);
    assert_eq!(offset(&owner, &id).await, 5);
    assert_eq!(post("GET", CSRF.0).await, 405);
    assert_eq!(post("DELETE", CSRF.0).await, 204);
    assert_eq!(ask(&owner, &id).await.status, 410);
}

#[tokio::test]
async fn other_sites_send_nothing_and_programs_need_only_their_key() {
    let world = World::on_sqlite().await;
    let owner = world.owner().await;
    let path = owner.path("/uploads");
    let headers = [TUS, ("upload-length", "5")];
    let foreign = owner.send(Method::POST, &path, &headers, None).await;
    assert_eq!(
        (foreign.status, foreign.problem().as_str()),
        (403, "foreign-origin")
    );

    let new = json!({ "name": "A program", "scopes": ["library:write"] });
    let key = owner.post("/api-keys", new).await.with(201);
    let program = Person {
        cookie: None,
        key: key["key"].as_str().map(str::to_owned),
        ..owner.clone()
    };
    let begun = program.send(Method::POST, &path, &headers, None).await;
    assert_eq!(
        begun.status,
        201,
        "{}",
        String::from_utf8_lossy(&begun.body)
    );
    let id = begun.header("location").rsplit('/').next().unwrap();
    assert_eq!(append(&program, id, 0, "hello", &[]).await.status, 204);
}

#[tokio::test]
async fn an_upload_is_its_senders_alone() {
    let world = World::on_sqlite().await;
    let owner = world.owner().await;
    let contributor = world.join(&owner.workspace, Role::Contributor).await;
    let id = begin(&contributor, 5).await;
    assert_eq!(ask(&owner, &id).await.status, 404);
    assert_eq!(append(&owner, &id, 0, "hello", &[]).await.status, 404);
    assert_eq!(cancel(&owner, &id).await.status, 404);
    let listed = owner.get("/uploads").await.with(200);
    assert_eq!(listed["items"], json!([]));
    let listed = contributor.get("/uploads").await.with(200);
    assert_eq!(listed["items"][0]["id"], id);
    assert_eq!(append(&contributor, &id, 0, "hello", &[]).await.status, 204);
}
