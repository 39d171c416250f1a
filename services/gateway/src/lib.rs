//! The public door: REST and live events for browsers and programs, the web UI, and gRPC for
//! internal clients.
//!
//! Owns the REST interface and its OpenAPI description ([`openapi`]), sessions and roles, the
//! answers' headers, and the section `[gateway]`. Does not own what it shows: it reads the
//! catalog, writes settings and jobs there, and reaches customers' storages only through the
//! storage connector.
//!
//! To add an endpoint: see [`routes`](crate) in `routes.rs`.

mod auth;
mod config;
mod connector;
mod events;
mod extract;
mod grpc;
mod http_file;
mod layers;
mod openapi;
mod plan;
mod problem;
mod router;
mod routes;
mod service;
mod setup_link;
mod state;
mod ui;
mod upload;
mod wire;

pub use config::{GatewayConfig, SecureCookie};
pub use grpc::serve_on as serve_grpc;
pub use openapi::{Route, openapi, routes};
pub use router::router;
pub use service::{serve, service};
pub use setup_link::{log_owner_link, owner_link};
pub use state::Deps;
