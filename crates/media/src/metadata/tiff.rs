//! Reads the directories of a TIFF structure without reading its pictures.
//!
//! A photograph's EXIF block, a scanner's TIFF of gigabytes and a camera's raw file are the same
//! structure. From any of them this copies the tags worth having into a small TIFF of our own,
//! which is then safe to hand to a parser: every offset is inside it, no value is large.

use std::io::{Cursor, Read, Seek, SeekFrom};

/// Entries of one directory, at most; cameras write about sixty.
const MAX_ENTRIES: u16 = 1000;
/// Bytes of one ordinary value, at most.
const MAX_VALUE: u64 = 4096;
/// Bytes of an embedded IPTC, Photoshop or XMP block, at most.
const MAX_BLOCK: u64 = 4 << 20;

/// Directories of one document that are counted, at most.
const MAX_PAGES: usize = 1000;

const SUBFILE_KIND: u16 = 0x00fe;
const ORIENTATION: u16 = 0x0112;
const XMP: u16 = 700;
const IPTC: u16 = 33_723;
const PHOTOSHOP: u16 = 34_377;
const PROFILE: u16 = 34_675;
const EXIF_DIRECTORY: u16 = 0x8769;
const GPS_DIRECTORY: u16 = 0x8825;
const MAKER_NOTE: u16 = 0x927c;

/// What was found in a TIFF structure.
#[derive(Debug, Default)]
pub(super) struct Extracted {
    /// A small TIFF with the tags of the first directory, EXIF and GPS.
    pub(super) block: Vec<u8>,
    pub(super) xmp: Option<Vec<u8>>,
    pub(super) iptc: Option<Vec<u8>>,
    pub(super) photoshop: Option<Vec<u8>>,
    pub(super) warnings: Vec<String>,
}

/// One entry as it is written again: 12 bytes, of which the last four are the value or its place.
struct Entry {
    tag: u16,
    kind: u16,
    count: u32,
    data: Vec<u8>,
}

/// Returns the orientation that an EXIF block states, if it states a valid one.
pub(crate) fn orientation_of_tiff(block: &[u8]) -> Option<u8> {
    let mut tiff = Tiff::open(Cursor::new(block))?;
    let offset = tiff.first_directory;
    let entries = tiff.directory(offset, &mut Extracted::default());
    let entry = entries.iter().find(|entry| entry.tag == ORIENTATION)?;
    let value = match entry.kind {
        // Written as a byte or a long by some programs.
        1 => u32::from(*entry.data.first()?),
        3 => u32::from(tiff.order.short(entry.data.get(..2)?.try_into().ok()?)),
        4 => tiff.order.long(entry.data.get(..4)?.try_into().ok()?),
        _ => return None,
    };
    (1..=8).contains(&value).then_some(value as u8)
}

/// Counts the pages of a document: the directories of its chain, without the reduced copies of
/// other pages.
pub(super) fn pages<R: Read + Seek>(reader: R) -> Option<u32> {
    let mut tiff = Tiff::open(reader)?;
    let mut seen = Vec::new();
    let mut pages = 0;
    let mut offset = tiff.first_directory;
    while offset != 0 && seen.len() < MAX_PAGES && !seen.contains(&offset) {
        seen.push(offset);
        let Some(count) = tiff.read_at(offset, 2) else {
            break;
        };
        let count = tiff.order.short([count[0], count[1]]);
        if count > MAX_ENTRIES {
            break;
        }
        let length = u64::from(count) * 12 + 4;
        let Some(table) = tiff.read_at(offset.saturating_add(2), length) else {
            break;
        };
        pages += u32::from(!is_reduced(tiff.order, &table));
        let next = table.last_chunk::<4>()?;
        offset = tiff.order.long(*next);
    }
    Some(pages)
}

fn is_reduced(order: Order, table: &[u8]) -> bool {
    let mut entries = table.chunks_exact(12);
    entries.any(|entry| {
        let is_kind = order.short([entry[0], entry[1]]) == SUBFILE_KIND;
        is_kind && order.long([entry[8], entry[9], entry[10], entry[11]]) & 1 == 1
    })
}

