//! What the names become that people's files and folders come with (SPEC D16).
//!
//! A name is for people to read and never part of a key in central storage. It is cleaned all the
//! same: it goes into answers, pages and one day into other storages.

use unicode_normalization::UnicodeNormalization;

/// The most bytes of one segment.
const LONGEST: usize = 200;

/// The longest ending that is kept where a name is cut.
const LONGEST_ENDING: usize = 20;

/// Folders in each other; what lies deeper is put into the last of them.
const DEEPEST: usize = 32;

/// The name of a file that came without one.
const NAMELESS: &str = "unnamed";

/// Returns the name of a file, without anything that stands before it.
pub fn clean_file_name(text: &str) -> String {
    let last = text.rsplit(is_separator).find(|part| !part.is_empty());
    let name = clean_segment(last.unwrap_or_default());
    if name.is_empty() {
        NAMELESS.to_owned()
    } else {
        name
    }
}

/// Returns the folders of a path whose last segment is a file, joined by `/`; nothing where there
/// are none.
pub fn clean_folder(path: &str) -> String {
    let Some((folders, _file)) = path.rsplit_once(is_separator) else {
        return String::new();
    };
    let folders = folders.split(is_separator).map(clean_segment);
    let folders = folders.filter(|folder| !folder.is_empty());
    folders.take(DEEPEST).collect::<Vec<_>>().join("/")
}

fn is_separator(character: char) -> bool {
    matches!(character, '/' | '\\')
}

/// Returns one segment of a path, which may come to nothing.
pub(crate) fn clean_segment(text: &str) -> String {
    let kept: String = text
        .chars()
        .filter(|character| !is_separator(*character) && !is_invisible(*character))
        .nfc()
        .collect();
    let short = cut(kept.trim());
    let trimmed = short.trim_end();
    let is_dots = trimmed.chars().all(|character| character == '.');
    if is_dots {
        String::new()
    } else {
        trimmed.to_owned()
    }
}

/// Control characters, and those that turn the direction of what follows: `a\u{202e}gpj.exe` looks
/// like `aexe.jpg`.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{200e}' | '\u{200f}' | '\u{202a}'
                ..='\u{202e}' | '\u{2028}' | '\u{2029}' | '\u{2066}'
                ..='\u{2069}' | '\u{feff}'
        )
}

/// Cuts the middle out of a name that is too long, so that its ending stays.
fn cut(text: &str) -> std::borrow::Cow<'_, str> {
    if text.len() <= LONGEST {
        return text.into();
    }
    let ending = text.rfind('.').map_or("", |dot| &text[dot..]);
    let ending = if ending.len() <= LONGEST_ENDING {
        ending
    } else {
        ""
    };
    let mut end = LONGEST - ending.len();
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{ending}", text[..end].trim_end()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_names_stay_as_they_are() {
        for name in [
            "IMG 0001.JPG",
            "Überlingen.jpg",
            "東京.png",
            "a'b\"c<d>.jpg",
            ".hidden",
            "..a",
        ] {
            assert_eq!(clean_file_name(name), name);
        }
        assert_eq!(
            clean_folder("2024/Summer in Rome/a.jpg"),
            "2024/Summer in Rome"
        );
    }

    #[test]
    fn a_name_is_what_stands_last() {
        assert_eq!(clean_file_name("C:\\fakepath\\a.jpg"), "a.jpg");
        assert_eq!(clean_file_name("../../etc/passwd"), "passwd");
        assert_eq!(clean_file_name("a/b/"), "b");
        for nothing in ["", "..", "/", "\0\n", " . ", "a/.."] {
            assert_eq!(clean_file_name(nothing), NAMELESS, "{nothing:?}");
        }
    }

    #[test]
    fn what_cannot_be_seen_goes() {
        assert_eq!(clean_file_name("a\u{202e}gpj.exe"), "agpj.exe");
        assert_eq!(clean_file_name("a\0\r\n\u{85}b.jpg"), "ab.jpg");
        // Two ways to write one letter are one name.
        assert_eq!(clean_file_name("u\u{308}.jpg"), "\u{fc}.jpg");
    }

    #[test]
    fn a_folder_never_climbs() {
        assert_eq!(clean_folder("../../x/./y//z/a.jpg"), "x/y/z");
        assert_eq!(clean_folder("\\\\server\\share\\a.jpg"), "server/share");
        for flat in ["a.jpg", "null", "", "/a.jpg"] {
            assert_eq!(clean_folder(flat), "", "{flat:?}");
        }
        let deep = "x/".repeat(100) + "a.jpg";
        assert_eq!(clean_folder(&deep).split('/').count(), DEEPEST);
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let long = clean_file_name(&format!("{}.jpeg", "ä".repeat(300)));
        assert!(long.len() <= LONGEST && long.ends_with("ä.jpeg"), "{long}");
        assert!(clean_file_name(&".x".repeat(400)).len() <= LONGEST);
    }

    /// A few words of arithmetic that look like chance and are the same in every run.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, limit: usize) -> usize {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as usize % limit
        }
    }

    const NASTY: [&str; 24] = [
        "/",
        "\\",
        "..",
        ".",
        "\0",
        "\n",
        "\u{7f}",
        "\u{85}",
        "\u{202e}",
        "\u{2066}",
        "a",
        "Z",
        " ",
        "e\u{301}",
        "\u{1f600}",
        "\u{308}",
        "%2e%2e",
        "%2f",
        "~",
        "C:",
        "con",
        "\u{ff0f}",
        "\u{2024}",
        "x\u{323}\u{307}",
    ];

    #[test]
    fn no_name_however_hostile_leaves_its_folder() {
        let mut dice = Dice(20_261_128);
        for _ in 0..20_000 {
            let parts = dice.below(120);
            let text: String = (0..parts).map(|_| NASTY[dice.below(NASTY.len())]).collect();
            let (name, folder) = (clean_file_name(&text), clean_folder(&text));
            assert!(!name.is_empty(), "{text:?}");
            let segments = folder.split('/').filter(|part| !part.is_empty());
            for segment in segments.chain([name.as_str()]) {
                let what = format!("{text:?} gave {segment:?}");
                assert!(segment.len() <= LONGEST, "{what}");
                assert!(!segment.chars().any(is_separator), "{what}");
                assert!(!segment.chars().any(is_invisible), "{what}");
                assert!(segment.chars().any(|one| one != '.'), "{what}");
                assert_eq!(segment.trim(), segment, "{what}");
                assert!(segment.nfc().eq(segment.chars()), "{what}");
            }
            assert!(
                !folder.starts_with('/') && !folder.ends_with('/'),
                "{text:?}"
            );
            assert_eq!(clean_file_name(&name), name, "{text:?}");
            assert_eq!(clean_folder(&format!("{folder}/x")), folder, "{text:?}");
        }
    }
}
