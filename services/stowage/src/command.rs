//! The command line.

pub(crate) mod config;
pub(crate) mod doctor;
pub(crate) mod migrate;
pub(crate) mod plan;
pub(crate) mod reference;
pub(crate) mod user;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// A library over the storages you already have.
#[derive(Debug, Parser)]
#[command(name = "stowage", version, about, arg_required_else_help = true)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start Stowage: all six services in this process
    Serve(ServeArguments),
    /// Bring the database to this version's schema, while nothing is running
    Migrate(Place),
    /// Check database, central storage, keys, disk and the decoder, each with a remedy
    Doctor(Place),
    /// Look after people's accounts, while nothing is running
    #[command(subcommand)]
    User(user::UserCommand),
    /// Show and change what workspaces may have, on a running server
    #[command(subcommand)]
    Plan(plan::PlanCommand),
    /// Check the settings
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Write the generated reference: settings, their schema, the API
    #[command(subcommand)]
    Reference(reference::ReferenceCommand),
    /// Decode pictures on behalf of the thumbnailer
    #[command(hide = true)]
    Decode,
}

/// Where the library is.
#[derive(Debug, Clone, Args)]
pub(crate) struct Place {
    /// The folder that holds the catalog, central storage and the keys [default: data]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
    /// Read settings from FILE [default: $STOWAGE_CONFIG, else /etc/stowage/config.toml]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct ServeArguments {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Connect this folder, read-only, and scan it at once
    #[arg(long, value_name = "FOLDER")]
    pub(crate) photos: Option<PathBuf>,
    /// Answer browsers here [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<std::net::SocketAddr>,
}

/// Runs one piece of work with the settings, and says what went wrong if something did.
pub(crate) fn once<F>(place: &Place, work: F) -> std::process::ExitCode
where
    F: AsyncFnOnce(crate::settings::AllInOneConfig) -> anyhow::Result<()>,
{
    stowage_runtime::work_once("stowage", crate::settings::sources(place), work)
}
