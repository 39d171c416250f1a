//! Renders one file again and again and prints what it cost, for `tests/bench/renditions/run.py`.
//!
//! `stowage-media-bench <file> <times> [<folder for the renditions>] [<least final shrink>]`

use std::path::Path;
use std::process::ExitCode;

use rustix::time::{ClockId, clock_gettime};
use serde_json::json;
use stowage_media::{RenderSpec, Renderer};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, file, times, rest @ ..] = arguments.as_slice() else {
        eprintln!("usage: stowage-media-bench <file> <times> [<folder>] [<least final shrink>]");
        return ExitCode::FAILURE;
    };
    let folder = rest.first().filter(|folder| folder.as_str() != "-");
    let mut spec = RenderSpec::default();
    if let Some(shrink) = rest.get(1).and_then(|shrink| shrink.parse().ok()) {
        spec.min_final_shrink = shrink;
    }
    match run(
        Path::new(file),
        times.parse().unwrap_or(1),
        folder.map(Path::new),
        &spec,
    ) {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(
    file: &Path,
    times: u32,
    folder: Option<&Path>,
    spec: &RenderSpec,
) -> Result<String, Box<dyn std::error::Error>> {
    let mut renderer = Renderer::new();
    let started = cpu_ms();
    let mut last = None;
    for _ in 0..times.max(1) {
        // Read each time, as the peers do.
        let bytes = std::fs::read(file)?;
        last = Some(renderer.render(&bytes, spec)?);
    }
    let cpu_ms = (cpu_ms() - started) / f64::from(times.max(1));
    let rendered = last.ok_or("nothing was rendered")?;
    if let Some(folder) = folder {
        for (rendition, size) in rendered.renditions.iter().zip(&spec.sizes) {
            std::fs::write(folder.join(format!("{}.jpg", size.fit)), &rendition.bytes)?;
        }
    }
    let report = json!({
        "cpu_ms": cpu_ms,
        "peak_mib": peak_mib(),
        "warnings": rendered.warnings,
    });
    Ok(report.to_string())
}

fn cpu_ms() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

/// The largest resident size so far, as Linux tells it.
fn peak_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024)
}
