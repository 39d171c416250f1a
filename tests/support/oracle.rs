//! A witness that knows every original that was ever placed or sent and what people did to it, and
//! looks at the places from outside: folders as the disk has them, central storage file by file.
//! It believes no row that speaks for itself; the ledger of deletions is held against what is gone.

mod central;
mod view;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use self::view::View;
use crate::{Place, Rows};

/// A content, by its SHA-256 as hexadecimal digits.
pub type Sha = String;

/// What is known of one place.
#[derive(Debug)]
struct Spot {
    name: String,
    view: View,
    /// What a person wrote last at each path, and did not remove since.
    files: BTreeMap<String, Sha>,
    /// Whether originals leave it for the main storage.
    collects: bool,
    /// What lies beside the connected folder, and is nobody's business.
    outside: BTreeMap<String, Sha>,
}

/// What one look at a place showed.
#[derive(Debug, Clone, Copy)]
struct Look<'a> {
    spot: &'a Spot,
    /// Every file below the connected folder, hidden ones too.
    within: &'a BTreeMap<String, Sha>,
}

/// Knows what must still be somewhere.
#[derive(Debug, Default)]
pub struct Oracle {
    spots: Vec<Spot>,
    sent: BTreeMap<Sha, String>,
    /// Contents whose assets somebody asked to delete for good.
    purged: BTreeSet<Sha>,
}

/// An entry of the ledger, with the content of the asset whose original it is.
#[derive(Debug, Clone)]
struct Entry {
    reason: String,
    path: String,
    state: String,
    sha256: Sha,
}

impl Oracle {
    /// Begins to watch a place, and puts things beside it that nobody may touch. Returns its number.
    pub fn watch(&mut self, name: &str, place: &Place) -> usize {
        let view = View::of(place);
        view.plant();
        let outside = view.outside();
        self.spots.push(Spot {
            name: name.to_owned(),
            view,
            files: BTreeMap::new(),
            collects: false,
            outside,
        });
        self.spots.len() - 1
    }

    /// Originals leave this place, once they are verified elsewhere.
    pub fn collects(&mut self, spot: usize) {
        self.spots[spot].collects = true;
    }

    /// A person wrote a file, new or over another.
    pub fn wrote(&mut self, spot: usize, path: &str, bytes: &[u8]) {
        let files = &mut self.spots[spot].files;
        files.insert(path.to_owned(), sha256(bytes));
    }

    /// A person removed a file.
    pub fn removed(&mut self, spot: usize, path: &str) {
        self.spots[spot].files.remove(path);
    }

    /// A person sent a file, and was told that it is there.
    pub fn sent(&mut self, name: &str, bytes: &[u8]) {
        self.sent.insert(sha256(bytes), name.to_owned());
    }

    /// A person asks to delete the asset of this content for good: from now on it may go.
    pub fn purged(&mut self, content: &Sha) {
        self.purged.insert(content.clone());
    }

    /// Lists the files of a place that nobody asked to purge: path and content.
    pub fn files(&self, spot: usize) -> Vec<(String, Sha)> {
        let files = self.spots[spot].files.iter();
        let kept = files.filter(|(_, content)| !self.purged.contains(*content));
        kept.map(|(path, content)| (path.clone(), content.clone()))
            .collect()
    }

    /// Lists what was sent and nobody asked to purge.
    pub fn uploads(&self) -> Vec<Sha> {
        let sent = self.sent.keys();
        sent.filter(|content| !self.purged.contains(*content))
            .cloned()
            .collect()
    }

