//! Names that no listing reports as an object of the customer's.

use crate::ObjectPath;

/// What Stowage's own files and folders begin with: probes, temporary files.
pub const OWN_PREFIX: &str = ".stowage";

/// Where files are taken that are to be deleted on condition, on servers that know no condition.
pub const QUARANTINE: &str = ".stowage-quarantine";

/// Returns whether a segment is a name of Stowage's own, which listings leave out without a word.
pub fn is_own(segment: &str) -> bool {
    segment
        .strip_prefix(OWN_PREFIX)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// Returns whether a segment is a file or folder that an operating system or a NAS leaves behind.
pub fn is_system(segment: &str) -> bool {
    const NAMES: [&str; 14] = [
        ".DS_Store",
        ".AppleDouble",
        ".DocumentRevisions-V100",
        ".Spotlight-V100",
        ".TemporaryItems",
        ".fseventsd",
        ".snapshot",
        "$RECYCLE.BIN",
        "#recycle",
        "#snapshot",
        "@eaDir",
        "System Volume Information",
        "Thumbs.db",
        "desktop.ini",
    ];
    NAMES.contains(&segment)
        || segment == "lost+found"
        || segment.starts_with(".Trash")
        || segment.starts_with("._")
}

/// Why a system file is left out.
pub const SYSTEM_REASON: &str = "system file";

/// What a listing does about an object because of its name alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Take,
    /// Ours: not even mentioned.
    Hide,
    /// Somebody's machinery: mentioned as skipped.
    Skip,
}

/// Judges a whole path by its segments.
pub fn judge(path: &ObjectPath) -> Verdict {
    let mut verdict = Verdict::Take;
    for segment in path.as_str().split('/') {
        if is_own(segment) {
            return Verdict::Hide;
        }
        if is_system(segment) {
            verdict = Verdict::Skip;
        }
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_our_names_from_those_that_only_look_alike() {
        for (name, own) in [
            (".stowage", true),
            (".stowage-tmp-1", true),
            (".stowages", false),
            ("stowage", false),
            (".stowage.txt", false),
        ] {
            assert_eq!(is_own(name), own, "{name}");
        }
    }

    #[test]
    fn judges_a_path_by_its_worst_segment() {
        for (path, verdict) in [
            ("a/b.jpg", Verdict::Take),
            ("a/.stowage-tmp-1/b.jpg", Verdict::Hide),
            ("@eaDir/.stowage", Verdict::Hide),
            ("@eaDir/b.jpg", Verdict::Skip),
            ("a/._b.jpg", Verdict::Skip),
            (".hidden/b.jpg", Verdict::Take),
        ] {
            assert_eq!(judge(&ObjectPath::new(path).unwrap()), verdict, "{path}");
        }
    }
}
