//! WebP's chunks.

use std::io::{self, Cursor, Read, Seek};

use super::{Blocks, read_block, skip};

pub(super) fn read_webp<R: Read + Seek>(reader: &mut R, blocks: &mut Blocks) -> io::Result<()> {
    skip(reader, 12)?;
    loop {
        let mut head = [0; 8];
        match reader.read_exact(&mut head) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        }
        let length = u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]]));
        let padded = length + length % 2;
        match &head[..4] {
            b"VP8X" => {
                const ANIMATION: u8 = 0b10;
                if let Some(header) = read_block(reader, padded, blocks)? {
                    blocks.is_animated = header.first().is_some_and(|flags| flags & ANIMATION != 0);
                }
            }
            b"EXIF" => {
                if let Some(mut block) = read_block(reader, padded, blocks)? {
                    // Some programs put JPEG's prefix before it.
                    if block.starts_with(b"Exif\0\0") {
                        block.drain(..6);
                    }
                    blocks.take_tiff(Cursor::new(block));
                }
            }
            b"XMP " => {
                if let Some(mut packet) = read_block(reader, padded, blocks)? {
                    packet.truncate(length as usize);
                    blocks.xmp.push(packet);
                }
            }
            _ => skip(reader, padded)?,
        }
    }
}
