//! A process from its first line to its exit code.

use std::process::ExitCode;

use anyhow::Context;
use stowage_config::{Config, ConfigError, EXIT_CONFIG, Sources, load};
use tokio::{runtime::Runtime, task::JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::{
    Admin, Readiness, RuntimeConfig, Service, Telemetry,
    arguments::{self, Command},
    install_tls_provider, run,
    signals::Signals,
};

/// Runs a service's binary: arguments, settings, telemetry, signals, then what `build` makes.
///
/// Returns 0 after an orderly stop, 64 when settings or arguments are refused, 1 otherwise.
pub fn main<C, F>(name: &'static str, build: F) -> ExitCode
where
    C: Config,
    F: AsyncFnOnce(C, &mut Admin) -> anyhow::Result<Vec<Service>>,
{
    let sources = Sources::of_this_process();
    match arguments::parse(std::env::args().skip(1)) {
        Ok(Command::Run { config }) => main_with(name, with_file(sources, config), build),
        Ok(Command::Check { config }) => check::<C>(name, &with_file(sources, config)),
        Ok(Command::Help) => {
            println!(
                "stowage-{name} {}\n\n{}",
                env!("CARGO_PKG_VERSION"),
                arguments::HELP
            );
            ExitCode::SUCCESS
        }
        Ok(Command::Version) => {
            println!("stowage-{name} {}", env!("CARGO_PKG_VERSION"));
            ExitCode::SUCCESS
        }
        Err(reason) => {
            eprintln!("stowage-{name}: {reason}\n\n{}", arguments::HELP);
            ExitCode::from(EXIT_CONFIG)
        }
    }
}

/// Runs a binary that has read its own arguments: with settings from `sources`.
pub fn main_with<C, F>(name: &'static str, sources: Sources, build: F) -> ExitCode
where
    C: Config,
    F: AsyncFnOnce(C, &mut Admin) -> anyhow::Result<Vec<Service>>,
{
    install_tls_provider();
    let (runtime_config, config) = match read::<C>(&sources) {
        Ok(read) => read,
        Err(refusal) => return refuse(name, &refusal),
    };
    let runtime = match Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("stowage-{name}: could not start the runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    let ended = runtime.block_on(live(name, runtime_config, config, build));
    // Whatever still blocks a thread (a file read, a name look-up) must not hold the exit.
    runtime.shutdown_background();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stowage-{name}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a binary that does one thing and ends: arguments, settings, telemetry, then `work`.
pub fn main_once<C, F>(name: &'static str, work: F) -> ExitCode
where
    C: Config,
    F: AsyncFnOnce(C) -> anyhow::Result<()>,
{
    main(name, async |config: C, _admin| {
        work(config).await?;
        Ok(Vec::new())
    })
}

/// Does one thing for a person at a terminal: no ports, no telemetry.
pub fn work_once<C, F>(name: &'static str, sources: Sources, work: F) -> ExitCode
where
    C: Config,
    F: AsyncFnOnce(C) -> anyhow::Result<()>,
{
    install_tls_provider();
    let config = match load::<C>(&sources) {
        Ok(config) => config,
        Err(refusal) => return refuse(name, &refusal),
    };
    let ended = Runtime::new()
        .context("could not start the runtime")
        .and_then(|runtime| runtime.block_on(work(config)));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn with_file(sources: Sources, file: Option<std::path::PathBuf>) -> Sources {
    match file {
        Some(path) => sources.with_file(path),
        None => sources,
    }
}

fn read<C: Config>(sources: &Sources) -> Result<(RuntimeConfig, C), ConfigError> {
    Ok((load(sources)?, load(sources)?))
}

fn check<C: Config>(name: &'static str, sources: &Sources) -> ExitCode {
    match read::<C>(sources) {
        Ok(_) => {
            println!("stowage-{name}: the settings are good");
            ExitCode::SUCCESS
        }
        Err(refusal) => refuse(name, &refusal),
    }
}

fn refuse(name: &'static str, refusal: &ConfigError) -> ExitCode {
    eprintln!(
        "stowage-{name}: {:#}",
        anyhow::Error::msg(with_cause(refusal))
    );
    ExitCode::from(EXIT_CONFIG)
}

fn with_cause(error: &ConfigError) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

async fn live<C, F>(
    name: &'static str,
    runtime: RuntimeConfig,
    config: C,
    build: F,
) -> anyhow::Result<()>
where
    F: AsyncFnOnce(C, &mut Admin) -> anyhow::Result<Vec<Service>>,
{
    let mut signals = Signals::listen().context("could not listen for signals")?;
    let telemetry = Telemetry::install(name, &runtime.log, &runtime.telemetry)?;
    stowage_failpoints::install(runtime.failpoints.tests_only.parse()?)?;
    let ended = work(name, &runtime, config, build, &mut signals).await;
    if let Err(error) = &ended {
        error!("{name} ended: {error:#}");
    }
    // Blocks for a moment: nothing else is left to run.
    let _ = tokio::task::spawn_blocking(move || telemetry.finish()).await;
    ended
}

async fn work<C, F>(
    name: &'static str,
    runtime: &RuntimeConfig,
    config: C,
    build: F,
    signals: &mut Signals,
) -> anyhow::Result<()>
where
    F: AsyncFnOnce(C, &mut Admin) -> anyhow::Result<Vec<Service>>,
{
    info!(
        service.version = env!("CARGO_PKG_VERSION"),
        "starting {name}"
    );
    let mut admin = Admin::new(runtime.admin.check_timeout);
    let admin_until = CancellationToken::new();
    let _close_admin = admin_until.clone().drop_guard();
    let mut admin_server = JoinSet::new();
    admin_server.spawn(admin.serve(runtime.admin.listen, admin_until).await?);

    let services = tokio::select! {
        services = build(config, &mut admin) => services?,
        signal = signals.next() => {
            info!("ending on {signal} before the start was complete");
            return Ok(());
        }
    };

    if services.is_empty() {
        // A process that does one thing has done it.
        return Ok(());
    }
    let stop = CancellationToken::new();
    let running = run(services, stop.clone(), runtime.shutdown.grace);
    tokio::pin!(running);
    admin.set(Readiness::Running);
    tokio::select! {
        ended = &mut running => return Ok(ended?),
        signal = signals.next() => info!("{signal}: not ready any more"),
    }

    admin.set(Readiness::Stopping);
    let orderly = async {
        let wait = tokio::time::sleep(runtime.shutdown.unready_wait);
        tokio::select! {
            ended = &mut running => return ended,
            () = wait => stop.cancel(),
        }
        running.await
    };
    tokio::select! {
        ended = orderly => Ok(ended?),
        signal = signals.next() => {
            warn!("second {signal}: ending at once");
            anyhow::bail!("ended at once by a second signal")
        }
    }
}
