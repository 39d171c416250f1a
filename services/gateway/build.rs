//! The built web UI is part of a release: it is compiled anew whenever that changes.

use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // A debug build reads the files when they are asked for.
    let is_release = std::env::var_os("PROFILE").is_some_and(|profile| profile == "release");
    if is_release {
        let dist = Path::new("web/dist");
        // Cargo watches only what exists. Where the sources cannot be written, nothing is lost.
        let _ = std::fs::create_dir_all(dist);
        println!("cargo::rerun-if-changed=web/dist");
    }
}
