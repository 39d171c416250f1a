//! How the witness looks at a place: what lies in the connected folder, hidden or not, and what lies
//! beside it and is nobody's business.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use super::{Sha, files_below, sha256};
use crate::{Moto, Place, moto};

/// Beside the connected folder: in one whose name begins alike, and above it.
const BESIDE: [&str; 2] = ["photos2/IMG_00001.jpg", "notes.txt"];

#[derive(Debug)]
pub(super) enum View {
    Disk { allowed: PathBuf, root: PathBuf },
    Bucket(Moto),
}

impl View {
    pub(super) fn of(place: &Place) -> Self {
        match place.moto() {
            Some(moto) => Self::Bucket(moto.clone()),
            None => Self::Disk {
                allowed: place.allowed(),
                root: place.root(),
            },
        }
    }

    /// Puts files where a wrong path would reach them.
    pub(super) fn plant(&self) {
        for path in BESIDE {
            match self {
                Self::Bucket(moto) => moto.put(path, path.as_bytes()),
                Self::Disk { allowed, .. } => {
                    let path = allowed.join(path);
                    let folder = path.parent().unwrap_or(allowed);
                    fs::create_dir_all(folder).expect("a folder can be made");
                    fs::write(&path, path.display().to_string()).expect("a file can be written");
                }
            }
        }
    }

    /// Lists what lies outside the connected folder.
    pub(super) fn outside(&self) -> BTreeMap<String, Sha> {
        match self {
            Self::Bucket(moto) => {
                let mut all = objects(moto);
                all.retain(|key, _| !key.starts_with(&moto::key("")));
                all
            }
            Self::Disk { allowed, root } => {
                let mut found = BTreeMap::new();
                files_below(allowed, &mut found);
                found.retain(|path, _| !path.starts_with(root));
                relative(found, allowed)
            }
        }
    }

    /// Lists all that lies in the connected folder, Stowage's own files too.
    pub(super) fn within(&self) -> BTreeMap<String, Sha> {
        match self {
            Self::Bucket(moto) => {
                let prefix = moto::key("");
                let below = |(key, content): (String, Sha)| {
                    let path = key.strip_prefix(&prefix)?.to_owned();
                    Some((path, content))
                };
                objects(moto).into_iter().filter_map(below).collect()
            }
            Self::Disk { root, .. } => {
                let mut found = BTreeMap::new();
                files_below(root, &mut found);
                relative(found, root)
            }
        }
    }
}

fn objects(moto: &Moto) -> BTreeMap<String, Sha> {
    let keys = moto.keys().into_iter();
    keys.filter_map(|key| {
        let content = moto.get(&key)?;
        Some((key, sha256(&content)))
    })
    .collect()
}

fn relative(found: BTreeMap<PathBuf, Sha>, root: &Path) -> BTreeMap<String, Sha> {
    let below = |path: PathBuf| {
        let below = path.strip_prefix(root).unwrap_or(&path);
        below.display().to_string()
    };
    let found = found.into_iter();
    found
        .map(|(path, content)| (below(path), content))
        .collect()
}
