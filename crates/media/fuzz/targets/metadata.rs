//! What a file says about itself, read out of anything.

#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use stowage_media::{metadata, sniff};

fuzz_target!(|bytes: &[u8]| {
    let file_type = sniff(bytes, "a.dng");
    let _ = metadata::read(&mut Cursor::new(bytes), &file_type);
});
