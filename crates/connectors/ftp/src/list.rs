//! Listings: one folder after the other, line by line, in whatever order the server has.
//!
//! In memory are the lines of one page and the names of the folders that are still to be visited.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError},
    time::Duration,
};

use async_stream::try_stream;
use futures::StreamExt;
use stowage_domain::{Clock, SystemClock};
use stowage_storage::{ErrorKind, ListPage, Listing, ObjectPath, Skipped, StorageError, names};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    time::timeout,
};

use crate::{
    config::is_sendable,
    entry::{Entry, EntryKind, parse_facts},
    error::Failure,
    facts,
    line::{is_heading, parse_line},
    pool::{Lease, Pool},
    session::Transfer,
};

/// Lines in a page.
const PAGE: usize = 1_000;

/// No line is longer: a name has 255 bytes, and a link shows where it leads.
const LINE: u64 = 16 * 1024;

/// A path that is longer goes round in circles.
const DEEPEST: usize = 4_000;

/// How often a folder is listed again when its connection breaks.
const AGAIN: u32 = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Mlsd,
    /// With the files whose names begin with a dot.
    ListAll,
    List,
}

impl Form {
    const fn command(self) -> &'static str {
        match self {
            Self::Mlsd => "MLSD",
            Self::ListAll => "LIST -a",
            Self::List => "LIST",
        }
    }
}

/// The listing of one folder, while it comes in.
pub(crate) struct Reader {
    lines: Option<BufReader<Transfer>>,
    form: Form,
    stall: Duration,
    /// Whether the folder listed itself, as `LIST -a` does where it is understood.
    has_itself: bool,
    understood: usize,
    strange: usize,
}

impl Reader {
    /// Enters a folder and starts to list it.
    pub(crate) async fn begin(lease: &mut Lease, folder: &str) -> Result<Self, Failure> {
        lease.change_below(folder).await?;
        let mut form = match *shows_hidden(lease) {
            _ if lease.knows_mlst => Form::Mlsd,
            Some(false) => Form::List,
            _ => Form::ListAll,
        };
        loop {
            let begun = lease.begin_listing(form.command()).await;
            form = match (begun, form) {
                (Ok(transfer), form) => {
                    return Ok(Self {
                        lines: Some(BufReader::with_capacity(64 * 1024, transfer)),
                        form,
                        stall: lease.pool().dialer.net.timeouts.stall,
                        has_itself: false,
                        understood: 0,
                        strange: 0,
                    });
                }
                (Err(Failure::Refused(refusal)), Form::Mlsd) if refusal.is_unknown() => {
                    lease.knows_mlst = false;
                    Form::ListAll
                }
                (Err(Failure::Refused(_)), Form::ListAll) => Form::List,
                (Err(failure), _) => return Err(failure),
            }
        }
    }

    /// Returns the next entries, none after the last. Among them is no folder for itself.
    pub(crate) async fn next(&mut self, lease: &mut Lease) -> Result<Option<Vec<Entry>>, Failure> {
        let now = SystemClock.now();
        let mut entries: Vec<Entry> = Vec::new();
        while let Some(lines) = &mut self.lines {
            let Some(line) = next_line(lines, self.stall).await? else {
                self.end(lease).await?;
                continue;
            };
            let parsed = match self.form {
                Form::Mlsd => parse_facts(&line),
                Form::List | Form::ListAll if is_heading(&line) => continue,
                Form::List | Form::ListAll => parse_line(&line, now),
            };
            let Some(entry) = parsed else {
                // The second half of a name with a line break in it: the first is no name either.
                self.strange += 1;
                entries.pop();
                continue;
            };
            self.understood += 1;
            if entry.name == b"." || entry.name == b".." {
                self.has_itself = true;
                continue;
            }
            entries.push(entry);
            if entries.len() == PAGE {
                return Ok(Some(entries));
            }
        }
        Ok((!entries.is_empty()).then_some(entries))
    }

