//! What the fuzzer calls instead of a real child or a real parent: nothing is locked in here.

use std::io;

use prost::Message;

use super::wire::{Hello, Reply};
use super::{SandboxReport, child};

/// Bytes of one picture: nothing else limits the memory of a fuzzer's process.
const MOST: u64 = 16 << 20;

/// Reads jobs as the child does, and forgets its answers.
pub fn child(mut bytes: &[u8]) {
    let _ = child::work(&mut bytes, &mut io::sink(), MOST, || Ok(()));
}

/// Reads what a child might answer.
pub fn reply(bytes: &[u8]) {
    if let Ok(reply) = Reply::decode(bytes) {
        let _ = reply.into_result();
    }
    if let Ok(hello) = Hello::decode(bytes) {
        let _ = SandboxReport::from(hello);
    }
}