    /// Says all that is wrong, in words; nothing where all is well. Asked when nothing is under
    /// way.
    pub async fn judge(&self, rows: &Rows, central: &Path) -> Vec<String> {
        let ledger = self.ledger(rows).await;
        let seen: Vec<_> = self.spots.iter().map(|spot| spot.view.within()).collect();
        let looks = self.spots.iter().zip(&seen);
        let looks: Vec<Look<'_>> = looks.map(|(spot, within)| Look { spot, within }).collect();
        let mut everywhere = central::originals(central);
        everywhere.extend(
            looks
                .iter()
                .flat_map(Look::visible)
                .map(|(_, content)| content.clone()),
        );
        let mut wrong = Vec::new();
        for look in &looks {
            self.judge_files(*look, &ledger, &everywhere, &mut wrong);
            look.judge_hidden(&mut wrong);
        }
        self.judge_ledger(&ledger, &mut wrong);
        self.judge_uploads(central, &everywhere, &mut wrong);
        self.judge_assets(rows, &mut wrong).await;
        central::judge(rows, central, &mut wrong).await;
        self.judge_strangers(&looks, rows, &mut wrong).await;
        wrong
    }

    /// Says what is marked as gone and is there, while a place shows less than it has.
    pub async fn judge_absence(&self, rows: &Rows) -> Vec<String> {
        let sql = "select path from remote_object where not present";
        let absent: BTreeSet<String> = rows.texts(sql).await.concat().into_iter().collect();
        let mut wrong = Vec::new();
        for spot in &self.spots {
            let within = spot.view.within();
            let there = spot.files.keys().filter(|path| within.contains_key(*path));
            let marked = there.filter(|path| absent.contains(*path));
            let say = |path| format!("{}: {path} is there and marked as gone", spot.name);
            wrong.extend(marked.map(say));
        }
        wrong
    }

    async fn ledger(&self, rows: &Rows) -> Vec<Entry> {
        let sql = format!(
            "select e.reason, e.path, e.state, {} from external_op e join asset a on a.id = e.ref_id",
            rows.hex("a.sha256")
        );
        let found = rows.texts(&sql).await;
        let entry = |row: Vec<String>| Entry {
            reason: row[0].clone(),
            path: row[1].clone(),
            state: row[2].clone(),
            sha256: row[3].clone(),
        };
        found.into_iter().map(entry).collect()
    }

    /// Every file is as its person left it, or was deleted for a reason that was committed.
    fn judge_files(
        &self,
        look: Look<'_>,
        ledger: &[Entry],
        everywhere: &BTreeSet<Sha>,
        wrong: &mut Vec<String>,
    ) {
        let spot = look.spot;
        for (path, content) in &spot.files {
            match look.within.get(path) {
                Some(found) if found == content => {}
                Some(found) => wrong.push(format!(
                    "{}: {path} should be {content} and is {found}",
                    spot.name
                )),
                None => {
                    let is_moved = spot.collects && everywhere.contains(content);
                    let has_reason = ledger.iter().any(|entry| {
                        let is_meant = match entry.reason.as_str() {
                            "purge" => self.purged.contains(content),
                            // Moved, and purged where it went.
                            _ => is_moved || (spot.collects && self.purged.contains(content)),
                        };
                        is_meant
                            && entry.path == *path
                            && entry.sha256 == *content
                            && matches!(entry.state.as_str(), "deleted" | "absent")
                    });
                    if !has_reason {
                        let at = look.find(content).unwrap_or("nowhere");
                        wrong.push(format!(
                            "{}: {path} ({content}) is gone without a committed reason; it is {at}",
                            spot.name
                        ));
                    }
                }
            }
        }
    }

    /// Nothing is in the ledger that nobody asked for, and nothing there waits.
    fn judge_ledger(&self, ledger: &[Entry], wrong: &mut Vec<String>) {
        for entry in ledger {
            if entry.reason == "purge" && !self.purged.contains(&entry.sha256) {
                wrong.push(format!("nobody asked for the deletion {entry:?}"));
            }
            if entry.state == "intent" {
                wrong.push(format!("a deletion waits: {entry:?}"));
            }
        }
    }

    /// What was sent is somewhere, and what was purged is not hosted any more.
    fn judge_uploads(&self, central: &Path, everywhere: &BTreeSet<Sha>, wrong: &mut Vec<String>) {
        let hosted = central::originals(central);
        for (content, name) in &self.sent {
            match self.purged.contains(content) {
                true if hosted.contains(content) => {
                    wrong.push(format!("the upload {name} ({content}) is still there"));
                }
                false if !everywhere.contains(content) => {
                    wrong.push(format!("the upload {name} ({content}) is lost"));
                }
                _ => {}
            }
        }
    }

