//! Stowage in one process, and the operator's command line.
//!
//! Adds no logic to the six services: `serve.rs` wires the same libraries that their own mains
//! wire, to SQLite, the in-process bus and a local folder. Each command has its file in
//! `command/`.

mod command;
mod data_folder;
mod photos;
mod serve;
mod settings;

use std::process::ExitCode;

use clap::Parser;
use command::{Command, CommandLine};

fn main() -> ExitCode {
    match CommandLine::parse().command {
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Migrate(place) => command::migrate::run(&place),
        Command::Doctor(place) => command::doctor::run(&place),
        Command::User(user) => command::user::run(&user),
        Command::Plan(plan) => command::plan::run(&plan),
        Command::Config(config) => command::config::run(&config),
        Command::Reference(reference) => command::reference::run(&reference),
        Command::Decode => stowage_media::child_main(),
    }
}
