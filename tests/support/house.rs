//! A network of its own in which every address, of the whole internet and of every house, is this
//! machine: whoever dials an address that must not be dialled is seen doing it.
//!
//! Linux makes such a network for a process and its children; root is needed. Names are answered
//! by [`Names`], connections are counted by [`Trap`].

mod names;
mod trap;

use std::{path::Path, process::Command};

pub use names::{Names, Record};
pub use trap::Trap;

/// Set in the process that is inside.
const INSIDE: &str = "STOWAGE_TEST_IN_HOUSE";

/// Where names are asked for; any address would do, since all of them are here.
const RESOLVER: &str = "192.0.2.53";

/// `$1` is the list of resolvers, the rest is what runs inside.
const MAKE: &str = "set -e
mount --bind \"$1\" /etc/resolv.conf
ip link set lo up
ip route add local 0.0.0.0/0 dev lo
ip -6 route add local ::/0 dev lo
shift
exec \"$@\"";

/// Returns whether the test that calls this, named as the runner names it, is inside. Outside it
/// runs the same test inside, and fails when that fails.
pub fn is_inside(test: &str) -> bool {
    if stowage_config::env(INSIDE).is_some() {
        return true;
    }
    if let Some(why) = missing() {
        let is_required = stowage_config::env("STOWAGE_REQUIRE_ALL_BACKENDS");
        assert!(is_required.as_deref() != Some("1"), "{why}");
        eprintln!("skipped: {why}");
        return false;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let resolvers = folder.path().join("resolv.conf");
    let lines = format!("nameserver {RESOLVER}\noptions timeout:1 attempts:1\n");
    std::fs::write(&resolvers, lines).expect("a file can be written there");
    let me = std::env::current_exe().expect("this program has a path");
    let ended = unshare(&["sh", "-c", MAKE, "house"])
        .arg(&resolvers)
        .arg(me)
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, "1")
        .status()
        .expect("unshare was there a moment ago");
    assert!(ended.success(), "{test} failed inside");
    false
}

fn unshare(words: &[&str]) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--net", "--mount", "--"]).args(words);
    command
}

/// Why there can be no such network here.
fn missing() -> Option<&'static str> {
    let has_ip = ["/sbin/ip", "/usr/sbin/ip", "/bin/ip", "/usr/bin/ip"]
        .iter()
        .any(|path| Path::new(path).exists());
    if !has_ip {
        return Some("the program ip (Debian: iproute2) is not there");
    }
    let made = unshare(&["true"]).output();
    let is_allowed = made.is_ok_and(|output| output.status.success());
    (!is_allowed).then_some("a network of one's own needs root, and unshare")
}
