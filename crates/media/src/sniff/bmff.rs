//! ISO base media files (HEIC, AVIF, MP4, QuickTime, Canon's CR3), told apart by their brands.

use super::FileType;

pub(super) fn sniff(head: &[u8]) -> Option<FileType> {
    if head.get(4..8)? != b"ftyp" {
        return quicktime_without_brand(head);
    }
    let size = u32::from_be_bytes(head.get(..4)?.try_into().ok()?) as usize;
    let end = size.clamp(16, 512).min(head.len());
    let major = head.get(8..12)?;
    // The generic brands say nothing alone; the compatible ones then do.
    let compatible = head.get(16..end).unwrap_or_default().chunks_exact(4);
    std::iter::once(major)
        .chain(compatible)
        .find_map(by_brand)
        .or_else(|| Some(FileType::unsupported("video/mp4", "mp4")))
}

fn by_brand(brand: &[u8]) -> Option<FileType> {
    let renderable = |mime, extension| Some(FileType::renderable(mime, extension));
    let (mime, extension) = match brand {
        b"heic" | b"heix" | b"heim" | b"heis" => return renderable("image/heic", "heic"),
        b"hevc" | b"hevx" | b"hevm" | b"hevs" => {
            return renderable("image/heic-sequence", "heics");
        }
        b"avif" | b"avis" => return renderable("image/avif", "avif"),
        b"crx " => return renderable("image/x-canon-cr3", "cr3"),
        b"jp2 " => ("image/jp2", "jp2"),
        b"qt  " => ("video/quicktime", "mov"),
        b"M4A " | b"M4B " | b"M4P " => ("audio/mp4", "m4a"),
        b"M4V " | b"M4VH" | b"M4VP" => ("video/x-m4v", "m4v"),
        b"dash" | b"iso2" | b"iso4" | b"iso5" | b"iso6" | b"mp41" | b"mp42" | b"avc1" => {
            ("video/mp4", "mp4")
        }
        _ if brand.starts_with(b"3gp") || brand.starts_with(b"3g2") => ("video/3gpp", "3gp"),
        _ => return None,
    };
    Some(FileType::unsupported(mime, extension))
}

/// Old QuickTime files begin with an atom of their own instead of `ftyp`.
fn quicktime_without_brand(head: &[u8]) -> Option<FileType> {
    let atom = head.get(4..8)?;
    let is_atom = matches!(atom, b"moov" | b"mdat" | b"wide" | b"pnot");
    is_atom.then_some(FileType::unsupported("video/quicktime", "mov"))
}