    /// Takes the server's word that this was all, and asks once more where it was not.
    async fn end(&mut self, lease: &mut Lease) -> Result<(), Failure> {
        if let Some(lines) = self.lines.take() {
            lease.finish(lines.into_inner()).await?;
        }
        if self.strange > 0 && self.understood == 0 {
            let why = "the server's listing is of a form that is not known";
            return Err(Failure::broken(ErrorKind::Unexpected, why));
        }
        if self.form != Form::ListAll {
            return Ok(());
        }
        // Servers to whom `-a` is the name of a file list nothing, and that looks like an empty
        // folder.
        *shows_hidden(lease) = Some(self.has_itself);
        if !self.has_itself {
            self.form = Form::List;
            let transfer = lease.begin_listing(self.form.command()).await?;
            self.lines = Some(BufReader::with_capacity(64 * 1024, transfer));
        }
        Ok(())
    }
}

fn shows_hidden(lease: &Lease) -> std::sync::MutexGuard<'_, Option<bool>> {
    lease
        .pool()
        .shows_hidden
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}

/// Reads a line without its end; none at the end.
async fn next_line(
    lines: &mut BufReader<Transfer>,
    stall: Duration,
) -> Result<Option<Vec<u8>>, Failure> {
    let mut line = Vec::new();
    let mut bounded = (&mut *lines).take(LINE);
    let read = timeout(stall, bounded.read_until(b'\n', &mut line)).await;
    match read.map_err(|_| Failure::silent(stall))? {
        Ok(_) => {}
        // Many servers end TLS without a word; the answer behind it says whether it was all.
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {}
        Err(error) => return Err(error.into()),
    }
    if line.is_empty() {
        return Ok(None);
    }
    // A listing that was cut off ends in the middle of a name as a rule, whatever the answer says.
    if !line.ends_with(b"\n") {
        let why = "the server's listing breaks off in the middle of a line";
        return Err(Failure::broken(ErrorKind::Unexpected, why));
    }
    let bare = line.strip_suffix(b"\n").unwrap_or(&line);
    let bare = bare.strip_suffix(b"\r").unwrap_or(bare);
    Ok(Some(bare.to_vec()))
}

/// The folders between the root and one of its folders, by what the server tells them by.
struct Trail {
    unique: String,
    above: Option<Arc<Trail>>,
}

fn leads_back(trail: Option<&Arc<Trail>>, unique: &str) -> bool {
    let mut trail = trail;
    while let Some(here) = trail {
        if here.unique == unique {
            return true;
        }
        trail = here.above.as_ref();
    }
    false
}

/// A folder that is to be listed.
struct Pending {
    path: String,
    trail: Option<Arc<Trail>>,
}

impl Pending {
    fn below(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}/{name}", self.path)
        }
    }
}

/// Lists everything below a folder.
pub(crate) fn list(pool: Arc<Pool>, folder: Option<&ObjectPath>) -> Listing {
    let start = folder.map(ObjectPath::to_string).unwrap_or_default();
    try_stream! {
        if !start.is_empty() && !is_sendable(&start) {
            return;
        }
        let shown = start.clone();
        let mut todo = vec![Pending { path: start, trail: None }];
        let mut is_first = true;
        while let Some(folder) = todo.pop() {
            let mut again = 0;
            let below = loop {
                let mut below = HashMap::new();
                let mut lease = pool.lend().await?;
                if is_first {
                    lease.check_root().await?;
                }
                let mut failed = None;
                match Reader::begin(&mut lease, &folder.path).await {
                    Ok(mut reader) => loop {
                        match reader.next(&mut lease).await {
                            Ok(Some(entries)) => yield sort_out(entries, &folder, &mut below),
                            Ok(None) => break,
                            Err(failure) => {
                                failed = Some(failure);
                                break;
                            }
                        }
                    },
                    Err(failure) => failed = Some(failure),
                }
                match failed {
                    None => {
                        lease.give_back();
                        break below;
                    }
                    Some(failure) if failure.may_pass() && again < AGAIN => again += 1,
                    Some(Failure::Refused(refusal)) => {
                        // Asked for something in it, to tell a folder that is gone from one that
                        // is closed.
                        let inside = folder.below("?");
                        let there = facts::find(&mut lease, &inside).await;
                        match lease.end(there) {
                            Ok(_) if is_first => {
                                let what = format!("there is no folder {shown:?}");
                                Err(StorageError::new(ErrorKind::NotFound, what))?;
                            }
                            Ok(_) => {}
                            Err(Failure::Refused(_)) if !is_first => {
                                let reason = refusal.into_error("list it").to_string();
                                let unreadable = vec![Skipped { path: folder.path.clone(), reason }];
                                yield ListPage { unreadable, ..ListPage::default() };
                            }
                            Err(failure) => {
                                Err(failure.into_error(&format!("list the folder {shown:?}")))?;
                            }
                        }
                        break HashMap::new();
                    }
                    Some(failure) => {
                        let what = format!("list the folder {:?}", folder.path);
                        Err(failure.into_error(&what))?;
                    }
                }
            };
            is_first = false;
            todo.extend(below.into_values());
        }
    }
    .boxed()
}

