//! Renditions, which browsers keep for good.

use reqwest::Method;

use crate::{storages::connect, world::World};

#[tokio::test]
async fn a_rendition_is_kept_for_good() {
    let world = World::on_sqlite().await;
    let owner = world.owner().await;
    let storage = connect(&world, &owner).await;
    let workspace = owner.workspace.parse().unwrap();
    let planted = world
        .plant(workspace, storage, "a.jpg", b"bytes", "image/jpeg")
        .await;
    let path = owner.path(&format!("/renditions/{}/preview.jpg", planted.content_key));

    let answer = owner.send(Method::GET, &path, &[], None).await;
    assert_eq!((answer.status, &answer.body[..]), (200, &b"jpeg"[..]));
    assert_eq!(answer.header("content-type"), "image/jpeg");
    assert_eq!(
        answer.header("cache-control"),
        "private, max-age=31536000, immutable"
    );
    let etag = answer.header("etag").to_owned();
    let fresh = owner
        .send(Method::GET, &path, &[("if-none-match", &etag)], None)
        .await;
    assert_eq!((fresh.status, fresh.body.len()), (304, 0));
    let head = owner.send(Method::HEAD, &path, &[], None).await;
    assert_eq!((head.status, head.header("content-length")), (200, "4"));

    for path in [
        "/renditions/0000-1/preview.jpg",
        "/renditions/..%2f..%2fx/preview.jpg",
        &format!("/renditions/{}/original.jpg", planted.content_key),
        &format!("/renditions/{}/preview.png", planted.content_key),
    ] {
        assert_eq!(owner.get(path).await.status, 404, "{path}");
    }
}
