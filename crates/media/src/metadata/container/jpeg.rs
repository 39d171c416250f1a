//! JPEG's segments.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Seek};

use super::{Blocks, skip};

/// Bytes of all parts of an extended XMP packet, at most.
const MAX_EXTENDED: usize = 4 << 20;

const EXIF: &[u8] = b"Exif\0\0";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const EXTENDED_XMP: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";
const PHOTOSHOP: &[u8] = b"Photoshop 3.0\0";

pub(super) fn read<R: Read + Seek>(reader: &mut R, blocks: &mut Blocks) -> io::Result<()> {
    let mut marker = [0; 2];
    reader.read_exact(&mut marker)?;
    let mut resources = Vec::new();
    let mut extended: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
    let result = segments(reader, blocks, &mut resources, &mut extended);
    if blocks.iptc.is_none() {
        blocks.iptc = iptc_of_resources(&resources);
    }
    if !extended.is_empty() {
        blocks.xmp.push(extended.into_values().flatten().collect());
    }
    result
}

fn segments<R: Read + Seek>(
    reader: &mut R,
    blocks: &mut Blocks,
    resources: &mut Vec<u8>,
    extended: &mut BTreeMap<u32, Vec<u8>>,
) -> io::Result<()> {
    let mut extended_length = 0;
    loop {
        let Some(marker) = next_marker(reader)? else {
            return Ok(());
        };
        let mut length = [0; 2];
        reader.read_exact(&mut length)?;
        let Some(length) = u16::from_be_bytes(length).checked_sub(2) else {
            blocks.warn("a segment has no length");
            return Ok(());
        };
        let is_frame = matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc);
        if !is_frame && !matches!(marker, 0xe1 | 0xed) {
            skip(reader, u64::from(length))?;
            continue;
        }
        let mut payload = vec![0; usize::from(length)];
        reader.read_exact(&mut payload)?;
        if is_frame {
            if let Some([_, h1, h2, w1, w2]) = payload.get(..5) {
                let height = u32::from(u16::from_be_bytes([*h1, *h2]));
                let width = u32::from(u16::from_be_bytes([*w1, *w2]));
                blocks.size = blocks
                    .size
                    .or((width > 0 && height > 0).then_some((width, height)));
            }
        } else if let Some(block) = payload.strip_prefix(EXIF) {
            if blocks.exif.is_none() {
                blocks.take_tiff(Cursor::new(block));
            }
        } else if let Some(packet) = payload.strip_prefix(XMP) {
            blocks.xmp.insert(0, packet.to_vec());
        } else if let Some(part) = payload.strip_prefix(EXTENDED_XMP) {
            // Digest, full length, offset of this part, part.
            if let Some((head, part)) = part.split_at_checked(40) {
                let offset = u32::from_be_bytes([head[36], head[37], head[38], head[39]]);
                extended_length += part.len();
                if extended_length <= MAX_EXTENDED {
                    extended.insert(offset, part.to_vec());
                }
            }
        } else if let Some(part) = payload.strip_prefix(PHOTOSHOP) {
            resources.extend_from_slice(part);
        }
    }
}

/// Finds the next segment; `None` at the picture's data or the end.
fn next_marker<R: Read>(reader: &mut R) -> io::Result<Option<u8>> {
    let mut byte = [0];
    // Rubbish between segments is tolerated, but not without end.
    for _ in 0..65_536 {
        reader.read_exact(&mut byte)?;
        if byte[0] != 0xff {
            continue;
        }
        while byte[0] == 0xff {
            reader.read_exact(&mut byte)?;
        }
        match byte[0] {
            0x00 | 0x01 | 0xd0..=0xd8 => {}
            0xd9 | 0xda => return Ok(None),
            marker => return Ok(Some(marker)),
        }
    }
    Ok(None)
}

/// Finds IPTC among Photoshop's image resources.
pub(super) fn iptc_of_resources(mut resources: &[u8]) -> Option<Vec<u8>> {
    const IPTC: u16 = 0x0404;
    while let Some((head, rest)) = resources.split_at_checked(7) {
        if !matches!(&head[..4], b"8BIM" | b"PHUT" | b"AgHg" | b"DCSR" | b"MeSa") {
            return None;
        }
        let id = u16::from_be_bytes([head[4], head[5]]);
        // A Pascal string, padded so that it and its length take an even number of bytes.
        let name = usize::from(head[6]) + usize::from(head[6].is_multiple_of(2));
        let (length, rest) = rest.get(name..)?.split_at_checked(4)?;
        let length = u32::from_be_bytes([length[0], length[1], length[2], length[3]]) as usize;
        // A cut last resource still has its beginning.
        let data = &rest[..length.min(rest.len())];
        if id == IPTC {
            return Some(data.to_vec());
        }
        resources = rest.get(length + length % 2..)?;
    }
    None
}
