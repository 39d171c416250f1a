//! What no source file of ours may do.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::metadata::root;

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the entry can be read").path();
        if path.is_dir() {
            if path
                .file_name()
                .is_some_and(|name| name != "node_modules" && name != "target")
            {
                sources(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn all() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["crates", "services", "tests"] {
        sources(&root().join(folder), &mut found);
    }
    assert!(found.len() > 100, "found {} source files", found.len());
    found
}

#[test]
fn unsafe_code_lives_in_one_module() {
    for path in all() {
        let text = fs::read_to_string(&path).expect("sources are text");
        let is_at_home = path.components().any(|part| part.as_os_str() == "media");
        let word = concat!("unsafe", " {");
        assert!(
            is_at_home || !text.contains(word),
            "{} has unsafe code",
            path.display()
        );
    }
}

#[test]
fn no_test_is_switched_off() {
    for path in all() {
        let text = fs::read_to_string(&path).expect("sources are text");
        let word = concat!("#[", "ignore");
        assert!(
            !text.contains(word),
            "{} switches a test off",
            path.display()
        );
    }
}

#[test]
fn only_mains_make_ports() {
    for path in all() {
        let text = fs::read_to_string(&path).expect("sources are text");
        let is_main = path.ends_with("main.rs")
            || path.components().any(|part| part.as_os_str() == "stowage")
            || !path.components().any(|part| part.as_os_str() == "services");
        let word = concat!("stowage_", "backends");
        assert!(
            is_main || !text.contains(word),
            "{} makes its own ports",
            path.display()
        );
    }
}
