//! Lines of LIST, which no standard describes: as `ls -l` and as DOS print them.

use chrono::{Datelike, Duration, NaiveDate};
use stowage_domain::Timestamp;

use crate::entry::{Entry, EntryKind, Modified, stamp};

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Reads a line. None when it is of no form that is known.
pub(crate) fn parse_line(line: &[u8], now: Timestamp) -> Option<Entry> {
    unix(line, now).or_else(|| dos(line))
}

/// Returns whether a line is no name at all: `total 12`.
pub(crate) fn is_heading(line: &[u8]) -> bool {
    line.is_empty() || line.to_ascii_lowercase().starts_with(b"total ")
}

/// Splits at blanks and says where each word ends.
fn words(line: &[u8]) -> impl Iterator<Item = (&str, usize)> {
    let mut position = 0;
    std::iter::from_fn(move || {
        let start = position + line[position..].iter().position(|byte| *byte != b' ')?;
        let end = line[start..]
            .iter()
            .position(|byte| *byte == b' ')
            .map_or(line.len(), |length| start + length);
        position = end;
        // What is not UTF-8 is in the name, or not of our interest.
        Some((std::str::from_utf8(&line[start..end]).unwrap_or("?"), end))
    })
}

/// `-rw-r--r--    1 1000     1000           15 Nov 28 07:12 name`
fn unix(line: &[u8], now: Timestamp) -> Option<Entry> {
    let kind = match line.first()? {
        b'-' => EntryKind::File,
        b'd' => EntryKind::Folder,
        b'l' => EntryKind::Link,
        b'b' | b'c' | b'p' | b's' => EntryKind::Other,
        _ => return None,
    };
    let words: Vec<(&str, usize)> = words(line).take(12).collect();
    if words.first()?.0.len() < 10 {
        return None;
    }
    // Servers leave out links, owner or group; before the month is always the size.
    let month = (2..words.len().saturating_sub(2)).find(|&at| {
        let is_month = MONTHS.contains(&words[at].0.to_ascii_lowercase().as_str());
        let day = words[at + 1].0.parse::<u32>();
        is_month && day.is_ok_and(|day| day <= 31) && words[at - 1].0.parse::<u64>().is_ok()
    })?;
    let (time, end) = words[month + 2];
    let told = format!("{} {} {time}", words[month].0, words[month + 1].0);
    let rough = rough_time(words[month].0, words[month + 1].0, time, now);
    // One blank, and then the name as it is, with its own blanks.
    let mut name = line.get(end + 1..).filter(|name| !name.is_empty())?;
    if kind == EntryKind::Link {
        let arrow = name.windows(4).position(|part| part == b" -> ");
        name = &name[..arrow.unwrap_or(name.len())];
    }
    Some(Entry {
        name: name.to_vec(),
        kind,
        size: words[month - 1].0.parse().ok(),
        modified: Modified::Vague(told, rough),
        unique: None,
    })
}

/// The year is guessed where the hour stands in its place: the last in which that was not ahead.
fn rough_time(month: &str, day: &str, time: &str, now: Timestamp) -> Option<Timestamp> {
    let month = month.to_ascii_lowercase();
    let month = MONTHS.iter().position(|known| *known == month)? as u32 + 1;
    let day = day.parse().ok()?;
    let Some((hour, minute)) = time.split_once(':') else {
        let date = NaiveDate::from_ymd_opt(time.parse().ok()?, month, day)?;
        return Some(stamp(date.and_hms_opt(0, 0, 0)?));
    };
    let (hour, minute) = (hour.parse().ok()?, minute.parse().ok()?);
    let tomorrow = now.to_utc().naive_utc() + Duration::days(1);
    let in_year = |year| NaiveDate::from_ymd_opt(year, month, day)?.and_hms_opt(hour, minute, 0);
    // Four years back for the 29th of February.
    let found = (0..5)
        .filter_map(|back| in_year(tomorrow.year() - back))
        .find(|time| *time <= tomorrow)?;
    Some(stamp(found))
}

