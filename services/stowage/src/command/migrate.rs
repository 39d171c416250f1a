//! `stowage migrate`.

use std::process::ExitCode;

use crate::{
    command::Place,
    data_folder::DataFolder,
    settings::{AllInOneConfig, data_folder},
};

pub(crate) fn run(place: &Place) -> ExitCode {
    let folder = match DataFolder::take(data_folder(place)) {
        Ok(folder) => folder,
        Err(error) => {
            eprintln!("stowage: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    let ended = super::once(place, async |config: AllInOneConfig| {
        stowage_backends::migrate(&config.database).await?;
        println!("the database has this version's schema");
        Ok(())
    });
    folder.close();
    ended
}
