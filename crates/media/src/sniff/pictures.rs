//! Pictures and camera raw files.

use super::{FileType, extension_of};

/// Leading bytes that settle it.
const SIGNATURES: &[(&[u8], FileType)] = &[
    (b"\xff\xd8\xff", FileType::renderable("image/jpeg", "jpg")),
    (
        b"\x89PNG\r\n\x1a\n",
        FileType::renderable("image/png", "png"),
    ),
    (b"GIF87a", FileType::renderable("image/gif", "gif")),
    (b"GIF89a", FileType::renderable("image/gif", "gif")),
    (
        b"8BPS\0\x01",
        FileType::unsupported("image/vnd.adobe.photoshop", "psd"),
    ),
    (
        b"8BPS\0\x02",
        FileType::unsupported("image/vnd.adobe.photoshop", "psb"),
    ),
    (
        b"\0\0\0\x0cjP  \r\n\x87\n",
        FileType::unsupported("image/jp2", "jp2"),
    ),
    (
        b"\xff\x4f\xff\x51",
        FileType::unsupported("image/x-jp2-codestream", "j2k"),
    ),
    (
        b"\0\0\0\x0cJXL \r\n\x87\n",
        FileType::unsupported("image/jxl", "jxl"),
    ),
    (b"\xff\x0a", FileType::unsupported("image/jxl", "jxl")),
    (b"\0\0\x01\0", FileType::unsupported("image/x-icon", "ico")),
    (b"v/1\x01", FileType::unsupported("image/x-exr", "exr")),
    (
        b"#?RADIANCE",
        FileType::unsupported("image/vnd.radiance", "hdr"),
    ),
    (b"qoif", FileType::unsupported("image/qoi", "qoi")),
    (b"DDS ", FileType::unsupported("image/vnd.ms-dds", "dds")),
    (b"gimp xcf ", FileType::unsupported("image/x-xcf", "xcf")),
    (b"AT&TFORM", FileType::unsupported("image/vnd.djvu", "djvu")),
    (
        b"FUJIFILMCCD-RAW",
        FileType::renderable("image/x-fuji-raf", "raf"),
    ),
    (b"FOVb", FileType::renderable("image/x-sigma-x3f", "x3f")),
    (b"\0MRM", FileType::renderable("image/x-minolta-mrw", "mrw")),
    (b"IIRO", FileType::renderable("image/x-olympus-orf", "orf")),
    (b"IIRS", FileType::renderable("image/x-olympus-orf", "orf")),
    (b"MMOR", FileType::renderable("image/x-olympus-orf", "orf")),
    (
        b"IIU\0",
        FileType::renderable("image/x-panasonic-rw2", "rw2"),
    ),
    (
        b"II\x1a\0\0\0HEAPCCDR",
        FileType::renderable("image/x-canon-crw", "crw"),
    ),
    (
        b"II+\0\x08\0\0\0",
        FileType::unsupported("image/tiff", "tif"),
    ),
    (
        b"MM\0+\0\x08\0\0",
        FileType::unsupported("image/tiff", "tif"),
    ),
    (
        b"II\xbc\x01",
        FileType::unsupported("image/vnd.ms-photo", "jxr"),
    ),
];

