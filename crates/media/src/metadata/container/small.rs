//! PNG's chunks and GIF's blocks.

use std::io::{self, BufRead, Cursor, Read, Seek};

use super::{Blocks, read_block, skip};
use crate::metadata::text;

/// Texts of one PNG, at most.
const MAX_TEXTS: usize = 64;

pub(super) fn read_png<R: BufRead + Seek>(reader: &mut R, blocks: &mut Blocks) -> io::Result<()> {
    skip(reader, 8)?;
    loop {
        let mut head = [0; 8];
        reader.read_exact(&mut head)?;
        let length = u64::from(u32::from_be_bytes([head[0], head[1], head[2], head[3]]));
        match &head[4..] {
            b"IEND" => return Ok(()),
            b"acTL" => {
                blocks.is_animated = true;
                skip(reader, length)?;
            }
            b"eXIf" => {
                if let Some(block) = read_block(reader, length, blocks)? {
                    blocks.take_tiff(Cursor::new(block));
                }
            }
            b"tEXt" | b"iTXt" => {
                let is_international = &head[4..] == b"iTXt";
                if let Some(chunk) = read_block(reader, length, blocks)? {
                    take_text(&chunk, is_international, blocks);
                }
            }
            _ => skip(reader, length)?,
        }
        // The checksum: whether it is right is for the decoder to mind.
        skip(reader, 4)?;
    }
}

fn take_text(chunk: &[u8], is_international: bool, blocks: &mut Blocks) {
    let Some((keyword, rest)) = split_at_nul(chunk) else {
        return;
    };
    let value = if is_international {
        let Some((flags, rest)) = rest.split_at_checked(2) else {
            return;
        };
        let after_language = split_at_nul(rest).map(|(_, rest)| rest);
        let after_translation = after_language.and_then(split_at_nul).map(|(_, rest)| rest);
        let Some(value) = after_translation else {
            return;
        };
        // Compressed texts are left aside: no camera or editor writes them.
        if flags[0] != 0 {
            return;
        }
        value
    } else {
        rest
    };
    if keyword == b"XML:com.adobe.xmp" {
        blocks.xmp.push(value.to_vec());
    } else if blocks.texts.len() < MAX_TEXTS {
        let value = if is_international {
            text::decode(value)
        } else {
            text::tidy(&text::latin1(value))
        };
        if let (Some(keyword), Some(value)) = (text::tidy(&text::latin1(keyword)), value) {
            blocks.texts.push((keyword, value));
        }
    }
}

fn split_at_nul(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let position = bytes.iter().position(|&byte| byte == 0)?;
    Some((&bytes[..position], &bytes[position + 1..]))
}

pub(super) fn read_gif<R: BufRead + Seek>(reader: &mut R, blocks: &mut Blocks) -> io::Result<()> {
    let mut header = [0; 13];
    reader.read_exact(&mut header)?;
    skip_colours(reader, header[10])?;
    let mut frames = 0;
    loop {
        let mut kind = [0];
        reader.read_exact(&mut kind)?;
        match kind[0] {
            0x2c => {
                frames += 1;
                blocks.is_animated = frames > 1;
                // Two frames are all there is to know; a film may have thousands.
                if frames > 1 {
                    return Ok(());
                }
                let mut descriptor = [0; 9];
                reader.read_exact(&mut descriptor)?;
                skip_colours(reader, descriptor[8])?;
                skip(reader, 1)?;
                skip_sub_blocks(reader)?;
            }
            0x21 => {
                let mut label = [0];
                reader.read_exact(&mut label)?;
                read_extension(reader, label[0], blocks)?;
            }
            _ => return Ok(()),
        }
    }
}

fn read_extension<R: BufRead + Seek>(
    reader: &mut R,
    label: u8,
    blocks: &mut Blocks,
) -> io::Result<()> {
    const APPLICATION: u8 = 0xff;
    const MAX_PACKET: u64 = 1 << 20;
    /// XMP is written without lengths, and this makes it readable as sub-blocks all the same.
    const TRAILER: usize = 257;
    if label != APPLICATION {
        return skip_sub_blocks(reader);
    }
    let mut length = [0];
    reader.read_exact(&mut length)?;
    let mut name = vec![0; usize::from(length[0])];
    reader.read_exact(&mut name)?;
    if name != b"XMP DataXMP" {
        return skip_sub_blocks(reader);
    }
    let mut packet = Vec::new();
    // Text has no zero byte; the trailer ends in two.
    reader
        .by_ref()
        .take(MAX_PACKET)
        .read_until(0, &mut packet)?;
    let is_whole = packet.len() > TRAILER;
    if is_whole {
        packet.truncate(packet.len() - TRAILER);
        blocks.xmp.push(packet);
    }
    skip(reader, 1)
}

fn skip_colours<R: Seek>(reader: &mut R, flags: u8) -> io::Result<()> {
    let has_table = flags & 0x80 != 0;
    if has_table {
        skip(reader, 3 << ((flags & 7) + 1))
    } else {
        Ok(())
    }
}

fn skip_sub_blocks<R: Read + Seek>(reader: &mut R) -> io::Result<()> {
    loop {
        let mut length = [0];
        reader.read_exact(&mut length)?;
        if length[0] == 0 {
            return Ok(());
        }
        skip(reader, u64::from(length[0]))?;
    }
}
