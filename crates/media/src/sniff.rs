//! What a file is, by its first bytes.

mod bmff;
mod pictures;
mod text;

pub(crate) use pictures::is_raw;

/// How many leading bytes are looked at.
pub(crate) const HEAD: usize = 8192;

/// Whether this build can make renditions of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileClass {
    Renderable,
    Unsupported,
}

/// The type of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileType {
    pub mime: &'static str,
    /// Without the dot; empty when nothing is known.
    pub extension: &'static str,
    pub class: FileClass,
}

impl FileType {
    const UNKNOWN: Self = Self::unsupported("application/octet-stream", "");

    const fn renderable(mime: &'static str, extension: &'static str) -> Self {
        Self {
            mime,
            extension,
            class: FileClass::Renderable,
        }
    }

    const fn unsupported(mime: &'static str, extension: &'static str) -> Self {
        Self {
            mime,
            extension,
            class: FileClass::Unsupported,
        }
    }

    /// Returns which picture stands in for a file without renditions: `image`, `raw`, `video`,
    /// `audio`, `document`, `archive` or `other`.
    pub fn placeholder(&self) -> &'static str {
        let (kind, name) = self.mime.split_once('/').unwrap_or(("", ""));
        match kind {
            "image" if pictures::is_raw(self.mime) => "raw",
            "image" => "image",
            "video" => "video",
            "audio" => "audio",
            "text" => "document",
            "application" if ARCHIVES.contains(&name) => "archive",
            "application" if DOCUMENTS.iter().any(|part| name.contains(part)) => "document",
            _ => "other",
        }
    }
}

const ARCHIVES: &[&str] = &[
    "gzip",
    "vnd.rar",
    "x-7z-compressed",
    "x-bzip2",
    "x-compress",
    "x-cpio",
    "x-lzip",
    "x-rar-compressed",
    "x-tar",
    "x-xz",
    "zip",
    "zstd",
];

const DOCUMENTS: &[&str] = &[
    "epub",
    "json",
    "msword",
    "opendocument",
    "openxmlformats",
    "pdf",
    "postscript",
    "rtf",
    "vnd.ms-",
    "xml",
];

/// Names the type of a file by its content; `head` should be its first 4 KiB or more. The name is
/// asked only when the content is text or says nothing.
pub fn sniff(head: &[u8], name: &str) -> FileType {
    let head = &head[..head.len().min(HEAD)];
    if let Some(found) = pictures::sniff(head, name) {
        return found;
    }
    if let Some(found) = bmff::sniff(head) {
        return found;
    }
    // Before the general table, which takes any text with a tag in it for a web page.
    if let Some(found) = text::sniff(head, name) {
        return found;
    }
    match infer::get(head) {
        // By two letters; what `pictures` did not confirm is something else.
        Some(found) if !found.mime_type().starts_with("image/") => {
            FileType::unsupported(found.mime_type(), found.extension())
        }
        _ => FileType::UNKNOWN,
    }
}

/// The extension of a name in lower case, without the dot.
fn extension_of(name: &str) -> Option<String> {
    let (stem, extension) = name.rsplit_once('.')?;
    let is_plain = !stem.is_empty() && extension.chars().all(|c| c.is_ascii_alphanumeric());
    is_plain.then(|| extension.to_ascii_lowercase())
}

#[cfg(test)]
mod tests;
