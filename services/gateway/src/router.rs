//! All that answers HTTP, put together.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderName, HeaderValue, Method, header},
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use stowage_rpc::{ErrorCode, Problem};
use stowage_runtime::Shutdown;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::{
    Deps, GatewayConfig,
    layers::{Origins, SecurityHeaders, observe, same_origin, security_headers},
    openapi::BASE,
    problem::Kind,
    state::Gateway,
    ui,
    upload::tus,
};

/// JSON bodies are small; originals come another way.
const BODY_LIMIT: usize = 256 * 1024;

const NO_ROUTE: Kind = Kind::named(
    ErrorCode::NotFound,
    "no-such-route",
    "There is nothing here",
);
const NO_METHOD: Kind = Kind::named(
    ErrorCode::Invalid,
    "method-not-allowed",
    "This cannot be done with that method",
)
.with_status(axum::http::StatusCode::METHOD_NOT_ALLOWED);

/// Returns everything that answers HTTP. Live events are followed until `shutdown`. Inside a
/// runtime only.
///
/// Serve it with the callers' addresses, by which sign-in is throttled:
/// `router.into_make_service_with_connect_info::<SocketAddr>()`.
pub fn router(config: &GatewayConfig, deps: Deps, shutdown: &Shutdown) -> Router {
    let gateway = Gateway::new(config, deps, shutdown);
    let (api, _) = crate::routes::all().split_for_parts();
    let api = api
        .fallback(no_route)
        .method_not_allowed_fallback(no_method)
        .layer(from_fn_with_state(Origins::of(config), same_origin))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(gateway);
    let mut router = Router::new().nest(BASE, api).fallback(ui::serve);
    if !config.allowed_origins.is_empty() {
        router = router.layer(cors(config));
    }
    router
        .layer(from_fn_with_state(
            SecurityHeaders::of(config),
            security_headers,
        ))
        .layer(from_fn(observe))
}

/// Answers for paths below `/api` that nobody knows.
pub(crate) async fn no_route() -> Problem {
    NO_ROUTE.problem()
}

async fn no_method() -> Response {
    NO_METHOD.problem().into_response()
}

/// Lets the pages of the allowed origins call the API with a session.
fn cors(config: &GatewayConfig) -> CorsLayer {
    let origins = config.allowed_origins.iter();
    let origins = origins.filter_map(|origin| HeaderValue::from_str(origin).ok());
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_credentials(true)
        .allow_methods([
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PATCH,
            Method::DELETE,
        ])
        .allow_headers(sent())
        .expose_headers(answered())
}

/// Headers that pages of other origins may send.
fn sent() -> Vec<HeaderName> {
    let own = [
        header::CONTENT_TYPE,
        header::IF_NONE_MATCH,
        header::RANGE,
        header::IF_RANGE,
        HeaderName::from_static("x-stowage"),
        HeaderName::from_static("last-event-id"),
    ];
    own.into_iter().chain(tus::SENT).collect()
}

/// Headers of answers that they may read.
fn answered() -> Vec<HeaderName> {
    let own = [
        header::ETAG,
        header::CONTENT_RANGE,
        header::CONTENT_DISPOSITION,
        header::ACCEPT_RANGES,
        header::RETRY_AFTER,
    ];
    own.into_iter().chain(tus::ANSWERED).collect()
}