/// Copies what is worth having out of a TIFF structure; `None` when it is none.
pub(super) fn extract<R: Read + Seek>(reader: R) -> Option<Extracted> {
    let mut tiff = Tiff::open(reader)?;
    let mut found = Extracted::default();
    let first = tiff.directory(tiff.first_directory, &mut found);
    let sub = |tiff: &mut Tiff<R>, tag: u16, found: &mut Extracted| -> Vec<Entry> {
        let entry = first.iter().find(|entry| entry.tag == tag);
        let offset = entry.and_then(|entry| entry.data.get(..4)?.try_into().ok());
        match offset {
            Some(offset) => {
                let offset = tiff.order.long(offset);
                tiff.directory(offset, found)
            }
            None => Vec::new(),
        }
    };
    let exif = sub(&mut tiff, EXIF_DIRECTORY, &mut found);
    let gps = sub(&mut tiff, GPS_DIRECTORY, &mut found);
    found.block = write(tiff.order, first, exif, gps);
    Some(found)
}

#[derive(Debug, Clone, Copy)]
enum Order {
    Little,
    Big,
}

impl Order {
    fn short(self, bytes: [u8; 2]) -> u16 {
        match self {
            Self::Little => u16::from_le_bytes(bytes),
            Self::Big => u16::from_be_bytes(bytes),
        }
    }

    fn long(self, bytes: [u8; 4]) -> u32 {
        match self {
            Self::Little => u32::from_le_bytes(bytes),
            Self::Big => u32::from_be_bytes(bytes),
        }
    }

    fn put_short(self, value: u16, into: &mut Vec<u8>) {
        into.extend_from_slice(&match self {
            Self::Little => value.to_le_bytes(),
            Self::Big => value.to_be_bytes(),
        });
    }

    fn put_long(self, value: u32, into: &mut Vec<u8>) {
        into.extend_from_slice(&match self {
            Self::Little => value.to_le_bytes(),
            Self::Big => value.to_be_bytes(),
        });
    }
}

struct Tiff<R> {
    reader: R,
    order: Order,
    first_directory: u32,
}

impl<R: Read + Seek> Tiff<R> {
    fn open(mut reader: R) -> Option<Self> {
        let mut header = [0; 8];
        reader.seek(SeekFrom::Start(0)).ok()?;
        reader.read_exact(&mut header).ok()?;
        let order = match &header[..2] {
            b"II" => Order::Little,
            b"MM" => Order::Big,
            _ => return None,
        };
        // 42, or what Olympus and Panasonic write in its place.
        let version = order.short([header[2], header[3]]);
        if !matches!(version, 42 | 0x4f52 | 0x5352 | 0x55) {
            return None;
        }
        let first_directory = order.long([header[4], header[5], header[6], header[7]]);
        Some(Self {
            reader,
            order,
            first_directory,
        })
    }

