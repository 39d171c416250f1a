//! Finds the blocks of metadata in a file without reading its pictures.

mod heif;
mod jpeg;
mod riff;
mod small;

use std::io::{BufRead, Read, Seek, SeekFrom};

use crate::sniff::FileType;

use super::tiff;

/// Bytes of one block, at most.
const MAX_BLOCK: u64 = 4 << 20;
/// Pixels of one side, at most; the largest formats end at a million.
const MAX_SIDE: u32 = 1_000_000;

/// The raw blocks of one file.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    /// A small TIFF structure.
    pub(super) exif: Option<Vec<u8>>,
    /// IPTC's information interchange records.
    pub(super) iptc: Option<Vec<u8>>,
    /// XMP packets, the main one first.
    pub(super) xmp: Vec<Vec<u8>>,
    /// PNG's keywords and texts.
    pub(super) texts: Vec<(String, String)>,
    pub(super) size: Option<(u32, u32)>,
    pub(super) is_animated: bool,
    /// When there are several.
    pub(super) page_count: Option<u32>,
    /// Whether the size is that of the upright picture, so that EXIF's orientation is history.
    pub(super) is_upright: bool,
    pub(super) warnings: Vec<String>,
}

impl Blocks {
    fn warn(&mut self, warning: impl Into<String>) {
        self.warnings.push(warning.into());
    }

    /// Takes the tags out of an EXIF block or a whole TIFF file.
    fn take_tiff<R: Read + Seek>(&mut self, reader: R) {
        let Some(found) = tiff::extract(reader) else {
            self.warn("the EXIF block is not one");
            return;
        };
        self.exif = Some(found.block);
        self.xmp.extend(found.xmp);
        if let Some(resources) = found.photoshop {
            self.iptc = self
                .iptc
                .take()
                .or_else(|| jpeg::iptc_of_resources(&resources));
        }
        // The tag of its own is written by more programs than the one inside Photoshop's.
        self.iptc = found.iptc.or(self.iptc.take());
        self.warnings.extend(found.warnings);
    }
}

/// Reads whatever blocks this type of file can have.
pub(super) fn open<R: BufRead + Seek>(reader: &mut R, file_type: &FileType) -> Blocks {
    let mut blocks = Blocks::default();
    let is_picture = file_type.mime.starts_with("image/");
    if !is_picture || reader.seek(SeekFrom::Start(0)).is_err() {
        return blocks;
    }
    let result = match file_type.mime {
        "image/jpeg" => jpeg::read(reader, &mut blocks),
        "image/x-fuji-raf" => read_fuji(reader, &mut blocks),
        "image/png" => small::read_png(reader, &mut blocks),
        "image/gif" => small::read_gif(reader, &mut blocks),
        "image/webp" => riff::read_webp(reader, &mut blocks),
        "image/heic" | "image/heic-sequence" | "image/avif" => {
            read_with_library(reader, &mut blocks);
            // HEIF turns pictures by a property of its own, which the size below respects.
            blocks.is_upright = true;
            heif::read_xmp(reader, &mut blocks)
        }
        _ => {
            if is_tiff(reader) {
                blocks.take_tiff(&mut *reader);
                if file_type.mime == "image/tiff" {
                    blocks.page_count = tiff::pages(&mut *reader).filter(|&pages| pages > 1);
                }
            }
            Ok(())
        }
    };
    if let Err(error) = result {
        blocks.warn(format!("the file's structure ends early: {error}"));
    }
    if blocks.size.is_none() && reader.seek(SeekFrom::Start(0)).is_ok() {
        let size = imagesize::reader_size(&mut *reader).ok();
        blocks.size = size.and_then(|size| {
            let side = |side: usize| u32::try_from(side).ok().filter(|&side| side > 0);
            Some((side(size.width)?, side(size.height)?))
        });
    }
    let is_absurd = |(width, height): &(u32, u32)| *width > MAX_SIDE || *height > MAX_SIDE;
    if let Some((width, height)) = blocks.size.take_if(|size| is_absurd(size)) {
        blocks.warn(format!("the size {width} × {height} cannot be"));
    }
    blocks
}

fn is_tiff<R: Read + Seek>(reader: &mut R) -> bool {
    let mut start = [0; 2];
    reader.read_exact(&mut start).is_ok() && (&start == b"II" || &start == b"MM")
}

/// Fujifilm's raw files say at a fixed place where their JPEG is, which has all the metadata.
fn read_fuji<R: BufRead + Seek>(reader: &mut R, blocks: &mut Blocks) -> std::io::Result<()> {
    const JPEG_OFFSET: u64 = 84;
    let mut offset = [0; 4];
    reader.seek(SeekFrom::Start(JPEG_OFFSET))?;
    reader.read_exact(&mut offset)?;
    reader.seek(SeekFrom::Start(u64::from(u32::from_be_bytes(offset))))?;
    jpeg::read(reader, blocks)
}

/// HEIF keeps its blocks in a database of boxes, of which kamadak-exif knows EXIF.
fn read_with_library<R: BufRead + Seek>(reader: &mut R, blocks: &mut Blocks) {
    let mut library = exif::Reader::new();
    library.continue_on_error(true);
    let result = library.read_from_container(reader);
    let result = result.or_else(|error| error.distill_partial_result(|_| {}));
    match result {
        Ok(found) => blocks.take_tiff(std::io::Cursor::new(found.buf())),
        Err(exif::Error::NotFound(_)) => {}
        Err(error) => blocks.warn(format!("no EXIF could be read: {error}")),
    }
}

/// Reads a block of a stated length, if that is not too long; else skips it.
fn read_block<R: Read + Seek>(
    reader: &mut R,
    length: u64,
    blocks: &mut Blocks,
) -> std::io::Result<Option<Vec<u8>>> {
    if length > MAX_BLOCK {
        blocks.warn(format!("a block of {length} bytes was left aside"));
        skip(reader, length)?;
        return Ok(None);
    }
    let mut bytes = Vec::new();
    reader.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length {
        Ok(Some(bytes))
    } else {
        Err(std::io::ErrorKind::UnexpectedEof.into())
    }
}

fn skip<R: Seek>(reader: &mut R, length: u64) -> std::io::Result<()> {
    let length = i64::try_from(length).map_err(std::io::Error::other)?;
    reader.seek_relative(length)
}
