//! IPTC's information interchange model (IIM), as news desks write it.
//!
//! A list of data sets: a marker, record and number, a length, the value. No kept library reads
//! it, and it is this short.

use super::dates::{self, Unusable};
use super::{Found, text};

const MARKER: u8 = 0x1c;
const MAX_SETS: usize = 2000;

/// Encoded character set: the escape sequence that announces UTF-8.
const UTF8_ESCAPE: &[u8] = b"\x1b%G";

/// Reads a block of data sets.
pub(super) fn read(block: &[u8]) -> Found {
    let mut found = Found::default();
    let sets = data_sets(block, &mut found);
    let declares_utf8 = sets
        .iter()
        .any(|set| set.id == (1, 90) && set.value == UTF8_ESCAPE);
    let has_charset = sets.iter().any(|set| set.id == (1, 90));
    let decode = |value: &[u8]| {
        if has_charset && !declares_utf8 {
            // Another set was announced; of those only Latin-1 is met in practice.
            text::tidy(&text::latin1(value))
        } else {
            text::decode(value)
        }
    };
    let (mut date, mut time, mut digitized) = (None, None, None);
    let mut creators: Vec<String> = Vec::new();
    for set in &sets {
        if set.id.0 != 2 {
            continue;
        }
        let Some(value) = decode(set.value).map(|value| text::cap(&value)) else {
            continue;
        };
        let name = match set.id.1 {
            5 => "ObjectName",
            25 => "Keywords",
            55 => "DateCreated",
            60 => "TimeCreated",
            62 => "DigitalCreationDate",
            65 => "OriginatingProgram",
            80 => "Byline",
            85 => "BylineTitle",
            90 => "City",
            92 => "Sublocation",
            95 => "ProvinceState",
            101 => "CountryName",
            105 => "Headline",
            110 => "Credit",
            115 => "Source",
            116 => "CopyrightNotice",
            120 => "Caption",
            122 => "CaptionWriter",
            40 => "SpecialInstructions",
            15 => "Category",
            20 => "SupplementalCategory",
            10 => "Urgency",
            100 => "CountryCode",
            103 => "TransmissionReference",
            _ => continue,
        };
        found.field("iptc", name, &value);
        match set.id.1 {
            5 => found.title = found.title.take().or(Some(value)),
            25 => found.keywords.push(value),
            55 => date = Some(value),
            60 => time = Some(value),
            62 => digitized = Some(value),
            80 => creators.push(value),
            90 => found.city = Some(value),
            95 => found.state = Some(value),
            101 => found.country = Some(value),
            116 => found.copyright = Some(value),
            120 => found.description = Some(value),
            _ => {}
        }
    }
    found.creator = (!creators.is_empty()).then(|| creators.join("; "));
    let dated = date.map(|date| dates::iptc(&date, time.as_deref()));
    match dated.or_else(|| digitized.map(|date| dates::iptc(&date, None))) {
        Some(Ok(stamp)) => found.taken = Some(stamp),
        Some(Err(Unusable::Implausible(reason))) => found.warn(reason),
        Some(Err(Unusable::Absent)) | None => {}
    }
    found
}

struct DataSet<'a> {
    id: (u8, u8),
    value: &'a [u8],
}

fn data_sets<'a>(block: &'a [u8], found: &mut Found) -> Vec<DataSet<'a>> {
    let mut sets = Vec::new();
    let mut rest = block;
    while let [MARKER, record, number, after @ ..] = rest {
        let Some((length, after)) = length(after) else {
            found.warn("the IPTC block ends early");
            break;
        };
        let Some((value, after)) = after.split_at_checked(length) else {
            found.warn("the IPTC block ends early");
            break;
        };
        sets.push(DataSet {
            id: (*record, *number),
            value,
        });
        if sets.len() == MAX_SETS {
            found.warn("the IPTC block has too many entries");
            break;
        }
        rest = after;
    }
    sets
}

/// Two bytes of length, or the number of bytes in which the length is written.
fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (short, rest) = bytes.split_at_checked(2)?;
    let short = u16::from_be_bytes([short[0], short[1]]);
    if short & 0x8000 == 0 {
        return Some((usize::from(short), rest));
    }
    let width = usize::from(short & 0x7fff);
    if width > 4 {
        return None;
    }
    let (long, rest) = rest.split_at_checked(width)?;
    let length = long
        .iter()
        .fold(0usize, |length, &byte| length << 8 | usize::from(byte));
    Some((length, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(record: u8, number: u8, value: &[u8]) -> Vec<u8> {
        let mut bytes = vec![MARKER, record, number];
        bytes.extend_from_slice(&(value.len() as u16).to_be_bytes());
        bytes.extend_from_slice(value);
        bytes
    }

    #[test]
    fn reads_what_a_news_desk_wrote() {
        let mut block = set(1, 90, UTF8_ESCAPE);
        block.extend(set(2, 5, "Brücke".as_bytes()));
        block.extend(set(2, 25, b"one"));
        block.extend(set(2, 25, b"two"));
        block.extend(set(2, 55, b"20240501"));
        block.extend(set(2, 60, b"101112-0500"));
        block.extend(set(2, 90, b"Prague"));
        let found = read(&block);
        assert_eq!(found.title.as_deref(), Some("Brücke"));
        assert_eq!(found.keywords, ["one", "two"]);
        assert_eq!(found.city.as_deref(), Some("Prague"));
        let taken = found.taken.unwrap();
        assert_eq!(taken.local.to_string(), "2024-05-01 10:11:12");
        assert_eq!(taken.offset_minutes, Some(-300));
    }

    #[test]
    fn another_announced_set_is_read_as_latin1() {
        let mut block = set(1, 90, b"\x1b.A");
        block.extend(set(2, 5, b"\xc3\xbc"));
        assert_eq!(read(&block).title.as_deref(), Some("Ã¼"));
    }

    #[test]
    fn a_cut_block_keeps_what_came_before() {
        let mut block = set(2, 5, b"whole");
        block.extend_from_slice(&[MARKER, 2, 120, 0, 200, b'x']);
        let found = read(&block);
        assert_eq!(found.title.as_deref(), Some("whole"));
        assert_eq!(found.warnings.len(), 1);
        assert!(read(&[MARKER, 2, 5, 0xff, 0xff]).title.is_none());
    }
}
