//! Central storage, file by file, held against its rows.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use super::{Sha, files_below};
use crate::Rows;

fn all(central: &Path) -> BTreeMap<String, Sha> {
    let mut found: BTreeMap<PathBuf, Sha> = BTreeMap::new();
    files_below(&central.join("w"), &mut found);
    let key = |path: PathBuf| {
        let below = path.strip_prefix(central).unwrap_or(&path);
        below.display().to_string()
    };
    let files = found
        .into_iter()
        .map(|(path, content)| (key(path), content));
    files.collect()
}

/// Whether a key is of what a writer leaves that is killed in the middle of a write: nothing removes
/// it yet (ADR 22), and nobody would find an original in it.
fn is_draft(key: &str) -> bool {
    let name = key.rsplit('/').next();
    name.is_some_and(|name| name.starts_with(".stowage-tmp-"))
}

fn is_in(key: &str, part: &str) -> bool {
    key.split('/').nth(2) == Some(part)
}

/// Returns the contents of all originals, whatever they are called.
pub(super) fn originals(central: &Path) -> BTreeSet<Sha> {
    let files = all(central).into_iter();
    let originals = files.filter(|(key, _)| is_in(key, "originals") && !is_draft(key));
    originals.map(|(_, content)| content).collect()
}

/// Every file has its row, and every row its file with the right bytes.
pub(super) async fn judge(rows: &Rows, central: &Path, wrong: &mut Vec<String>) {
    let files = all(central);
    let sql = format!(
        "select o.path, {} from remote_object o join storage s on s.id = o.storage_id \
         join asset a on a.id = o.asset_id where s.kind = 'central' and o.present",
        rows.hex("a.sha256")
    );
    let named = rows.texts(&sql).await;
    for row in &named {
        if files.get(&row[0]) != Some(&row[1]) {
            let found = files.get(&row[0]);
            wrong.push(format!("{} should be {} and is {found:?}", row[0], row[1]));
        }
    }
    let named: BTreeSet<String> = named.into_iter().map(|row| row[0].clone()).collect();
    let spooled = rows
        .texts("select object_key from staged_blob union select object_key from upload_chunk")
        .await;
    let spooled: BTreeSet<String> = spooled.concat().into_iter().collect();
    let pictures = rows
        .texts("select object_key from rendition")
        .await
        .concat();
    let pictures: BTreeSet<String> = pictures.into_iter().collect();
    for key in files.keys().filter(|key| !is_draft(key)) {
        let has_row = match key.split('/').nth(2) {
            Some("originals") => named.contains(key),
            Some("spool") => spooled.contains(key),
            Some("renditions") => pictures.contains(key),
            _ => true,
        };
        if !has_row {
            wrong.push(format!("no row speaks of {key}"));
        }
    }
    for key in pictures.iter().filter(|key| !files.contains_key(*key)) {
        wrong.push(format!("the picture {key} is not there"));
    }
}
