//! The library service.

use stowage_proto::library::{
    GetAssetRequest, ListAssetsRequest, ListStoragesRequest,
    library_service_client::LibraryServiceClient,
};
use stowage_rpc::{ChannelConfig, Transport, channel};
use tokio::net::TcpListener;
use tonic::{Code, Request};

use crate::{on_both_databases, person::Person, storages::connect, world::World};

on_both_databases!(
    a_member_looks_and_a_stranger_finds_nothing,
    a_key_looks_where_its_scopes_reach,
);

async fn serve(world: &World) -> LibraryServiceClient<Transport> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (deps, shutdown) = (world.deps.clone(), world.shutdown.clone());
    world.shutdown.spawn("grpc", async move {
        stowage_gateway::serve_grpc(listener, &deps, &shutdown)
            .await
            .unwrap();
    });
    LibraryServiceClient::new(
        channel(&ChannelConfig {
            url,
            ..ChannelConfig::default()
        })
        .unwrap(),
    )
}

fn of<T>(person: &Person, message: T) -> Request<T> {
    let mut request = Request::new(message);
    if let Some(key) = &person.key {
        let value = format!("Bearer {key}").parse().unwrap();
        request.metadata_mut().insert("authorization", value);
    } else if let Some(token) = person
        .cookie
        .as_ref()
        .and_then(|cookie| cookie.split_once('='))
    {
        let value = format!("Bearer {}", token.1).parse().unwrap();
        request.metadata_mut().insert("authorization", value);
    }
    request
}

async fn a_member_looks_and_a_stranger_finds_nothing(world: World) {
    let owner = world.owner().await;
    let storage = connect(&world, &owner).await;
    let workspace = owner.workspace.clone();
    let id = workspace.parse().unwrap();
    let planted = world
        .plant(id, storage, "Rome/a.jpg", b"bytes", "image/jpeg")
        .await;
    world
        .plant(id, storage, "b.jpg", b"bytes", "image/jpeg")
        .await;
    let mut library = serve(&world).await;
    let storages = || ListStoragesRequest {
        workspace_id: workspace.clone(),
    };

    let listed = library
        .list_storages(of(&owner, storages()))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(listed.storages[0].id, storage.to_string());

    let assets = |page_token| ListAssetsRequest {
        workspace_id: workspace.clone(),
        page_size: 1,
        page_token,
    };
    let page = library
        .list_assets(of(&owner, assets(String::new())))
        .await
        .unwrap()
        .into_inner();
    let rest = assets(page.next_page_token.clone());
    let rest = library
        .list_assets(of(&owner, rest))
        .await
        .unwrap()
        .into_inner();
    assert_eq!((page.assets.len(), rest.assets.len()), (1, 1));
    assert_eq!(rest.next_page_token, "");

    let asset = |workspace_id: &str| GetAssetRequest {
        workspace_id: workspace_id.to_owned(),
        asset_id: planted.asset.to_string(),
    };
    let found = library
        .get_asset(of(&owner, asset(&workspace)))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(found.asset.unwrap().tags, ["Rome", "sea"]);

    let stranger = world.stranger().await;
    let refused = library
        .list_storages(of(&stranger, storages()))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    let foreign = asset(&stranger.workspace);
    let refused = library.get_asset(of(&stranger, foreign)).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    let refused = library
        .list_storages(of(&world.nobody(), storages()))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::Unauthenticated);
}

async fn a_key_looks_where_its_scopes_reach(world: World) {
    let owner = world.owner().await;
    let mut library = serve(&world).await;
    for (scope, code) in [
        ("library:read", None),
        ("storages:write", Some(Code::PermissionDenied)),
    ] {
        let body = serde_json::json!({ "name": "Program", "scopes": [scope] });
        let made = owner.post("/api-keys", body).await.with(201);
        let program = Person {
            key: Some(made["key"].as_str().unwrap().to_owned()),
            cookie: None,
            ..owner.clone()
        };
        let storages = || ListStoragesRequest {
            workspace_id: owner.workspace.clone(),
        };
        let answer = library.list_storages(of(&program, storages())).await;
        assert_eq!(answer.err().map(|status| status.code()), code, "{scope}");

        let path = format!("/api-keys/{}", made["api_key"]["id"].as_str().unwrap());
        owner.delete(&path).await.with(204);
        let gone = library.list_storages(of(&program, storages())).await;
        assert_eq!(gone.unwrap_err().code(), Code::Unauthenticated);
    }
}
