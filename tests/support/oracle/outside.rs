//! What lies beside a connected folder, and what hides in it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use super::{Sha, Spot, files_below};

/// Puts files where a wrong path would reach them: in a folder whose name begins like the connected
/// one, and above it.
pub(super) fn plant(allowed: &Path) {
    let beside = allowed.join("photos2");
    fs::create_dir_all(&beside).expect("a folder can be made");
    for path in [beside.join("IMG_00001.jpg"), allowed.join("notes.txt")] {
        fs::write(&path, path.display().to_string()).expect("a file can be written");
    }
}

/// Lists what lies outside the connected folder.
pub(super) fn look(allowed: &Path, root: &Path) -> BTreeMap<PathBuf, Sha> {
    let mut found = BTreeMap::new();
    files_below(allowed, &mut found);
    found.retain(|path, _| !path.starts_with(root));
    found
}

pub(super) fn judge(spot: &Spot, wrong: &mut Vec<String>) {
    let now = look(&spot.allowed, &spot.root);
    if now != spot.outside {
        wrong.push(format!(
            "{}: outside the connected folder {:?} became {now:?}",
            spot.name, spot.outside
        ));
    }
    let mut within = BTreeMap::new();
    files_below(&spot.root, &mut within);
    for path in within.keys() {
        let below = path.strip_prefix(&spot.root).unwrap_or(path);
        let is_hidden = below.starts_with(".stowage-quarantine");
        if is_hidden {
            wrong.push(format!("{}: {} stays behind", spot.name, below.display()));
        }
    }
}

/// Looks for a content anywhere in a place.
pub(super) fn hidden(root: &Path, content: &Sha) -> Option<PathBuf> {
    let mut found = BTreeMap::new();
    files_below(root, &mut found);
    let mut same = found.into_iter().filter(|(_, found)| found == content);
    same.next().map(|(path, _)| path)
}
