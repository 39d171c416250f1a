//! `stowage user`.

use std::{io::BufRead, process::ExitCode};

use anyhow::{Context, bail};
use clap::Subcommand;
use stowage_db::Scope;
use stowage_secrets::hash_password;

use crate::{
    command::Place,
    data_folder::DataFolder,
    settings::{AllInOneConfig, data_folder},
};

/// The shortest password that is taken.
const SHORTEST: usize = 12;

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Give a person a new password, read from standard input, and sign them out everywhere
    Reset {
        email: String,
        #[command(flatten)]
        place: Place,
    },
}

pub(crate) fn run(command: &UserCommand) -> ExitCode {
    let UserCommand::Reset { email, place } = command;
    let folder = match DataFolder::take(data_folder(place)) {
        Ok(folder) => folder,
        Err(error) => {
            eprintln!("stowage: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    let ended = super::once(place, async |config: AllInOneConfig| {
        reset(&config, email).await
    });
    folder.close();
    ended
}

async fn reset(config: &AllInOneConfig, email: &str) -> anyhow::Result<()> {
    eprintln!("Type the new password (at least {SHORTEST} characters) and press Enter:");
    let mut password = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut password)
        .context("could not read the password")?;
    let password = password.trim_end_matches(['\r', '\n']);
    if password.chars().count() < SHORTEST {
        bail!("the password has fewer than {SHORTEST} characters; choose a longer one");
    }
    let db = stowage_backends::unchecked_database(&config.database).await?;
    let tx = db.begin(Scope::System).await?;
    let email = email.trim().to_lowercase();
    let user = tx
        .users()
        .find_by_email(&email)
        .await?
        .with_context(|| format!("nobody has the address {email}"))?;
    tx.users()
        .set_password(user.id, &hash_password(password)?)
        .await?;
    tx.sessions().delete_of(user.id).await?;
    tx.commit().await?;
    println!("{email} has a new password and is signed out everywhere");
    Ok(())
}
