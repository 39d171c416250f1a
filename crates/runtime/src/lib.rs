//! What every process has in common: settings, telemetry, signals, the admin port, and services
//! that start in order and stop in reverse.
//!
//! Owns [`main`], [`Service`], [`Shutdown`], [`Admin`] and the sections `[log]`, `[telemetry]`,
//! `[admin]` and `[shutdown]`. Knows no service and no backend: mains hand in a function that
//! builds services from settings.
//!
//! ```ignore
//! fn main() -> ExitCode {
//!     stowage_runtime::main("thumbnailer", async |config: Config, admin| {
//!         let db = backends::database(&config.database, admin).await?;
//!         Ok(vec![thumbnailer::service(config.thumbnailer, Deps { db })])
//!     })
//! }
//! ```

mod admin;
mod arguments;
mod metrics;
mod process;
mod run;
mod service;
mod settings;
mod signals;
mod telemetry;

use std::sync::Arc;

pub use admin::{Admin, Readiness};
pub use process::{main, main_once, main_with, work_once};
pub use run::{RunError, run};
pub use service::{Service, Shutdown};
pub use settings::{
    AdminConfig, FailpointsConfig, LogConfig, LogFormat, RuntimeConfig, ShutdownConfig,
    TelemetryConfig,
};
pub use telemetry::{Telemetry, install_tls_provider};

/// Returns the machine's clock, for `Deps`.
pub fn system_clock() -> Arc<dyn stowage_domain::Clock> {
    Arc::new(stowage_domain::SystemClock)
}

/// Returns the id source of real processes, for `Deps`.
pub fn uuid_v7() -> Arc<dyn stowage_domain::Ids> {
    Arc::new(stowage_domain::UuidV7)
}
