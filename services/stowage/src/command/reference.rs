//! `stowage reference`: what is generated and checked in.

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::Subcommand;
use stowage_config::reference;

use crate::settings::EveryConfig;

#[derive(Debug, Subcommand)]
pub(crate) enum ReferenceCommand {
    /// Write config.md, config.schema.json and openapi.json into FOLDER
    Write {
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
    },
}

pub(crate) fn run(command: &ReferenceCommand) -> ExitCode {
    let ReferenceCommand::Write { folder } = command;
    match write(folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stowage: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn write(folder: &PathBuf) -> anyhow::Result<()> {
    fs::create_dir_all(folder)
        .with_context(|| format!("could not make folder {}", folder.display()))?;
    let schema = serde_json::to_string_pretty(&reference::json_schema::<EveryConfig>())?;
    let openapi = stowage_gateway::openapi().to_pretty_json()?;
    let files = [
        ("config.md", reference::markdown::<EveryConfig>()),
        ("config.schema.json", schema + "\n"),
        ("openapi.json", openapi + "\n"),
    ];
    for (name, text) in files {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("could not write {}", path.display()))?;
    }
    Ok(())
}
