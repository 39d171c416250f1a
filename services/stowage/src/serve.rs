//! `stowage serve`: the six services in one process.

use std::process::ExitCode;

use stowage_backends as backends;
use stowage_config::env;
use stowage_db::Database;
use stowage_runtime::{Admin, Service};
use stowage_storage_client::StorageClient;
use tracing::{error, info};

use crate::{
    command::ServeArguments,
    data_folder::DataFolder,
    photos,
    settings::{AllInOneConfig, data_folder, sources},
};

pub(crate) fn run(arguments: &ServeArguments) -> ExitCode {
    let folder = match DataFolder::take(data_folder(&arguments.place)) {
        Ok(folder) => folder,
        Err(error) => {
            eprintln!("stowage: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    let mut sources = sources(&arguments.place);
    if let Some(listen) = arguments.listen {
        sources = sources.with_variable("STOWAGE_GATEWAY__LISTEN", &listen.to_string());
        if env("STOWAGE_GATEWAY__PUBLIC_URL").is_none() {
            let url = format!("http://localhost:{}", listen.port());
            sources = sources.with_variable("STOWAGE_GATEWAY__PUBLIC_URL", &url);
        }
    }
    let check = !folder.was_stopped_cleanly();
    let ended = stowage_runtime::main_with(
        "all-in-one",
        sources,
        async |config: AllInOneConfig, admin| build(config, admin, arguments, check).await,
    );
    if ended == ExitCode::SUCCESS {
        folder.close();
    }
    ended
}

/// Builds the services in the order in which they start; they stop in reverse, so that the gateway
/// takes nothing new before anything behind it goes.
async fn build(
    mut config: AllInOneConfig,
    admin: &mut Admin,
    arguments: &ServeArguments,
    check: bool,
) -> anyhow::Result<Vec<Service>> {
    let opened = backends::migrated_database(&config.database, admin).await?;
    let db = opened.db;
    let released = db.release_leases().await?;
    if released > 0 {
        info!("{released} jobs of the last run go on");
    }
    let photos = arguments
        .photos
        .as_deref()
        .map(photos::folder)
        .transpose()?;
    config.connector.folders.extend(photos.clone());

    let bus = backends::memory_bus();
    let central = backends::central(&config.central, admin)?;
    let durable = backends::durable_central(&config.central, admin)?;
    let backup = backends::cold_backup(&config.cold_backup, &config.central)?;
    let spool_bytes = config.central.spool_bytes;
    let clock = opened.clock;
    let ids = stowage_runtime::uuid_v7();
    let connector = stowage_storage_connector::Deps {
        db: db.clone(),
        bus: bus.clone(),
        egress: backends::egress(&config.egress)?,
        keys: backends::keys(&config.keys)?,
        clock: clock.clone(),
    };
    let grpc = stowage_storage_connector::grpc(&config.connector, &connector);
    let storage = StorageClient::new(stowage_rpc::in_process(grpc));
    if let Some(folder) = &photos {
        photos::connect(&db, &storage, clock.as_ref(), ids.as_ref(), folder).await?;
    }
    let address = config.gateway.public_url();
    let link = stowage_gateway::owner_link(&db, clock.as_ref(), &address).await?;
    let worker = config.jobs.worker();
    let raw = storage.raw();

    Ok(vec![
        catalog(db.clone(), check),
        stowage_storage_connector::upkeep(config.connector, connector),
        backends::relay(&config.jobs, db.clone(), bus.clone()),
        stowage_ingest::service(
            config.ingest,
            stowage_ingest::Deps {
                db: db.clone(),
                bus: bus.clone(),
                storage: storage.clone(),
                central: central.clone(),
                durable: durable.clone(),
                spool_bytes,
                clock: clock.clone(),
                ids: ids.clone(),
                worker: worker.clone(),
            },
        ),
        stowage_thumbnailer::service(
            config.thumbnailer,
            stowage_thumbnailer::Deps {
                db: db.clone(),
                bus: bus.clone(),
                central: central.clone(),
                worker: worker.clone(),
            },
        ),
        stowage_sync_scanner::service(
            config.sync_scanner,
            stowage_sync_scanner::Deps {
                db: db.clone(),
                bus: bus.clone(),
                storage: storage.clone(),
                clock: clock.clone(),
                ids: ids.clone(),
                worker: worker.clone(),
            },
        ),
        stowage_retention_purger::service(
            config.retention_purger,
            stowage_retention_purger::Deps {
                db: db.clone(),
                bus: bus.clone(),
                storage,
                central: central.clone(),
                backup,
                clock: clock.clone(),
                ids: ids.clone(),
                worker,
            },
        ),
        greeting(address, link),
        stowage_gateway::service(
            config.gateway,
            stowage_gateway::Deps {
                db,
                bus,
                storage: raw,
                central: durable,
                spool_bytes,
                clock,
                ids,
            },
        ),
    ])
}

/// Looks through the catalog for damage after an unclean stop, beside the work. Starts first and so
/// stops last: then everything is brought into the one file.
fn catalog(db: Database, check: bool) -> Service {
    Service::new("catalog", async move |shutdown| {
        if check {
            info!("the last run did not end in order: checking the catalog");
            let found = shutdown.soft.run_until_cancelled(db.quick_check()).await;
            match found {
                Some(Ok(Some(damage))) => {
                    error!("the catalog is damaged: {damage}; stop, and restore the last backup");
                }
                Some(Ok(None)) => info!("the catalog is sound"),
                Some(Err(error)) => error!("could not check the catalog: {error}"),
                None => {}
            }
        }
        shutdown.soft.cancelled().await;
        if let Err(error) = db.checkpoint().await {
            error!("could not bring the catalog into one file: {error}");
        }
        Ok(())
    })
}

/// Says where to look, and to the first person how to become the owner.
fn greeting(address: String, link: Option<String>) -> Service {
    Service::new("greeting", async move |shutdown| {
        println!("\nStowage is starting on {address}");
        if let Some(link) = link {
            println!("\nOpen this once to create the owner's account:\n\n    {link}\n");
        }
        shutdown.soft.cancelled().await;
        Ok(())
    })
}