    /// What no person put there is what Stowage delivered: a row speaks of it, and it has the bytes
    /// of its asset. Nothing that was delivered outlives its purge.
    async fn judge_strangers(&self, looks: &[Look<'_>], rows: &Rows, wrong: &mut Vec<String>) {
        let sql = format!(
            "select o.path, coalesce({}, '') from remote_object o \
             left join asset a on a.id = o.asset_id",
            rows.hex("a.sha256")
        );
        let known: BTreeSet<(String, Sha)> = rows
            .texts(&sql)
            .await
            .into_iter()
            .map(|row| (row[0].clone(), row[1].clone()))
            .collect();
        for look in looks {
            for (path, content) in look.visible() {
                let name = &look.spot.name;
                let is_a_persons = look.spot.files.get(path) == Some(content);
                let is_delivered = known.contains(&(path.clone(), content.clone()));
                if is_delivered && !is_a_persons && self.purged.contains(content) {
                    wrong.push(format!(
                        "{name}: {path} was delivered, and outlives its purge"
                    ));
                }
                // Reserved for a copy that nobody wants any more: cleared away in an hour.
                let is_reserved = known.contains(&(path.clone(), String::new()));
                if !is_a_persons && !is_delivered && !is_reserved {
                    wrong.push(format!("{name}: nobody knows {path}"));
                }
            }
        }
    }

    /// Every content that is kept is exactly one asset.
    async fn judge_assets(&self, rows: &Rows, wrong: &mut Vec<String>) {
        let sql = format!(
            "select {} from asset where lifecycle in ('live', 'trashed')",
            rows.hex("sha256")
        );
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for content in rows.texts(&sql).await.concat() {
            *counts.entry(content).or_default() += 1;
        }
        let files = self.spots.iter().flat_map(|spot| &spot.files);
        let files = files.map(|(path, content)| (content, path));
        for (content, name) in self.sent.iter().chain(files) {
            let count = counts.get(content).copied().unwrap_or_default();
            let expected = u32::from(!self.purged.contains(content));
            if count != expected {
                wrong.push(format!(
                    "{name} ({content}) has {count} assets instead of {expected}"
                ));
            }
        }
    }
}

impl<'a> Look<'a> {
    /// Lists what anybody sees in the place, Stowage's own files left out.
    fn visible(&self) -> impl Iterator<Item = (&'a String, &'a Sha)> + use<'a> {
        let files = self.within.iter();
        files.filter(|(path, _)| !path.starts_with(".stowage"))
    }

    /// Looks for a content anywhere in the place.
    fn find(&self, content: &Sha) -> Option<&'a str> {
        let mut found = self.within.iter().filter(|(_, found)| *found == content);
        found.next().map(|(path, _)| path.as_str())
    }

    /// Nothing was touched beside the connected folder, and nothing hides in it.
    fn judge_hidden(&self, wrong: &mut Vec<String>) {
        let Spot {
            name,
            view,
            outside,
            ..
        } = self.spot;
        let now = view.outside();
        if now != *outside {
            wrong.push(format!(
                "{name}: outside the connected folder {outside:?} became {now:?}"
            ));
        }
        let hidden = self.within.keys();
        for path in hidden.filter(|path| path.starts_with(".stowage-quarantine")) {
            wrong.push(format!("{name}: {path} stays behind"));
        }
    }
}

/// Returns what tells a content from all others.
pub fn content_of(bytes: &[u8]) -> Sha {
    sha256(bytes)
}

pub(crate) fn sha256(bytes: &[u8]) -> Sha {
    hex::encode(Sha256::digest(bytes))
}

/// Lists all files below a folder, with their contents.
fn files_below(folder: &Path, found: &mut BTreeMap<PathBuf, Sha>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files_below(&path, found);
        } else if let Ok(bytes) = fs::read(&path) {
            found.insert(path, sha256(&bytes));
        }
    }
}
