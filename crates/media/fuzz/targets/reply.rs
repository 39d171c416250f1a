//! Answers to the parent by a child that somebody else controls.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| stowage_media::fuzzing::reply(bytes));
