//! The XMP of HEIC and AVIF files: an item of their `meta` box, in one or more stretches of the file
//! (ISO/IEC 14496-12, section 8.11).

use std::io::{self, BufRead, ErrorKind, Seek, SeekFrom};

use super::{Blocks, MAX_BLOCK, read_block, skip};

/// What says that an item of the type `mime` is XMP.
const XMP: &[u8] = b"application/rdf+xml";

/// Adds the XMP packets of a file.
pub(super) fn read_xmp<R: BufRead + Seek>(reader: &mut R, blocks: &mut Blocks) -> io::Result<()> {
    let Some(meta) = find_meta(reader, blocks)? else {
        return Ok(());
    };
    let Some(items) = Items::of(&meta) else {
        return Ok(());
    };
    for id in items.xmp() {
        let mut packet = Vec::new();
        for stretch in items.stretches(id).unwrap_or_default() {
            let room = MAX_BLOCK.saturating_sub(packet.len() as u64);
            if stretch.length > room {
                blocks.warn("an XMP packet was left aside that is too long");
                packet.clear();
                break;
            }
            if stretch.is_inside {
                packet.extend_from_slice(items.inside(&stretch).unwrap_or_default());
            } else {
                reader.seek(SeekFrom::Start(stretch.offset))?;
                let read = read_block(reader, stretch.length, blocks)?;
                packet.extend(read.unwrap_or_default());
            }
        }
        if !packet.is_empty() {
            blocks.xmp.push(packet);
        }
    }
    Ok(())
}

/// Returns the content of the first `meta` box.
fn find_meta<R: BufRead + Seek>(
    reader: &mut R,
    blocks: &mut Blocks,
) -> io::Result<Option<Vec<u8>>> {
    reader.seek(SeekFrom::Start(0))?;
    loop {
        let mut head = [0; 8];
        match reader.read_exact(&mut head) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        }
        let [a, b, c, d, kind @ ..] = head;
        let length = match u64::from(u32::from_be_bytes([a, b, c, d])) {
            // The box goes on to the end of the file, or is longer than that number can say.
            0 => return Ok(None),
            1 => {
                let mut long = [0; 8];
                reader.read_exact(&mut long)?;
                u64::from_be_bytes(long).checked_sub(16)
            }
            length => length.checked_sub(8),
        };
        let Some(length) = length else {
            return Ok(None);
        };
        if &kind == b"meta" {
            return read_block(reader, length, blocks);
        }
        skip(reader, length)?;
    }
}

/// Bytes of an item, in the file or inside of the `meta` box itself.
struct Stretch {
    is_inside: bool,
    offset: u64,
    length: u64,
}

/// The boxes that say which items there are, and where.
#[derive(Clone, Copy)]
struct Items<'a> {
    infos: &'a [u8],
    places: &'a [u8],
    data: &'a [u8],
}

impl<'a> Items<'a> {
    fn of(meta: &'a [u8]) -> Option<Self> {
        let mut infos = None;
        let mut places = None;
        let mut data: &[u8] = &[];
        let mut inner = Bytes(meta.get(4..)?);
        while let Some((kind, content)) = inner.next_box() {
            match kind {
                b"iinf" => infos = Some(content),
                b"iloc" => places = Some(content),
                b"idat" => data = content,
                _ => {}
            }
        }
        Some(Self {
            infos: infos?,
            places: places?,
            data,
        })
    }

    /// Returns the ids of the items that are XMP.
    fn xmp(&self) -> Vec<u64> {
        let mut infos = Bytes(self.infos);
        let count_width = match infos.version() {
            Some(0) => 2,
            Some(_) => 4,
            None => return Vec::new(),
        };
        if infos.number(count_width).is_none() {
            return Vec::new();
        }
        let mut found = Vec::new();
        while let Some((kind, content)) = infos.next_box() {
            if kind == b"infe"
                && let Some(id) = xmp_id(content)
            {
                found.push(id);
            }
        }
        found
    }

    /// Returns where an item lies.
    fn stretches(&self, wanted: u64) -> Option<Vec<Stretch>> {
        let mut places = Bytes(self.places);
        let version = places.version()?;
        let widths = places.number(2)?;
        let width = |shift: u32| ((widths >> shift) & 0xf) as usize;
        let (offset_width, length_width, base_width) = (width(12), width(8), width(4));
        let index_width = if version == 0 { 0 } else { width(0) };
        let id_width = if version < 2 { 2 } else { 4 };
        for _ in 0..places.number(id_width)? {
            let id = places.number(id_width)?;
            let method = if version == 0 {
                0
            } else {
                places.number(2)? & 0xf
            };
            let other_file = places.number(2)?;
            let base = places.number(base_width)?;
            let mut stretches = Vec::new();
            for _ in 0..places.number(2)? {
                places.number(index_width)?;
                let offset = base.checked_add(places.number(offset_width)?)?;
                let length = places.number(length_width)?;
                stretches.push(Stretch {
                    is_inside: method == 1,
                    offset,
                    length,
                });
            }
            if id == wanted {
                return (other_file == 0 && method < 2).then_some(stretches);
            }
        }
        None
    }

    fn inside(&self, stretch: &Stretch) -> Option<&'a [u8]> {
        let start = usize::try_from(stretch.offset).ok()?;
        let end = start.checked_add(usize::try_from(stretch.length).ok()?)?;
        self.data.get(start..end)
    }
}

/// Returns the id of an item that is XMP.
fn xmp_id(info: &[u8]) -> Option<u64> {
    let mut info = Bytes(info);
    let id = match info.version()? {
        2 => info.number(2)?,
        3 => info.number(4)?,
        _ => return None,
    };
    info.number(2)?;
    let is_mime = info.take(4)? == b"mime";
    let mut texts = info.0.split(|byte| *byte == 0);
    let content_type = texts.nth(1)?;
    (is_mime && content_type.eq_ignore_ascii_case(XMP)).then_some(id)
}

/// What is left to read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// Reads a number of so many bytes, at most eight; none is zero.
    fn number(&mut self, width: usize) -> Option<u64> {
        let bytes = self.take(width.min(8))?;
        Some(
            bytes
                .iter()
                .fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        )
    }

    /// Reads the version of a box, and passes over its flags.
    fn version(&mut self) -> Option<u64> {
        self.number(4).map(|word| word >> 24)
    }

    fn next_box(&mut self) -> Option<(&'a [u8; 4], &'a [u8])> {
        let length = usize::try_from(self.number(4)?).ok()?;
        let kind = self.take(4)?.first_chunk()?;
        Some((kind, self.take(length.checked_sub(8)?)?))
    }
}
