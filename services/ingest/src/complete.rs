//! Whether a file's own structure says that its end is missing.
//!
//! For places where an upload that broke off stays under the name that the whole file would have.
//! What has no structure to tell by counts as complete.

use std::io::{self, BufRead, Seek, SeekFrom};

use stowage_media::FileType;

/// How much of a file's end is looked at for its last mark. Some programs add bytes behind it.
const TAIL: u64 = 64 * 1024;

/// Returns whether the end of a file is missing. A file that cannot be read has other troubles.
pub(crate) fn is_cut_off(file: &mut (impl BufRead + Seek + ?Sized), file_type: FileType) -> bool {
    let judged = match file_type.mime {
        "image/jpeg" => jpeg(file),
        "image/png" => ends_with(file, b"IEND"),
        "image/gif" => ends_with(file, b"\x3b"),
        "image/webp" => riff(file),
        "image/heic" | "image/heif" | "image/avif" | "video/mp4" | "video/quicktime" => boxes(file),
        _ => Ok(false),
    };
    judged.unwrap_or(false)
}

/// Looks for the end mark behind the first scan: before it, a thumbnail may have one of its own.
fn jpeg(file: &mut (impl BufRead + Seek + ?Sized)) -> io::Result<bool> {
    file.seek(SeekFrom::Start(2))?;
    loop {
        let mut head = [0; 4];
        if !fill(file, &mut head)? {
            return Ok(true);
        }
        let [0xff, marker, high, low] = head else {
            // Not as it should be: for the decoder to judge.
            return Ok(false);
        };
        let length = i64::from(u16::from_be_bytes([high, low]));
        if length < 2 {
            return Ok(false);
        }
        file.seek(SeekFrom::Current(length - 2))?;
        if marker == 0xda {
            break;
        }
    }
    let mut was_mark = false;
    loop {
        let chunk = file.fill_buf()?;
        if chunk.is_empty() {
            return Ok(true);
        }
        for byte in chunk {
            if was_mark && *byte == 0xd9 {
                return Ok(false);
            }
            was_mark = *byte == 0xff;
        }
        let length = chunk.len();
        file.consume(length);
    }
}

fn ends_with(file: &mut (impl BufRead + Seek + ?Sized), mark: &[u8]) -> io::Result<bool> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    Ok(!tail.windows(mark.len()).any(|part| part == mark))
}

/// `RIFF`, the length of what follows, and that.
fn riff(file: &mut (impl BufRead + Seek + ?Sized)) -> io::Result<bool> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(4))?;
    let mut told = [0; 4];
    let is_told = fill(file, &mut told)?;
    Ok(is_told && length < 8 + u64::from(u32::from_le_bytes(told)))
}

/// Boxes one behind the other, each beginning with its length.
fn boxes(file: &mut (impl BufRead + Seek + ?Sized)) -> io::Result<bool> {
    let end = file.seek(SeekFrom::End(0))?;
    let mut at = 0;
    while at < end {
        file.seek(SeekFrom::Start(at))?;
        let mut head = [0; 16];
        if !fill(file, &mut head[..8])? {
            return Ok(true);
        }
        let short = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
        let length = match short {
            // To the end of the file, wherever that is.
            0 => return Ok(false),
            1 => {
                if !fill(file, &mut head[8..])? {
                    return Ok(true);
                }
                let mut long = [0; 8];
                long.copy_from_slice(&head[8..]);
                u64::from_be_bytes(long)
            }
            short => u64::from(short),
        };
        if length < 8 {
            return Ok(false);
        }
        at = at.saturating_add(length);
    }
    Ok(at > end)
}

/// Fills a buffer; false when the file ends before.
fn fill(file: &mut (impl BufRead + ?Sized), buffer: &mut [u8]) -> io::Result<bool> {
    match file.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use stowage_media::sniff;

    use super::*;

    fn judge(bytes: &[u8]) -> bool {
        is_cut_off(&mut Cursor::new(bytes), sniff(bytes, "file"))
    }

    /// A picture with a thumbnail in its head, as cameras write them.
    fn jpeg_bytes() -> Vec<u8> {
        let thumbnail = b"\xff\xd8\xff\xdb\x00\x04\x01\x02\xff\xd9";
        let mut whole = b"\xff\xd8\xff\xe1".to_vec();
        whole.extend((thumbnail.len() as u16 + 2).to_be_bytes());
        whole.extend(thumbnail);
        whole.extend(b"\xff\xda\x00\x03\x01");
        whole.extend([0x12; 400]);
        whole.extend(b"\xff\x00\x34\xff\xd9");
        whole
    }

    #[test]
    fn a_picture_that_was_cut_anywhere_is_not_complete() {
        let whole = jpeg_bytes();
        assert!(!judge(&whole));
        for length in 4..whole.len() {
            assert!(judge(&whole[..length]), "cut after {length}");
        }
        let mut longer = whole;
        longer.extend(b"what a phone adds");
        assert!(!judge(&longer));
    }

    #[test]
    fn boxes_and_chunks_tell_their_length() {
        let png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x00\x00IEND\xae\x42\x60\x82";
        assert!(!judge(png));
        assert!(judge(&png[..22]));
        let mut webp = b"RIFF\x0c\x00\x00\x00WEBPVP8 ".to_vec();
        webp.extend([0; 4]);
        assert!(!judge(&webp));
        webp[4] = 0x40;
        assert!(judge(&webp));
        let mut heic = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic".to_vec();
        assert!(!judge(&heic));
        heic.extend(b"\x00\x00\x10\x00mdat");
        assert!(judge(&heic));
    }

    #[test]
    fn what_has_no_structure_counts_as_complete() {
        assert!(!judge(b"a few words"));
        assert!(!judge(b""));
    }
}