/// Makes a page of entries, and notes the folders among them.
fn sort_out(
    entries: Vec<Entry>,
    folder: &Pending,
    below: &mut HashMap<String, Pending>,
) -> ListPage {
    let mut page = ListPage::default();
    for entry in entries {
        let Ok(name) = std::str::from_utf8(&entry.name) else {
            let shown = folder.below(&String::from_utf8_lossy(&entry.name));
            page.skipped.push(skipped(shown, "its name is not UTF-8"));
            continue;
        };
        let path = folder.below(name);
        if names::is_own(name) {
            continue;
        }
        let reason = if names::is_system(name) {
            names::SYSTEM_REASON
        } else if name.contains('/') || !is_sendable(name) {
            "its name cannot be said to an FTP server"
        } else {
            match entry.kind {
                EntryKind::File if entry.size.is_none() => "the server does not tell its size",
                EntryKind::File => {
                    page.objects.push(entry.object(path));
                    continue;
                }
                EntryKind::Folder => {
                    let is_circle = path.len() > DEEPEST
                        || entry
                            .unique
                            .as_ref()
                            .is_some_and(|unique| leads_back(folder.trail.as_ref(), unique));
                    if !is_circle {
                        let trail = entry.unique.map(|unique| {
                            let above = folder.trail.clone();
                            Arc::new(Trail { unique, above })
                        });
                        let pending = Pending {
                            path,
                            trail: trail.or_else(|| folder.trail.clone()),
                        };
                        below.insert(name.to_owned(), pending);
                        continue;
                    }
                    "it leads back to a folder that it is in"
                }
                EntryKind::Link => "symbolic links are not followed",
                EntryKind::Other => "not a regular file",
            }
        };
        page.skipped.push(skipped(path, reason));
    }
    page
}

fn skipped(path: String, reason: &str) -> Skipped {
    Skipped {
        path,
        reason: reason.to_owned(),
    }
}

/// Returns the names of the folders directly below a folder.
pub(crate) async fn folders(
    pool: &Arc<Pool>,
    folder: Option<&ObjectPath>,
) -> Result<Vec<String>, StorageError> {
    let path = folder.map(ObjectPath::as_str).unwrap_or_default();
    let mut lease = pool.lend().await?;
    lease.check_root().await?;
    let listed = folders_in(&mut lease, path).await;
    match lease.end(listed) {
        Ok(names) => Ok(names),
        Err(Failure::Refused(refusal)) if refusal.is_about_file() => {
            let what = format!("there is no folder {path:?} that may be listed");
            Err(StorageError::new(ErrorKind::NotFound, what))
        }
        Err(failure) => Err(failure.into_error(&format!("list the folder {path:?}"))),
    }
}

async fn folders_in(lease: &mut Lease, path: &str) -> Result<Vec<String>, Failure> {
    let folder = Pending {
        path: path.to_owned(),
        trail: None,
    };
    let mut below = HashMap::new();
    let mut reader = Reader::begin(lease, path).await?;
    while let Some(entries) = reader.next(lease).await? {
        sort_out(entries, &folder, &mut below);
    }
    let mut names: Vec<String> = below.into_keys().collect();
    names.sort_unstable();
    Ok(names)
}
