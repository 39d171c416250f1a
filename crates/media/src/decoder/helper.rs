//! HEIC and AVIF by a program of the system: `heif-convert` of libheif, which is not ours to
//! ship. It runs once for each picture, locked in as the child is ([`locked`]), and what it writes
//! into its pipe is a JPEG or PNG that goes the way of all others.

mod locked;
mod places;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::render::{RenderError, RenderSpec};

use super::process::is_out_of_time;
use super::{DecodeError, DecoderOptions};

pub(super) use locked::main;
pub(super) use places::Places;

/// The argument that makes the child run the helper instead.
pub(super) const ARGUMENT: &str = "heif";
/// The names of the program, the present one first.
const PROGRAMS: [&str; 2] = ["heif-dec", "heif-convert"];
/// Where programs are when nobody says so.
const FOLDERS: &str = "/usr/local/bin:/usr/bin:/bin";
/// Bytes of one converted picture, at most.
const MAX_OUTPUT: u64 = 512 << 20;
/// What the locked-in side says when it cannot lock itself in.
const NOT_LOCKED: &str = "stowage: not locked in: ";

/// Types that only the helper can decode.
pub(super) fn is_needed(mime: &str) -> bool {
    matches!(mime, "image/heic" | "image/heic-sequence" | "image/avif")
}

/// Finds the program: the one configured, else one of the known names on the search path. Looked
/// for each time, so that installing it needs no restart.
pub fn find_heif_program(configured: &Path) -> Option<PathBuf> {
    if !configured.as_os_str().is_empty() {
        return configured.is_file().then(|| configured.to_owned());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path)
        .chain(std::env::split_paths(OsStr::new(FOLDERS)))
        .collect();
    let mut places = PROGRAMS
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    places.find(|place| place.is_absolute() && place.is_file())
}

/// Converts one picture. The helper applies the turns that the file asks for.
pub(super) async fn convert(
    places: &Places,
    options: &DecoderOptions,
    mime: &str,
    bytes: &Bytes,
    spec: &RenderSpec,
) -> Result<Bytes, DecodeError> {
    let program = find_heif_program(&options.heif_program);
    let program = program.ok_or_else(|| DecodeError::HelperMissing { mime: mime.into() })?;
    // A JPEG is written and read ten times as fast, but knows no transparency.
    let format = if has_alpha(bytes) { "png" } else { "jpg" };
    let mut child = Command::new(&options.program)
        .args(&options.args)
        .arg(ARGUMENT)
        .arg(options.address_space.to_string())
        .arg(options.cpu_limit.as_secs().max(1).to_string())
        .arg(places.folder())
        .arg(format)
        .arg(&program)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(DecodeError::Spawn)?;
    let Ok(exchange) = timeout(options.wall_limit, exchange(&mut child, bytes, spec)).await else {
        return Err(DecodeError::TimedOut);
    };
    judge(exchange.map_err(DecodeError::Spawn)?, mime)
}

async fn exchange(child: &mut Child, bytes: &Bytes, spec: &RenderSpec) -> std::io::Result<Output> {
    let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(mut input), Some(output), Some(errors)) = pipes else {
        return Err(std::io::Error::other("the pipes are missing"));
    };
    let (mut picture, mut said) = (Vec::new(), Vec::new());
    let mut output = output.take(MAX_OUTPUT.min(spec.max_decoded_bytes));
    let mut errors = errors.take(4096);
    let give = async {
        // A helper that is gone early says why on its other pipes.
        let _ = input.write_all(bytes).await;
        drop(input);
    };
    let ((), taken, heard) = tokio::join!(
        give,
        output.read_to_end(&mut picture),
        errors.read_to_end(&mut said)
    );
    taken?;
    heard?;
    // One that still writes finds its pipe closed and ends.
    drop((output, errors));
    let status = child.wait().await?;
    Ok(Output {
        status,
        stdout: picture,
        stderr: said,
    })
}

/// A complete picture counts whatever came after it: a file may hold further pictures, for which
/// there is no place.
fn judge(output: Output, mime: &str) -> Result<Bytes, DecodeError> {
    if is_whole(&output.stdout) {
        return Ok(Bytes::from(output.stdout));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    if let Some(reason) = said.strip_prefix(NOT_LOCKED) {
        let reason = reason.trim().to_owned();
        return Err(DecodeError::HelperUnsafe { reason });
    }
    if ["bad_alloc", "memory allocation", "Memory allocation"]
        .iter()
        .any(|words| said.contains(words))
    {
        return Err(DecodeError::OutOfMemory);
    }
    if is_out_of_time(output.status) {
        return Err(DecodeError::TimedOut);
    }
    Err(failed(output.status, &said, mime))
}

fn failed(status: ExitStatus, said: &str, mime: &str) -> DecodeError {
    if status.code().is_none() {
        return DecodeError::Crashed { status };
    }
    let line = said
        .lines()
        .rev()
        .map(str::trim)
        .find(|line| !line.is_empty());
    let line = line.unwrap_or("no picture came of it");
    let line: String = line.chars().filter(|c| !c.is_control()).take(200).collect();
    let reason = format!("the file is damaged, or not a kind of {mime} that can be read: {line}");
    DecodeError::Render(RenderError::Broken { reason })
}

fn is_whole(picture: &[u8]) -> bool {
    let is_jpeg = picture.starts_with(b"\xff\xd8\xff") && picture.ends_with(b"\xff\xd9");
    let is_png = picture.starts_with(b"\x89PNG") && picture.ends_with(b"IEND\xae\x42\x60\x82");
    is_jpeg || is_png
}

/// Whether the file declares a picture of transparency; names that stand in its first box.
fn has_alpha(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(64 << 10)];
    [&b"auxiliary:alpha"[..], b"hevc:2015:auxid:1"]
        .iter()
        .any(|name| head.windows(name.len()).any(|window| window == *name))
}
