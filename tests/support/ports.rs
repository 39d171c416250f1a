//! Ports that nobody listens on.

use std::{
    net::TcpListener,
    sync::atomic::{AtomicU32, Ordering},
};

/// Below what systems hand out for outgoing connections, so that none of those takes it between
/// here and the process that it is meant for.
const FIRST: u32 = 10_000;
const COUNT: u32 = 5_000;

static TAKEN: AtomicU32 = AtomicU32::new(0);

/// Returns a port of this machine that is free, and a different one each time.
pub fn spare_port() -> u16 {
    // Test processes run side by side: each begins somewhere else.
    let start = std::process::id().wrapping_mul(61);
    for _ in 0..COUNT {
        let step = TAKEN.fetch_add(1, Ordering::Relaxed);
        let port = FIRST + start.wrapping_add(step) % COUNT;
        let port = u16::try_from(port).expect("ports below 15,000");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no port is free between {FIRST} and {}", FIRST + COUNT);
}
