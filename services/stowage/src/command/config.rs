//! `stowage config`.

use std::process::ExitCode;

use clap::Subcommand;
use stowage_config::{EXIT_CONFIG, load};
use stowage_runtime::RuntimeConfig;

use crate::{
    command::Place,
    settings::{AllInOneConfig, sources},
};

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Say whether the settings are good, or what is wrong and where it stands
    Check(Place),
}

pub(crate) fn run(command: &ConfigCommand) -> ExitCode {
    let ConfigCommand::Check(place) = command;
    let sources = sources(place);
    let checked = load::<RuntimeConfig>(&sources).and_then(|_| load::<AllInOneConfig>(&sources));
    match checked {
        Ok(_) => {
            println!("the settings are good");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("stowage: {error}");
            ExitCode::from(EXIT_CONFIG)
        }
    }
}
