//! Originals: whole, in part, safely, or not at all.

use reqwest::Method;

use crate::{
    library::Planted,
    on_both_databases,
    person::{Answer, Person},
    storages::connect,
    world::World,
};

on_both_databases!(p24_an_original_comes_whole_or_in_part);

const BYTES: &[u8] = b"0123456789";

async fn planted(media_type: &str, name: &str) -> (World, Person, Planted) {
    let world = World::on_sqlite().await;
    let owner = world.owner().await;
    let storage = connect(&world, &owner).await;
    let workspace = owner.workspace.parse().unwrap();
    let planted = world
        .plant(workspace, storage, name, BYTES, media_type)
        .await;
    (world, owner, planted)
}

async fn ask(
    owner: &Person,
    planted: &Planted,
    method: Method,
    headers: &[(&str, &str)],
) -> Answer {
    let path = owner.path(&format!("/assets/{}/original", planted.asset));
    owner.send(method, &path, headers, None).await
}

async fn p24_an_original_comes_whole_or_in_part(world: World) {
    let owner = world.owner().await;
    let storage = connect(&world, &owner).await;
    let workspace = owner.workspace.parse().unwrap();
    let planted = world
        .plant(workspace, storage, "a.jpg", BYTES, "image/jpeg")
        .await;
    let get = async |headers: &[(&str, &str)]| ask(&owner, &planted, Method::GET, headers).await;

    let whole = get(&[]).await;
    assert_eq!((whole.status, &whole.body[..]), (200, BYTES));
    assert_eq!(whole.header("content-type"), "image/jpeg");
    assert_eq!(whole.header("accept-ranges"), "bytes");
    let etag = whole.header("etag").to_owned();

    for (range, part, stretch) in [
        ("bytes=2-4", &b"234"[..], "bytes 2-4/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=-2", b"89", "bytes 8-9/10"),
        ("bytes=0-99", BYTES, "bytes 0-9/10"),
    ] {
        let answer = get(&[("range", range)]).await;
        assert_eq!((answer.status, &answer.body[..]), (206, part), "{range}");
        assert_eq!(answer.header("content-range"), stretch);
        assert_eq!(answer.header("content-length"), part.len().to_string());
        assert_eq!(answer.header("etag"), etag);
    }
    let past = get(&[("range", "bytes=10-")]).await;
    assert_eq!(
        (past.status, past.problem().as_str()),
        (416, "no-such-range")
    );
    assert_eq!(past.header("content-range"), "bytes */10");
    assert_eq!(
        get(&[("range", "bytes=0-1,3-4")]).await.status,
        200,
        "several are not divided"
    );

    let fresh = get(&[("if-none-match", &etag)]).await;
    assert_eq!((fresh.status, fresh.body.len()), (304, 0));
    let other = get(&[("range", "bytes=2-4"), ("if-range", "\"other\"")]).await;
    assert_eq!((other.status, &other.body[..]), (200, BYTES));

    let head = ask(&owner, &planted, Method::HEAD, &[]).await;
    assert_eq!((head.status, head.header("content-length")), (200, "10"));
    assert_eq!(head.header("etag"), etag);
}

#[tokio::test]
async fn a_file_that_changed_since_it_was_imported_is_not_called_by_its_old_name() {
    let (world, owner, planted) = planted("image/jpeg", "a.jpg").await;
    std::fs::write(world.photos().join("a.jpg"), b"something else").unwrap();

    let whole = ask(&owner, &planted, Method::GET, &[]).await;
    let part = ask(&owner, &planted, Method::GET, &[("range", "bytes=-4")]).await;

    assert_eq!(&whole.body[..], b"something else");
    assert!(!whole.header("etag").contains(&"07".repeat(32)));
    assert_eq!((part.status, &part.body[..]), (206, &b"else"[..]));
    assert_eq!(part.header("content-range"), "bytes 10-13/14");
}

#[tokio::test]
async fn what_might_run_is_only_ever_saved() {
    let octets = "application/octet-stream";
    for (media_type, name, is_shown, sent) in [
        ("image/jpeg", "a.jpg", true, "image/jpeg"),
        ("image/tiff", "a.tif", false, "image/tiff"),
        ("image/svg+xml", "a.svg", false, octets),
        ("text/html", "é\".html", false, octets),
        ("text/javascript", "a.js", false, octets),
        ("application/pdf", "a.pdf", false, octets),
    ] {
        let (_world, owner, planted) = planted(media_type, name).await;
        let answer = ask(&owner, &planted, Method::GET, &[]).await;
        assert_eq!(answer.header("content-type"), sent, "{media_type}");
        let disposition = answer.header("content-disposition").to_owned();
        assert_eq!(
            disposition.starts_with("inline;"),
            is_shown,
            "{disposition}"
        );
        assert_eq!(
            answer.header("content-security-policy"),
            "sandbox; default-src 'none'"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        let path = owner.path(&format!("/assets/{}/original?download=1", planted.asset));
        let saved = owner.send(Method::GET, &path, &[], None).await;
        assert!(
            saved
                .header("content-disposition")
                .starts_with("attachment;")
        );
    }
}

#[tokio::test]
async fn a_file_that_is_gone_is_missing() {
    let (world, owner, planted) = planted("image/jpeg", "a.jpg").await;
    std::fs::remove_file(world.photos().join("a.jpg")).unwrap();

    let answer = ask(&owner, &planted, Method::GET, &[]).await;

    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (404, "original-missing")
    );
}

#[tokio::test]
async fn while_the_spool_has_a_copy_a_lost_file_can_still_be_had() {
    use stowage_db::repo::StagedBlob;
    use stowage_storage::{ObjectPath, WriteMode, bytes_of};

    let (world, owner, planted) = planted("image/jpeg", "a.jpg").await;
    std::fs::remove_file(world.photos().join("a.jpg")).unwrap();
    let workspace = owner.workspace.parse().unwrap();
    let id = world.new_id();
    let blob = StagedBlob {
        id,
        workspace,
        key: format!("w/{workspace}/spool/{id}"),
        size: 10,
    };
    let key = ObjectPath::new(blob.key.clone()).unwrap();
    world
        .deps
        .central
        .write(&key, 10, bytes_of(BYTES), WriteMode::Replace)
        .await
        .unwrap();
    let tx = world.deps.db.begin_in(workspace).await.unwrap();
    tx.spool().insert(&blob).await.unwrap();
    tx.spool().adopt(id, planted.asset, 1).await.unwrap();
    tx.commit().await.unwrap();

    let whole = ask(&owner, &planted, Method::GET, &[]).await;
    let part = ask(&owner, &planted, Method::GET, &[("range", "bytes=-3")]).await;

    assert_eq!((whole.status, &whole.body[..]), (200, BYTES));
    assert_eq!((part.status, &part.body[..]), (206, &b"789"[..]));
}
