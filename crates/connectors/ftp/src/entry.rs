//! What a listing says about one name.

use chrono::{NaiveDate, NaiveDateTime};
use stowage_domain::{Timestamp, scan::VAGUE};
use stowage_storage::Object;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntryKind {
    File,
    Folder,
    Link,
    Other,
}

/// One line of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The bytes of the name, as the server sends them.
    pub(crate) name: Vec<u8>,
    pub(crate) kind: EntryKind,
    pub(crate) size: Option<u64>,
    pub(crate) modified: Modified,
    /// What the server tells the same file or folder by, under whatever name.
    pub(crate) unique: Option<String>,
}

/// When something was changed, as far as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Modified {
    /// To the second, in UTC.
    Exact(Timestamp),
    /// To the minute or the day, in whatever zone the server likes: its own words, and roughly
    /// when that was.
    Vague(String, Option<Timestamp>),
    Unknown,
}

impl Entry {
    pub(crate) fn object(&self, path: String) -> Object {
        object(path, self.size.unwrap_or_default(), &self.modified)
    }
}

/// Makes an object of what is known.
pub(crate) fn object(path: String, size: u64, modified: &Modified) -> Object {
    let (modified_at, revision) = match modified {
        Modified::Exact(time) => (Some(*time), format!("{size}-{}", time.seconds())),
        Modified::Vague(words, time) => (*time, format!("{VAGUE}{size}-{words}")),
        Modified::Unknown => (None, format!("{VAGUE}{size}")),
    };
    Object {
        remote_id: path.clone(),
        path,
        size,
        modified_at,
        revision,
    }
}

/// Reads `20261128071200` or `20261128071200.123`. Parts of a second are left out: not every
/// answer of a server has them.
pub(crate) fn time_of(digits: &str) -> Option<Timestamp> {
    let whole = digits.get(..14)?;
    if !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |from: usize, to: usize| whole[from..to].parse::<u32>().ok();
    let date = NaiveDate::from_ymd_opt(number(0, 4)? as i32, number(4, 6)?, number(6, 8)?)?;
    // A leap second is a second that no other clock has.
    let time = date.and_hms_opt(number(8, 10)?, number(10, 12)?, number(12, 14)?.min(59))?;
    Some(stamp(time))
}

pub(crate) fn stamp(time: NaiveDateTime) -> Timestamp {
    Timestamp::from(time.and_utc())
}

/// Reads a line of MLSD or MLST: `type=file;size=3;modify=20261128071200; name`.
pub(crate) fn parse_facts(line: &[u8]) -> Option<Entry> {
    let space = line.iter().position(|byte| *byte == b' ')?;
    let (facts, name) = (&line[..space], &line[space + 1..]);
    let facts = std::str::from_utf8(facts).ok()?;
    if !facts.ends_with(';') || name.is_empty() {
        return None;
    }
    let mut entry = Entry {
        name: name.to_vec(),
        kind: EntryKind::Other,
        size: None,
        modified: Modified::Unknown,
        unique: None,
    };
    for fact in facts.split_terminator(';') {
        let (key, value) = fact.split_once('=')?;
        match key.to_ascii_lowercase().as_str() {
            "type" => entry.kind = kind_of(value),
            "size" => entry.size = value.parse().ok(),
            "modify" => {
                entry.modified = time_of(value).map_or(Modified::Unknown, Modified::Exact);
            }
            "unique" => entry.unique = Some(value.to_owned()),
            _ => {}
        }
    }
    Some(entry)
}

fn kind_of(value: &str) -> EntryKind {
    let value = value.to_ascii_lowercase();
    match value.as_str() {
        "file" => EntryKind::File,
        "dir" => EntryKind::Folder,
        _ if value.starts_with("os.unix=slink") || value.starts_with("os.unix=symlink") => {
            EntryKind::Link
        }
        _ => EntryKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Entry {
        parse_facts(line.as_bytes()).unwrap_or_else(|| panic!("{line:?} is a good line"))
    }

    #[test]
    fn reads_what_servers_say() {
        let line = "type=file;perm=r;size=15;modify=20261128071200;unique=801g2;  two blanks; a";
        let entry = parsed(line);
        assert_eq!(entry.name, b" two blanks; a");
        assert_eq!(entry.kind, EntryKind::File);
        let object = entry.object("x".into());
        assert_eq!(object.revision, "15-1795849920");
        assert_eq!(entry.unique.as_deref(), Some("801g2"));
        for (line, kind) in [
            ("Type=dir;Modify=20261128071200; a", EntryKind::Folder),
            ("type=cdir;modify=20261128071200; .", EntryKind::Other),
            ("type=OS.unix=slink:/etc; a", EntryKind::Link),
            ("type=OS.unix=symlink; a", EntryKind::Link),
            ("type=OS.unix=blkdev; a", EntryKind::Other),
        ] {
            assert_eq!(parsed(line).kind, kind, "{line}");
        }
    }

    #[test]
    fn refuses_the_second_half_of_a_broken_name() {
        for line in ["second half", "second;half", "", "type=file;", "a b; c"] {
            assert_eq!(parse_facts(line.as_bytes()), None, "{line:?}");
        }
    }

    #[test]
    fn parts_of_a_second_do_not_make_another_revision() {
        assert_eq!(time_of("20261128071200.123"), time_of("20261128071200"));
        assert_eq!(time_of("2026112807120"), None);
        assert_eq!(time_of("20261328071200"), None);
        assert_eq!(time_of("hello, world!!"), None);
    }
}
