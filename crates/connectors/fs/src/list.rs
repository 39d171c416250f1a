//! Walking a folder in the byte order of whole paths.
//!
//! A folder sorts as its name with a slash behind it: `a.txt` comes before `a/b`, as in a sort of
//! the full paths. In memory are the names of the folders between the root and where the walk is.

use std::{cmp::Ordering, os::fd::OwnedFd, path::PathBuf, vec::IntoIter};

use rustix::{
    fs::{Dir, FileType},
    io::Errno,
};
use stowage_storage::{ErrorKind, ListPage, Object, ObjectPath, Skipped, StorageError, names};

use crate::{
    error::failed,
    tree::{check_root, descend, is_file, look, object, open_child, open_root},
};

/// Objects, skipped and unreadable things in a page, together.
const PAGE: usize = 1_000;

/// A walk that stands between two pages.
pub(crate) struct Walk {
    root: PathBuf,
    opened: Option<OwnedFd>,
    start: Vec<String>,
    levels: Vec<Level>,
}

struct Level {
    folder: OwnedFd,
    /// The folder's path with a slash behind it; empty for the root.
    prefix: String,
    entries: IntoIter<Entry>,
}

struct Entry {
    name: String,
    is_folder: bool,
}

impl Walk {
    pub(crate) fn new(root: PathBuf, folder: Option<&ObjectPath>) -> Self {
        let start = folder.map(|path| path.as_str().split('/').map(str::to_owned).collect());
        Self {
            root,
            opened: None,
            start: start.unwrap_or_default(),
            levels: Vec::new(),
        }
    }

    /// Returns the next page, or nothing after the last.
    pub(crate) fn next_page(&mut self) -> Result<Option<ListPage>, StorageError> {
        let mut page = ListPage::default();
        if self.opened.is_none() {
            self.begin(&mut page)?;
        }
        while len(&page) < PAGE {
            let Some(level) = self.levels.last_mut() else {
                break;
            };
            let Some(entry) = level.entries.next() else {
                self.levels.pop();
                continue;
            };
            let path = format!("{}{}", level.prefix, entry.name);
            if entry.is_folder {
                let opened = open_child(&level.folder, &entry.name);
                match opened.and_then(|folder| enter(folder, format!("{path}/"), &mut page)) {
                    Ok(level) => self.levels.push(level),
                    Err(errno) => note(&mut page, path, errno),
                }
                continue;
            }
            match look(&level.folder, &entry.name) {
                Ok(stat) if is_file(&stat) => page.objects.push(object(path, &stat)),
                Ok(_) => page
                    .skipped
                    .push(skipped(path, "it became something else meanwhile")),
                Err(errno) => note(&mut page, path, errno),
            }
        }
        // What was listed counts only if it was listed from the place that is still there.
        if let Some(opened) = &self.opened {
            check_root(&self.root, opened)?;
        }
        Ok((len(&page) > 0).then_some(page))
    }

    fn begin(&mut self, page: &mut ListPage) -> Result<(), StorageError> {
        let root = open_root(&self.root)?;
        let again = root.try_clone().map_err(|error| {
            StorageError::new(ErrorKind::Unreachable, "could not keep the folder open")
                .with_source(error)
        })?;
        self.opened = Some(again);
        let shown = self.start.join("/");
        let names: Vec<&str> = self.start.iter().map(String::as_str).collect();
        let prefix = if shown.is_empty() {
            String::new()
        } else {
            format!("{shown}/")
        };
        let level = descend(root, &names)
            .and_then(|folder| enter(folder, prefix, page))
            .map_err(|errno| match errno {
                Errno::NOTDIR | Errno::LOOP => failed("list folder", &shown, Errno::NOENT),
                other => failed("list folder", &shown, other),
            })?;
        self.levels.push(level);
        Ok(())
    }
}

fn len(page: &ListPage) -> usize {
    page.objects.len() + page.skipped.len() + page.unreadable.len()
}

fn skipped(path: String, reason: &str) -> Skipped {
    Skipped {
        path,
        reason: reason.to_owned(),
    }
}

