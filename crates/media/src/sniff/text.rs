//! Text: the only kind of file whose name decides.

use super::{FileType, extension_of};

const BY_NAME: &[(&str, FileType)] = &[
    ("css", FileType::unsupported("text/css", "css")),
    ("csv", FileType::unsupported("text/csv", "csv")),
    ("htm", FileType::unsupported("text/html", "html")),
    ("html", FileType::unsupported("text/html", "html")),
    ("ics", FileType::unsupported("text/calendar", "ics")),
    ("js", FileType::unsupported("text/javascript", "js")),
    ("json", FileType::unsupported("application/json", "json")),
    ("md", FileType::unsupported("text/markdown", "md")),
    ("srt", FileType::unsupported("application/x-subrip", "srt")),
    (
        "tsv",
        FileType::unsupported("text/tab-separated-values", "tsv"),
    ),
    ("vcf", FileType::unsupported("text/vcard", "vcf")),
    ("vtt", FileType::unsupported("text/vtt", "vtt")),
    ("xml", FileType::unsupported("application/xml", "xml")),
    ("xmp", FileType::unsupported("application/rdf+xml", "xmp")),
    ("yaml", FileType::unsupported("application/yaml", "yaml")),
    ("yml", FileType::unsupported("application/yaml", "yaml")),
];

pub(super) fn sniff(head: &[u8], name: &str) -> Option<FileType> {
    // Formats that begin like text and have a type of their own.
    const OWN: &[&[u8]] = &[b"%PDF", b"%!PS", b"{\\rtf"];
    if !is_text(head) || OWN.iter().any(|start| head.starts_with(start)) {
        return None;
    }
    let text = String::from_utf8_lossy(head);
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let begins_with = |tag: &str| {
        start
            .get(..tag.len())
            .is_some_and(|s| s.eq_ignore_ascii_case(tag))
    };
    let is_markup = start.starts_with('<');
    if is_markup && has_svg_root(start) {
        return Some(FileType::unsupported("image/svg+xml", "svg"));
    }
    if begins_with("<!doctype html") || begins_with("<html") {
        return Some(FileType::unsupported("text/html", "html"));
    }
    if start.starts_with("<?xpacket") || start.starts_with("<x:xmpmeta") {
        return Some(FileType::unsupported("application/rdf+xml", "xmp"));
    }
    let by_name = extension_of(name)
        .and_then(|extension| BY_NAME.iter().find(|(known, _)| *known == extension));
    if let Some((_, found)) = by_name {
        return Some(*found);
    }
    if start.starts_with("<?xml") {
        return Some(FileType::unsupported("application/xml", "xml"));
    }
    Some(FileType::unsupported("text/plain", "txt"))
}

/// Whether the first element is `svg`, after any declaration, comments and doctype.
fn has_svg_root(start: &str) -> bool {
    let mut rest = start;
    while let Some(position) = rest.find('<') {
        rest = &rest[position + 1..];
        if rest.starts_with("!--") {
            let Some(end) = rest.find("-->") else {
                return false;
            };
            rest = &rest[end..];
        } else if !rest.starts_with(['?', '!']) {
            let name: &str = rest
                .split(|c: char| !c.is_alphanumeric() && c != ':')
                .next()
                .unwrap_or("");
            return name == "svg" || name.ends_with(":svg");
        }
    }
    false
}

/// Whether this reads as UTF-8 (a character may be cut at the end), UTF-16 with a mark, or an
/// 8-bit encoding: no control characters besides blanks.
fn is_text(head: &[u8]) -> bool {
    if head.is_empty() {
        return false;
    }
    let has_wide_mark = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    let is_control = |byte: &u8| matches!(byte, 0..=8 | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f);
    if has_wide_mark {
        return head.len() >= 4
            && head.contains(&0)
            && head[2..].iter().any(|&b| b == b'\n' || b == b' ');
    }
    if head.iter().any(is_control) {
        return false;
    }
    match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) if error.error_len().is_none() => true,
        // Latin-1 text is mostly ASCII with a letter here and there.
        Err(_) => head.iter().filter(|byte| !byte.is_ascii()).count() * 4 < head.len(),
    }
}