    fn read_at(&mut self, offset: u32, length: u64) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        self.reader.seek(SeekFrom::Start(u64::from(offset))).ok()?;
        (&mut self.reader)
            .take(length)
            .read_to_end(&mut bytes)
            .ok()?;
        (bytes.len() as u64 == length).then_some(bytes)
    }

    /// Reads one directory: ordinary values are returned, embedded blocks go to `found`.
    fn directory(&mut self, offset: u32, found: &mut Extracted) -> Vec<Entry> {
        let Some(count) = self.read_at(offset, 2) else {
            found
                .warnings
                .push("a directory of tags lies outside the file".to_owned());
            return Vec::new();
        };
        let count = self.order.short([count[0], count[1]]);
        let listed = count.min(MAX_ENTRIES);
        // A directory cut short still has its first entries.
        let start = offset.saturating_add(2);
        let mut table = Vec::new();
        if self.reader.seek(SeekFrom::Start(u64::from(start))).is_ok() {
            let length = u64::from(listed) * 12;
            let _ = (&mut self.reader).take(length).read_to_end(&mut table);
        }
        if count > MAX_ENTRIES || table.len() < usize::from(listed) * 12 {
            found
                .warnings
                .push("a directory of tags is cut short".to_owned());
        }
        let mut entries = Vec::new();
        let mut lost = 0;
        for raw in table.chunks_exact(12) {
            let Ok(raw) = <[u8; 12]>::try_from(raw) else {
                continue;
            };
            match self.entry(raw, found) {
                Ok(Some(entry)) => entries.push(entry),
                Ok(None) => {}
                Err(Lost) => lost += 1,
            }
        }
        if lost > 0 {
            found.warnings.push(format!(
                "{lost} tags point outside the file or are malformed"
            ));
        }
        entries
    }

    fn entry(&mut self, raw: [u8; 12], found: &mut Extracted) -> Result<Option<Entry>, Lost> {
        let tag = self.order.short([raw[0], raw[1]]);
        let kind = self.order.short([raw[2], raw[3]]);
        let count = self.order.long([raw[4], raw[5], raw[6], raw[7]]);
        let width = match kind {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 => 8,
            _ => return Err(Lost),
        };
        let length = u64::from(count) * width;
        let is_block = matches!(tag, XMP | IPTC | PHOTOSHOP);
        let most = if is_block { MAX_BLOCK } else { MAX_VALUE };
        if tag == MAKER_NOTE || tag == PROFILE || length > most {
            return Ok(None);
        }
        let data = if length <= 4 {
            raw[8..8 + length as usize].to_vec()
        } else {
            let offset = self.order.long([raw[8], raw[9], raw[10], raw[11]]);
            self.read_at(offset, length).ok_or(Lost)?
        };
        let block = match tag {
            XMP => &mut found.xmp,
            IPTC => &mut found.iptc,
            PHOTOSHOP => &mut found.photoshop,
            _ => {
                // Directories are always longs for those who read the copy.
                let kind = if kind == 13 { 4 } else { kind };
                return Ok(Some(Entry {
                    tag,
                    kind,
                    count,
                    data,
                }));
            }
        };
        *block = Some(data);
        Ok(None)
    }
}

/// An entry that cannot be read.
struct Lost;

/// Writes the three directories one after the other.
fn write(order: Order, mut first: Vec<Entry>, exif: Vec<Entry>, gps: Vec<Entry>) -> Vec<u8> {
    first.retain(|entry| !matches!(entry.tag, EXIF_DIRECTORY | GPS_DIRECTORY));
    let mut block = match order {
        Order::Little => b"II*\0\x08\0\0\0".to_vec(),
        Order::Big => b"MM\0*\0\0\0\x08".to_vec(),
    };
    for (tag, entries) in [(EXIF_DIRECTORY, &exif), (GPS_DIRECTORY, &gps)] {
        if !entries.is_empty() {
            first.push(Entry {
                tag,
                kind: 4,
                count: 1,
                data: vec![0; 4],
            });
        }
    }
    let first_at = block.len();
    write_directory(order, &first, &mut block);
    for (tag, entries) in [(EXIF_DIRECTORY, &exif), (GPS_DIRECTORY, &gps)] {
        if entries.is_empty() {
            continue;
        }
        let at = block.len();
        write_directory(order, entries, &mut block);
        let index = first
            .iter()
            .position(|entry| entry.tag == tag)
            .expect("it was added above");
        let mut value = Vec::with_capacity(4);
        order.put_long(at as u32, &mut value);
        let field = first_at + 2 + index * 12 + 8;
        block[field..field + 4].copy_from_slice(&value);
    }
    block
}

fn write_directory(order: Order, entries: &[Entry], block: &mut Vec<u8>) {
    let mut values_at = block.len() + 2 + entries.len() * 12 + 4;
    let mut values = Vec::new();
    order.put_short(entries.len() as u16, block);
    for entry in entries {
        order.put_short(entry.tag, block);
        order.put_short(entry.kind, block);
        order.put_long(entry.count, block);
        if entry.data.len() <= 4 {
            block.extend_from_slice(&entry.data);
            block.resize(block.len() + 4 - entry.data.len(), 0);
        } else {
            order.put_long(values_at as u32, block);
            values.extend_from_slice(&entry.data);
            values_at += entry.data.len();
        }
    }
    order.put_long(0, block);
    block.extend_from_slice(&values);
}
