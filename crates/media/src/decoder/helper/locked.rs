//! The helper's side: takes the picture into memory, gives up everything that converting does not
//! need, and becomes the program.

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use rustix::fs::{MemfdFlags, memfd_create};
use rustix::io::{FdFlags, fcntl_dupfd_cloexec, fcntl_setfd};
use rustix::process::{Resource, Rlimit, setrlimit};

use super::NOT_LOCKED;
use super::places::OUTPUT;
use crate::decoder::sandbox::helper as sandbox;

/// Descriptors that the program may have at once.
const FILES: u64 = 32;

/// Runs the helper; the arguments are those that `convert` passes.
pub(in crate::decoder) fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let error = run(arguments).unwrap_or_else(|error| error);
    let _ = writeln!(io::stderr(), "{NOT_LOCKED}{error}");
    ExitCode::FAILURE
}

/// Returns only when something is wrong.
fn run(mut arguments: impl Iterator<Item = OsString>) -> io::Result<io::Error> {
    let mut next = || arguments.next().ok_or(io::ErrorKind::InvalidInput);
    let number = |text: OsString| -> io::Result<u64> {
        let text = text
            .into_string()
            .map_err(|_| io::ErrorKind::InvalidInput)?;
        text.parse().map_err(io::Error::other)
    };
    let address_space = number(next()?)?;
    let cpu_seconds = number(next()?)?;
    let folder = PathBuf::from(next()?);
    let format = next()?;
    let program = PathBuf::from(next()?);

    // Memory that has a name: the program reads files only. Kept open over `exec`.
    let mut memory = std::fs::File::from(memfd_create("picture", MemfdFlags::empty())?);
    io::copy(&mut io::stdin().lock(), &mut memory)?;
    // The pipe to the parent gets another number; what the program prints goes to its errors.
    let pipe = duplicate_output()?;
    rustix::stdio::dup2_stdout(io::stderr())?;
    let input = format!("/proc/self/fd/{}", memory.as_raw_fd());
    let mut name = OsString::from("out.");
    name.push(format);
    let output = folder.join(name);

    limit(address_space, cpu_seconds)?;
    sandbox::restrict_files(&program).map_err(io::Error::other)?;
    sandbox::restrict_calls().map_err(io::Error::other)?;
    let error = become_program(&program, &input, &output);
    drop((memory, pipe));
    Ok(error)
}

/// Gives standard output the number that the links name, open over `exec`.
fn duplicate_output() -> io::Result<OwnedFd> {
    let pipe = fcntl_dupfd_cloexec(io::stdout(), OUTPUT)?;
    if pipe.as_raw_fd() != OUTPUT {
        return Err(io::Error::other("a descriptor is taken"));
    }
    fcntl_setfd(&pipe, FdFlags::empty())?;
    Ok(pipe)
}

fn limit(address_space: u64, cpu_seconds: u64) -> io::Result<()> {
    let limits = [
        (Resource::As, address_space),
        (Resource::Core, 0),
        // Pipes have no size: this forbids files.
        (Resource::Fsize, 0),
        (Resource::Cpu, cpu_seconds),
        (Resource::Nofile, FILES),
    ];
    for (resource, value) in limits {
        let fixed = Rlimit {
            current: Some(value),
            maximum: Some(value),
        };
        setrlimit(resource, fixed)?;
    }
    Ok(())
}

fn become_program(program: &Path, input: &str, output: &Path) -> io::Error {
    Command::new(program)
        .args(["-q", "95", input])
        .arg(output)
        .env_clear()
        // Each thread's own arena would take 64 MiB of the address space.
        .env("MALLOC_ARENA_MAX", "1")
        .exec()
}