/// `11-28-26  07:12AM       <DIR>          name`, `11-28-2026  07:12AM   1024 name`
fn dos(line: &[u8]) -> Option<Entry> {
    let words: Vec<(&str, usize)> = words(line).take(3).collect();
    let [(date, _), (time, _), (size, end)] = words[..] else {
        return None;
    };
    let mut parts = date.split('-').map(str::parse::<u32>);
    let (month, day, year) = (
        parts.next()?.ok()?,
        parts.next()?.ok()?,
        parts.next()?.ok()?,
    );
    let year = if year < 100 { 2000 + year } else { year };
    let (clock, half) = time.split_at_checked(5)?;
    let (hour, minute) = clock.split_once(':')?;
    let (hour, minute) = (hour.parse::<u32>().ok()?, minute.parse::<u32>().ok()?);
    let hour = match half.to_ascii_uppercase().as_str() {
        "AM" => hour % 12,
        "PM" => hour % 12 + 12,
        "" => hour,
        _ => return None,
    };
    let date = NaiveDate::from_ymd_opt(year as i32, month, day)?;
    let rough = date.and_hms_opt(hour, minute, 0).map(stamp);
    let (kind, size) = match size {
        "<DIR>" => (EntryKind::Folder, None),
        "<JUNCTION>" | "<SYMLINKD>" | "<SYMLINK>" => (EntryKind::Link, None),
        size => (EntryKind::File, Some(size.parse().ok()?)),
    };
    // Folders are followed by a column of blanks.
    let rest = line.get(end..)?;
    let blanks = if kind == EntryKind::File {
        1
    } else {
        rest.iter().take_while(|byte| **byte == b' ').count()
    };
    let name = rest.get(blanks..).filter(|name| !name.is_empty())?;
    Some(Entry {
        name: name.to_vec(),
        kind,
        size,
        modified: Modified::Vague(format!("{} {time}", words[0].0), rough),
        unique: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        crate::entry::time_of("20261128071500").unwrap()
    }

    fn parsed(line: &str) -> Entry {
        parse_line(line.as_bytes(), now()).unwrap_or_else(|| panic!("{line:?} is a good line"))
    }

    #[test]
    fn reads_what_unix_servers_print() {
        for (line, kind, name) in [
            (
                "-rw-r--r--    1 1000     1000           15 Nov 28 07:12 a.jpg",
                EntryKind::File,
                "a.jpg",
            ),
            (
                "-rw-r--r--    1 1000     1000           15 Nov 28 07:12  two  blanks ",
                EntryKind::File,
                " two  blanks ",
            ),
            (
                "drwxr-xr-x   2 ftp ftp 4096 Jan  1  2024 Nov 28 2024",
                EntryKind::Folder,
                "Nov 28 2024",
            ),
            (
                "-rw-r--r-- 1 owner 15 Nov 28 07:12 no group",
                EntryKind::File,
                "no group",
            ),
            (
                "lrwxrwxrwx    1 0 0 4 Nov 28 07:12 link -> /etc",
                EntryKind::Link,
                "link",
            ),
            (
                "-rw-r--r--+   1 0 0 4 Nov 28 07:12 acl",
                EntryKind::File,
                "acl",
            ),
            (
                "prw-r--r--    1 0 0 0 Nov 28 07:12 pipe",
                EntryKind::Other,
                "pipe",
            ),
        ] {
            let entry = parsed(line);
            assert_eq!(entry.kind, kind, "{line}");
            assert_eq!(String::from_utf8_lossy(&entry.name), name, "{line}");
        }
        let file = parsed("-rw-r--r--    1 1000     1000           15 Nov 28 07:12 a.jpg");
        assert_eq!(file.size, Some(15));
        assert_eq!(file.object("x".into()).revision, "~15-Nov 28 07:12");
    }

    #[test]
    fn reads_what_dos_servers_print() {
        let folder = parsed("11-28-26  07:12AM       <DIR>          My folder");
        assert_eq!(folder.kind, EntryKind::Folder);
        assert_eq!(folder.name, b"My folder");
        let file = parsed("11-28-2026  07:12PM                 1024 a b.jpg");
        assert_eq!((file.kind, file.size), (EntryKind::File, Some(1024)));
        assert_eq!(file.name, b"a b.jpg");
        let Modified::Vague(_, Some(time)) = file.modified else {
            panic!("it tells a time");
        };
        assert_eq!(time, crate::entry::time_of("20261128191200").unwrap());
    }

    #[test]
    fn guesses_the_year_that_is_not_ahead() {
        for (line, expected) in [
            ("Nov 28 07:12", "20261128071200"),
            // A server whose day has begun already.
            ("Nov 29 03:00", "20261129030000"),
            ("Dec 24 18:00", "20251224180000"),
            ("Feb 29 10:00", "20240229100000"),
            ("Mar  3  2019", "20190303000000"),
        ] {
            let entry = parsed(&format!("-rw-r--r-- 1 0 0 1 {line} x"));
            let Modified::Vague(_, time) = entry.modified else {
                panic!("{line} is vague");
            };
            assert_eq!(time, crate::entry::time_of(expected), "{line}");
        }
    }

    #[test]
    fn knows_what_is_no_line() {
        for line in [
            "",
            "second half of a name",
            "d",
            "-rw-r--r-- 1 0 0",
            "11-28-26",
        ] {
            assert_eq!(parse_line(line.as_bytes(), now()), None, "{line:?}");
        }
        assert!(is_heading(b"total 12") && is_heading(b""));
        assert!(!is_heading(b"-rw-r--r-- 1 0 0 1 Nov 28 07:12 total 12"));
    }
}
