use std::{collections::BTreeMap, net::SocketAddr};

use tonic::Code;

use super::*;
use crate::{CallError, ChannelConfig, Transport, channel, check};

/// A server with nothing but health and reflection, on a free port.
struct Served {
    address: SocketAddr,
    soft: CancellationToken,
    server: tokio::task::JoinSet<Result<(), ServeError>>,
}

async fn served() -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let tokens = BTreeMap::from([("ingest".to_owned(), "open sesame".into())]);
    let config = ListenConfig {
        listen: address,
        tokens,
    };
    let soft = CancellationToken::new();
    let mut server = tokio::task::JoinSet::new();
    let until = soft.clone();
    server.spawn(async move {
        serve_on(
            listener,
            &config,
            Routes::default(),
            until,
            CancellationToken::new(),
        )
        .await
    });
    Served {
        address,
        soft,
        server,
    }
}

impl Served {
    fn transport(&self, token: &str) -> Transport {
        let url = format!("http://{}", self.address);
        channel(&ChannelConfig {
            url,
            token: token.into(),
            ..ChannelConfig::default()
        })
        .unwrap()
    }
}

/// Calls a method that no service here has.
async fn call_nothing(transport: Transport) -> Code {
    use tower::ServiceExt;

    let request = http::Request::post("/stowage.nothing.v1.Nothing/Do")
        .header("content-type", "application/grpc")
        .body(tonic::body::Body::empty())
        .unwrap();
    let response: Result<_, CallError> = transport.oneshot(request).await;
    let response = response.unwrap();
    tonic::Status::from_header_map(response.headers()).map_or(Code::Ok, |status| status.code())
}

#[tokio::test]
async fn lets_nobody_in_without_a_known_token() {
    let served = served().await;

    assert_eq!(
        call_nothing(served.transport("")).await,
        Code::Unauthenticated
    );
    assert_eq!(
        call_nothing(served.transport("open")).await,
        Code::Unauthenticated
    );
    assert_eq!(
        call_nothing(served.transport("open sesame")).await,
        Code::Unimplemented
    );
}

#[tokio::test]
async fn answers_health_to_anybody_and_ends_when_asked() {
    let mut served = served().await;
    let transport = served.transport("");
    check(transport.clone()).await.unwrap();

    served.soft.cancel();

    served.server.join_next().await.unwrap().unwrap().unwrap();
    assert!(check(transport).await.is_err());
}

#[tokio::test]
async fn a_call_to_nowhere_is_unavailable() {
    let url = "http://127.0.0.1:1".to_owned();
    let transport = channel(&ChannelConfig {
        url,
        ..ChannelConfig::default()
    })
    .unwrap();

    assert_eq!(
        check(transport).await.unwrap_err().code(),
        Code::Unavailable
    );
}
