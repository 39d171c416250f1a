//! `stowage doctor`: what could keep a library from working, each with its remedy.

use std::{path::Path, process::ExitCode};

use stowage_backends as backends;
use stowage_db::{SchemaState, Scope, check::Check};
use stowage_media::{Decoder, DecoderOptions, find_heif_program};

use crate::{
    command::Place,
    settings::{AllInOneConfig, data_folder},
};

/// One thing looked at.
struct Finding {
    name: &'static str,
    /// What was seen when it is well, else what is wrong and what to do.
    verdict: Result<String, (String, &'static str)>,
}

pub(crate) fn run(place: &Place) -> ExitCode {
    super::once(place, async |config: AllInOneConfig| {
        let findings = [
            database(&config).await,
            checks(&config).await,
            central(&config).await,
            keys(&config, data_folder(place)),
            decoder().await,
            heif(&config),
            orphans(&config).await,
            backup(&config).await,
        ];
        let mut sick = 0;
        for finding in &findings {
            match &finding.verdict {
                Ok(seen) => println!("ok      {:<10} {seen}", finding.name),
                Err((wrong, remedy)) => {
                    sick += 1;
                    println!(
                        "WRONG   {:<10} {wrong}\n        {:<10} {remedy}",
                        finding.name, ""
                    );
                }
            }
        }
        anyhow::ensure!(
            sick == 0,
            "{sick} of {} checks found something wrong",
            findings.len()
        );
        Ok(())
    })
}

async fn database(config: &AllInOneConfig) -> Finding {
    let look = async {
        let db = backends::unchecked_database(&config.database).await?;
        let damage = db.quick_check().await?;
        anyhow::Ok((db.schema().await?, damage))
    };
    let verdict = match look.await {
        Ok((_, Some(damage))) => Err((
            format!("the catalog is damaged: {damage}"),
            "Restore the last backup.",
        )),
        Ok((SchemaState::Ready, None)) => Ok("the catalog answers and is sound".into()),
        Ok((SchemaState::Behind, None)) => Err((
            "the catalog has the schema of an older version, or none".into(),
            "Start `stowage serve`, or run `stowage migrate`.",
        )),
        Err(error) => Err((
            format!("{error:#}"),
            "Check database.url and that its place exists.",
        )),
    };
    Finding {
        name: "database",
        verdict,
    }
}

/// Runs every check of the catalog, the thorough ones too. Names the first that finds something.
async fn checks(config: &AllInOneConfig) -> Finding {
    let look = async {
        let db = backends::unchecked_database(&config.database).await?;
        anyhow::ensure!(
            db.schema().await? == SchemaState::Ready,
            "the schema is not that of this version"
        );
        let mut found = Vec::new();
        for check in Check::all() {
            let tx = db.read(Scope::System).await?;
            let count = tx.violations(check).await?;
            if count > 0 {
                found.push((check, count));
            }
        }
        anyhow::Ok(found)
    };
    let verdict = match look.await {
        Ok(found) => match found.first() {
            None => Ok(format!(
                "{} checks of the catalog find nothing wrong",
                Check::all().count()
            )),
            Some((first, _)) => {
                let list: Vec<String> = found
                    .iter()
                    .map(|(check, count)| format!("{} ({count}): {}", check.name, check.means))
                    .collect();
                Err((list.join(" "), first.remedy))
            }
        },
        Err(error) => Err((
            format!("the catalog could not be checked: {error:#}"),
            "Start `stowage serve`, or run `stowage migrate`.",
        )),
    };
    Finding {
        name: "checks",
        verdict,
    }
}

async fn central(config: &AllInOneConfig) -> Finding {
    let look = async {
        let central = backends::central_unchecked(&config.central)?;
        central.identify().await?;
        anyhow::Ok(central.usage().await?)
    };
    let verdict = match look.await {
        Ok(usage) => match usage.free_bytes {
            Some(free) if free < 1 << 30 => Err((
                format!("central storage has {} MiB left", free >> 20),
                "Make room: imports stop when it is full.",
            )),
            Some(free) => Ok(format!("central storage answers, {} GiB free", free >> 30)),
            None => Ok("central storage answers".into()),
        },
        Err(error) => Err((format!("{error:#}"), "Check the settings of [central].")),
    };
    Finding {
        name: "central",
        verdict,
    }
}

fn keys(config: &AllInOneConfig, data: &Path) -> Finding {
    let verdict = match backends::keys(&config.keys) {
        Ok(_) => Ok(format!(
            "the key is there; keep a copy of {} in another place",
            data.join("keys").display()
        )),
        Err(error) => Err((format!("{error:#}"), "Restore the key file from its copy.")),
    };
    Finding {
        name: "keys",
        verdict,
    }
}

async fn decoder() -> Finding {
    let look = async {
        let program = std::env::current_exe()?;
        let report = Decoder::new(DecoderOptions::new(program)).probe().await?;
        anyhow::Ok(report)
    };
    let verdict = match look.await {
        Ok(report) if report.is_complete() => Ok("the decoder starts, and is locked in".into()),
        Ok(report) => {
            let missing: Vec<_> = report
                .missing()
                .iter()
                .map(|(name, why)| format!("{name} ({why})"))
                .collect();
            Ok(format!(
                "the decoder starts; this kernel does not offer {}",
                missing.join(", ")
            ))
        }
        Err(error) => Err((
            format!("{error:#}"),
            "Check that this program may start itself.",
        )),
    };
    Finding {
        name: "decoder",
        verdict,
    }
}

/// Without the helper a library works all the same, so that this is never wrong.
fn heif(config: &AllInOneConfig) -> Finding {
    let found = find_heif_program(&config.thumbnailer.heif_program);
    let verdict = Ok(match found {
        Some(program) => format!("HEIC and AVIF are converted by {}", program.display()),
        None => "HEIC and AVIF are not shown: heif-convert is not installed (Debian and Ubuntu: \
                 apt install libheif-examples)"
            .into(),
    });
    Finding {
        name: "heif",
        verdict,
    }
}

/// What no row knows keeps nothing from working, so that this is never wrong.
async fn orphans(config: &AllInOneConfig) -> Finding {
    let look = async {
        let db = backends::unchecked_database(&config.database).await?;
        let tx = db.read(Scope::System).await?;
        anyhow::Ok(tx.orphans().last().await?)
    };
    let seen = match look.await {
        Ok(Some(report)) if report.orphans == 0 => {
            format!(
                "all {} objects in central storage are known",
                report.objects
            )
        }
        Ok(Some(report)) => format!(
            "{} objects in central storage belong to no row ({} MiB), as of {}; they are left alone",
            report.orphans,
            report.bytes >> 20,
            report.began_at.to_rfc3339()
        ),
        Ok(None) => "nobody has looked for unknown objects in central storage yet".into(),
        Err(_) => "the catalog does not say whether objects in central storage are unknown".into(),
    };
    Finding {
        name: "orphans",
        verdict: Ok(seen),
    }
}

/// Wrong where the place does not answer, or is another than before.
async fn backup(config: &AllInOneConfig) -> Finding {
    let look = async {
        let Some(place) = backends::cold_backup(&config.cold_backup, &config.central)? else {
            return anyhow::Ok(None);
        };
        let identity = place.identify().await?.0;
        let db = backends::unchecked_database(&config.database).await?;
        let tx = db.read(Scope::System).await?;
        let known = tx.backups().place().await?.and_then(|place| place.identity);
        anyhow::ensure!(
            known.is_none_or(|known| known == identity),
            "another place answers than the one that has been copied to"
        );
        anyhow::Ok(Some(tx.backups().behind().await?))
    };
    let verdict = match look.await {
        Ok(None) => Ok("there is no cold backup of central storage".into()),
        Ok(Some(behind)) if behind.unreadable > 0 => Err((
            format!(
                "{} originals in central storage are lost or damaged, and have no copy",
                behind.unreadable
            ),
            "The log names them; see the operations page on the cold backup.",
        )),
        Ok(Some(behind)) => Ok(format!(
            "the cold backup answers; {} originals ({} MiB) wait to be copied",
            behind.objects,
            behind.bytes >> 20
        )),
        Err(error) => Err((
            format!("the cold backup does not work: {error:#}"),
            "Mount it, or check the settings of [cold_backup].",
        )),
    };
    Finding {
        name: "backup",
        verdict,
    }
}
