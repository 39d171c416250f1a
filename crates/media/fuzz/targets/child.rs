//! Jobs to the child that its parent never wrote.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| stowage_media::fuzzing::child(bytes));
