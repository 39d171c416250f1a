//! Everything that touches the database: entities, migrations, repositories, and the few places
//! where Postgres and SQLite differ (`dialect.rs`).
//!
//! Callers open a transaction in a scope and reach the repositories through it; no signature here
//! names SeaORM. To add a table: a migration, an entity with its writer named in the first line, a
//! repository with the queries, and, where it belongs to a workspace, its line in
//! `migration/row_security.rs`.
//!
//! Times are microseconds since 1970 in UTC, ids are UUIDv7, states are words.

pub mod check;
mod config;
mod connect;
mod dialect;
mod entity;
mod error;
mod job_store;
mod migration;
pub mod repo;
mod tx;

pub use config::DatabaseConfig;
pub use connect::{Database, SchemaState};
pub use error::DbError;
pub use tx::{Scope, Tx};