/// TIFF files by a camera, by their name: inside they are all TIFF.
const RAW_BY_NAME: &[(&str, FileType)] = &[
    ("3fr", FileType::renderable("image/x-hasselblad-3fr", "3fr")),
    ("arw", FileType::renderable("image/x-sony-arw", "arw")),
    ("cr2", FileType::renderable("image/x-canon-cr2", "cr2")),
    ("dcr", FileType::renderable("image/x-kodak-dcr", "dcr")),
    ("dng", FileType::renderable("image/x-adobe-dng", "dng")),
    ("erf", FileType::renderable("image/x-epson-erf", "erf")),
    ("iiq", FileType::renderable("image/x-phaseone-iiq", "iiq")),
    ("kdc", FileType::renderable("image/x-kodak-kdc", "kdc")),
    ("mef", FileType::renderable("image/x-mamiya-mef", "mef")),
    ("mos", FileType::renderable("image/x-leaf-mos", "mos")),
    ("nef", FileType::renderable("image/x-nikon-nef", "nef")),
    ("nrw", FileType::renderable("image/x-nikon-nrw", "nrw")),
    ("pef", FileType::renderable("image/x-pentax-pef", "pef")),
    ("rwl", FileType::renderable("image/x-leica-rwl", "rwl")),
    ("sr2", FileType::renderable("image/x-sony-sr2", "sr2")),
    ("srf", FileType::renderable("image/x-sony-srf", "srf")),
    ("srw", FileType::renderable("image/x-samsung-srw", "srw")),
];

pub(super) fn sniff(head: &[u8], name: &str) -> Option<FileType> {
    if let Some((_, found)) = SIGNATURES.iter().find(|(start, _)| head.starts_with(start)) {
        return Some(*found);
    }
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        return Some(FileType::renderable("image/webp", "webp"));
    }
    if head.starts_with(b"II*\0") || head.starts_with(b"MM\0*") {
        return Some(tiff(head, name));
    }
    is_bmp(head).then_some(FileType::renderable("image/bmp", "bmp"))
}

/// Returns whether a type is a camera's own format.
pub(crate) fn is_raw(mime: &str) -> bool {
    const OTHER: &[&str] = &[
        "image/x-canon-cr3",
        "image/x-canon-crw",
        "image/x-fuji-raf",
        "image/x-minolta-mrw",
        "image/x-olympus-orf",
        "image/x-panasonic-rw2",
        "image/x-sigma-x3f",
    ];
    OTHER.contains(&mime) || RAW_BY_NAME.iter().any(|(_, found)| found.mime == mime)
}

/// A TIFF file, or one of the raw formats that are built on it.
fn tiff(head: &[u8], name: &str) -> FileType {
    let by_name = |extension: &str| {
        RAW_BY_NAME
            .iter()
            .find(|(known, _)| *known == extension)
            .map(|(_, found)| *found)
    };
    if head.get(8..10) == Some(b"CR") {
        return by_name("cr2").unwrap_or(FileType::UNKNOWN);
    }
    const DNG_VERSION: u16 = 50_706;
    let tags = first_tags(head).unwrap_or_default();
    if tags.contains(&DNG_VERSION) {
        return by_name("dng").unwrap_or(FileType::UNKNOWN);
    }
    // The name chooses only among kinds of TIFF; the content has said that it is one.
    let named = extension_of(name).and_then(|extension| by_name(&extension));
    named.unwrap_or(FileType::renderable("image/tiff", "tif"))
}

/// The tags of the first directory, as far as they are in the head.
fn first_tags(head: &[u8]) -> Option<Vec<u16>> {
    let is_little = head.starts_with(b"II");
    let short = |at: usize| -> Option<u16> {
        let bytes = head.get(at..at + 2)?.try_into().ok()?;
        Some(if is_little {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        })
    };
    let start = head.get(4..8)?.try_into().ok()?;
    let start = if is_little {
        u32::from_le_bytes(start)
    } else {
        u32::from_be_bytes(start)
    };
    let start = usize::try_from(start).ok()?;
    let count = usize::from(short(start)?);
    Some(
        (0..count)
            .map_while(|index| short(start + 2 + index * 12))
            .collect(),
    )
}

/// "BM" alone is two letters of text, so the header has to make sense as well.
fn is_bmp(head: &[u8]) -> bool {
    let Some(header) = head.get(..30).filter(|head| head.starts_with(b"BM")) else {
        return false;
    };
    let size = u32::from_le_bytes([header[14], header[15], header[16], header[17]]);
    header[6..10] == [0; 4] && matches!(size, 12 | 16 | 40 | 52 | 56 | 64 | 108 | 124)
}
