//! What may become of a value before it is part of a name.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::file_name::clean_segment;

/// The most bytes of one value, so that a name of several stays below a segment's 200.
const LONGEST: usize = 120;

/// Signs that some provider takes in no name.
const UNWELCOME: &[char] = &['"', '*', ':', '<', '>', '?', '|', '#', '%', '{', '}'];

/// Names that stand for devices or settings somewhere, whatever their ending.
const RESERVED: &[&str] = &[
    "con", "prn", "aux", "nul", "com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7",
    "com8", "com9", "lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
    "desktop", ".lock", "_vti_",
];

/// Returns a value as part of a name: one segment, without what could lead elsewhere or stand for
/// something else. It may come to nothing.
pub(super) fn plain(text: &str) -> String {
    let welcome: String = text
        .chars()
        .filter(|sign| !UNWELCOME.contains(sign))
        .collect();
    let clean = clean_segment(&welcome);
    let bare = clean.trim_start_matches(['.', '~', '$', ' ']);
    let bare = cut(bare, LONGEST).trim_end_matches(['.', ' ']).to_owned();
    if is_reserved(&bare) {
        return String::new();
    }
    bare
}

/// Returns a value in lower case, its words joined by hyphens: `Façade, front` is `facade-front`.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::new();
    let letters = text.nfkd().filter(|sign| !is_combining_mark(*sign));
    for sign in letters.flat_map(char::to_lowercase) {
        if sign.is_alphanumeric() {
            slug.push(sign);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let composed: String = slug.nfc().collect();
    plain(cut(&composed, LONGEST).trim_end_matches('-'))
}

/// Returns whether some provider or system takes this name for something else.
pub(super) fn is_reserved(name: &str) -> bool {
    let lower = name.to_lowercase();
    let stem = match lower.split_once('.') {
        Some((stem, _)) if !stem.is_empty() => Cow::Borrowed(stem.trim_end()),
        _ => Cow::Borrowed(lower.as_str()),
    };
    RESERVED.contains(&stem.as_ref()) || lower.contains("_vti_")
}

/// Returns as much of a text as fits into so many bytes.
pub(super) fn cut(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w31_values_lose_what_could_lead_elsewhere() {
        for (text, value) in [
            ("photo", "photo"),
            ("../../etc/passwd", "etcpasswd"),
            ("a/b\\c", "abc"),
            ("..", ""),
            ("...hidden", "hidden"),
            ("~$lock", "lock"),
            ("a\0\r\nb", "ab"),
            ("u\u{308}ber", "\u{fc}ber"),
            ("AUX", ""),
            ("com1.photo", ""),
            ("C: 50% <a>?", "C 50 a"),
            ("tail. ", "tail"),
            ("{original}", "original"),
        ] {
            assert_eq!(plain(text), value, "{text:?}");
        }
        assert!(plain(&"ä".repeat(500)).len() <= LONGEST);
    }

    #[test]
    fn v29_names_of_requests_and_slots_are_slugs() {
        for (text, value) in [
            ("Vehicle photos", "vehicle-photos"),
            ("Fronte documento", "fronte-documento"),
            ("  Façade, front! ", "facade-front"),
            ("東京 2024", "東京-2024"),
            ("---", ""),
            ("Con", ""),
        ] {
            assert_eq!(slug(text), value, "{text:?}");
        }
    }
}
