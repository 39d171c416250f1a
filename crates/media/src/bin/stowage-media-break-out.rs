//! Stands in for the helper in tests: tries to break out of what a helper is locked into, and
//! says what it managed.

use std::fs::{File, OpenOptions};
use std::net::{TcpListener, UdpSocket};
use std::os::unix::net::UnixStream;
use std::process::{Command, ExitCode};
use std::thread;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().collect();
    let output = arguments.last().map_or("", String::as_str);
    let beside = format!("{output}.more");
    let tries: [(&str, bool); 11] = [
        ("read /etc/passwd", File::open("/etc/passwd").is_ok()),
        ("list /", std::fs::read_dir("/").is_ok()),
        ("list /tmp", std::fs::read_dir("/tmp").is_ok()),
        ("read its parent", File::open("/proc/1/environ").is_ok()),
        (
            "make a file beside its output",
            File::create(&beside).is_ok(),
        ),
        (
            "write to a library",
            OpenOptions::new()
                .append(true)
                .open("/etc/ld.so.cache")
                .is_ok(),
        ),
        ("remove its output", std::fs::remove_file(output).is_ok()),
        ("listen", TcpListener::bind("127.0.0.1:0").is_ok()),
        (
            "make a datagram socket",
            UdpSocket::bind("127.0.0.1:0").is_ok(),
        ),
        ("make a pair of sockets", UnixStream::pair().is_ok()),
        ("run a program", Command::new("/bin/true").status().is_ok()),
    ];
    let managed: Vec<&str> = tries
        .iter()
        .filter_map(|&(what, succeeded)| succeeded.then_some(what))
        .collect();
    // What it needs is there, so that the rest failed for the reason it should.
    let has_threads = thread::Builder::new().spawn(|| ()).is_ok();
    let has_input = arguments
        .iter()
        .any(|argument| argument.starts_with("/proc/self/fd/") && File::open(argument).is_ok());
    let has_output = File::create(output).is_ok();
    eprintln!(
        "managed: {managed:?}; threads {has_threads}, input {has_input}, output {has_output}"
    );
    ExitCode::FAILURE
}