/// Notes a part that could not be looked at. One that is gone by now is not unreadable, just gone.
fn note(page: &mut ListPage, path: String, errno: Errno) {
    match errno {
        Errno::NOENT => {}
        Errno::LOOP | Errno::NOTDIR => {
            page.skipped
                .push(skipped(path, "it became something else meanwhile"));
        }
        other => {
            let reason = failed("list", &path, other).to_string();
            page.unreadable.push(Skipped { path, reason });
        }
    }
}

/// Reads the names of a folder, sorts them, and notes those that are no objects.
fn enter(folder: OwnedFd, prefix: String, page: &mut ListPage) -> Result<Level, Errno> {
    let mut entries = Vec::new();
    for found in Dir::read_from(&folder)? {
        let found = found?;
        let raw = found.file_name().to_bytes();
        if raw == b"." || raw == b".." {
            continue;
        }
        let Ok(name) = std::str::from_utf8(raw) else {
            let shown = format!("{prefix}{}", String::from_utf8_lossy(raw));
            page.skipped.push(skipped(shown, "its name is not UTF-8"));
            continue;
        };
        if names::is_own(name) {
            continue;
        }
        let path = || format!("{prefix}{name}");
        if names::is_system(name) {
            page.skipped.push(skipped(path(), names::SYSTEM_REASON));
            continue;
        }
        let kind = match found.file_type() {
            FileType::Unknown => match look(&folder, name) {
                Ok(stat) => FileType::from_raw_mode(stat.st_mode),
                Err(errno) => {
                    note(page, path(), errno);
                    continue;
                }
            },
            known => known,
        };
        match kind {
            FileType::RegularFile => entries.push(Entry {
                name: name.to_owned(),
                is_folder: false,
            }),
            FileType::Directory => entries.push(Entry {
                name: name.to_owned(),
                is_folder: true,
            }),
            FileType::Symlink => page
                .skipped
                .push(skipped(path(), "symbolic links are not followed")),
            _ => page.skipped.push(skipped(path(), "not a regular file")),
        }
    }
    entries.sort_unstable_by(in_listing_order);
    Ok(Level {
        folder,
        prefix,
        entries: entries.into_iter(),
    })
}

/// Compares as the full paths below the entries do.
fn in_listing_order(one: &Entry, other: &Entry) -> Ordering {
    fn key(entry: &Entry) -> impl Iterator<Item = u8> {
        entry.name.bytes().chain(entry.is_folder.then_some(b'/'))
    }
    key(one).cmp(key(other))
}

/// Returns the names of the folders directly below `folder`.
pub(crate) fn folders(
    root: &std::path::Path,
    folder: &[&str],
) -> Result<Vec<String>, StorageError> {
    let shown = folder.join("/");
    let fail = |errno| failed("list folder", &shown, errno);
    let opened = descend(open_root(root)?, folder).map_err(fail)?;
    let level = enter(opened, String::new(), &mut ListPage::default()).map_err(fail)?;
    let mut names: Vec<String> = level
        .entries
        .filter(|entry| entry.is_folder)
        .map(|entry| entry.name)
        .collect();
    names.sort_unstable();
    Ok(names)
}

/// Lists Stowage's own files directly below the root.
pub(crate) fn own_files(root: &std::path::Path) -> Result<Vec<Object>, StorageError> {
    let fail = |errno| failed("list folder", "", errno);
    let folder = open_root(root)?;
    let mut files = Vec::new();
    for found in Dir::read_from(&folder).map_err(fail)? {
        let found = found.map_err(fail)?;
        let Ok(name) = found.file_name().to_str() else {
            continue;
        };
        if !names::is_own(name) {
            continue;
        }
        match look(&folder, name) {
            Ok(stat) if is_file(&stat) => files.push(object(name.to_owned(), &stat)),
            Ok(_) | Err(Errno::NOENT) => {}
            Err(errno) => return Err(fail(errno)),
        }
    }
    Ok(files)
}
