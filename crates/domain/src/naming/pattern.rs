//! Patterns: literals and placeholders, checked when they are saved and filled when a file arrives.

use std::str::FromStr;

use chrono::NaiveDateTime;

use super::value::{cut, is_reserved, plain, slug};

/// What is taken where nobody chose a pattern, and where a chosen one comes to nothing.
pub const DEFAULT_PATTERN: &str = "{original}_{data}_{ora}";

/// The most bytes of a name without its ending.
const LONGEST: usize = 180;

/// What stands between values, and goes with one that is empty.
const SEPARATORS: [char; 4] = ['_', '-', '.', ' '];

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error("there is no placeholder {{{name}}}; choose among {known}")]
    UnknownPlaceholder { name: String, known: String },
    #[error("a brace has no counterpart; a placeholder is written {{original}}")]
    LooseBrace,
    #[error("{sign:?} cannot be part of a name")]
    Unwelcome { sign: char },
    #[error("a pattern has at most 200 signs")]
    TooLong,
}

/// What a pattern is filled with. Empty values vanish.
#[derive(Debug, Clone, Copy, Default)]
pub struct NameValues<'a> {
    /// The name that the file came with, without its ending.
    pub original: &'a str,
    pub request_name: &'a str,
    pub slot: &'a str,
    /// When it was received, on the workspace's clock.
    pub received_at: NaiveDateTime,
    /// The same instant in seconds since 1970.
    pub received_unix: i64,
    pub seq: Option<u64>,
    pub unique_field: &'a str,
    /// What follows the last dot; by what the file is, not by what it was called.
    pub ending: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    Original,
    Request,
    Slot,
    Date,
    Time,
    Timestamp,
    Seq,
    UniqueField,
}

const NAMES: [(&str, Name); 8] = [
    ("original", Name::Original),
    ("nome", Name::Request),
    ("slot", Name::Slot),
    ("data", Name::Date),
    ("ora", Name::Time),
    ("timestamp", Name::Timestamp),
    ("seq", Name::Seq),
    ("unique_field", Name::UniqueField),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Folder {
    Date,
    Code,
    Id,
    Type,
}

const FOLDERS: [(&str, Folder); 4] = [
    ("date", Folder::Date),
    ("code", Folder::Code),
    ("id", Folder::Id),
    ("type", Folder::Type),
];

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part<P> {
    Literal(String),
    Placeholder(P),
}

/// A pattern of file names, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileNamePattern(Vec<Part<Name>>);

/// A pattern of folders below a default one, checked. A slash nests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubfolderPattern(Vec<Part<Folder>>);

impl FromStr for FileNamePattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        parse(text, &NAMES, &['/', '\\']).map(Self)
    }
}

impl FromStr for SubfolderPattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        parse(text, &FOLDERS, &['\\']).map(Self)
    }
}

fn parse<P: Copy>(
    text: &str,
    known: &[(&str, P)],
    refused: &[char],
) -> Result<Vec<Part<P>>, PatternError> {
    if text.chars().count() > 200 {
        return Err(PatternError::TooLong);
    }
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (literal, from_brace) = rest.split_at(at);
        parts.extend(literal_of(literal, refused)?);
        let inside = from_brace
            .strip_prefix('{')
            .and_then(|after| after.split_once('}'));
        let (name, after) = inside.ok_or(PatternError::LooseBrace)?;
        if name.contains('{') {
            return Err(PatternError::LooseBrace);
        }
        let found = known.iter().find(|(word, _)| *word == name);
        let Some((_, placeholder)) = found else {
            let words: Vec<String> = known
                .iter()
                .map(|(word, _)| format!("{{{word}}}"))
                .collect();
            return Err(PatternError::UnknownPlaceholder {
                name: cut(name, 40).to_owned(),
                known: words.join(", "),
            });
        };
        parts.push(Part::Placeholder(*placeholder));
        rest = after;
    }
    parts.extend(literal_of(rest, refused)?);
    Ok(parts)
}

fn literal_of<P>(text: &str, refused: &[char]) -> Result<Option<Part<P>>, PatternError> {
    let unwelcome =
        |sign: &char| refused.contains(sign) || sign.is_control() || r#""*:<>?|#%"#.contains(*sign);
    if let Some(sign) = text.chars().find(unwelcome) {
        return Err(PatternError::Unwelcome { sign });
    }
    Ok((!text.is_empty()).then(|| Part::Literal(text.to_owned())))
}

impl FileNamePattern {
    /// Returns a name, never empty, with its ending. What a stranger typed cannot lead elsewhere.
    pub fn fill(&self, values: &NameValues<'_>) -> String {
        let stem = stem_of(&self.0, |name| value_of(name, values));
        let stem = if stem.is_empty() {
            let parts = parse(DEFAULT_PATTERN, &NAMES, &[]).unwrap_or_default();
            stem_of(&parts, |name| value_of(name, values))
        } else {
            stem
        };
        match plain(values.ending) {
            ending if ending.is_empty() => stem,
            ending => format!("{stem}.{}", cut(&ending, 20)),
        }
    }
}

impl SubfolderPattern {
    /// Returns the folders, from the outermost; those that come to nothing are left out.
    pub fn fill(&self, date: NaiveDateTime, code: &str, id: &str, kind: &str) -> Vec<String> {
        let mut folders = vec![Vec::new()];
        for part in &self.0 {
            match part {
                Part::Literal(text) => {
                    for (number, piece) in text.split('/').enumerate() {
                        if number > 0 {
                            folders.push(Vec::new());
                        }
                        if let Some(folder) = folders.last_mut() {
                            folder.push(Part::Literal(piece.to_owned()));
                        }
                    }
                }
                placeholder @ Part::Placeholder(_) => {
                    if let Some(folder) = folders.last_mut() {
                        folder.push(placeholder.clone());
                    }
                }
            }
        }
        let value = |folder: Folder| match folder {
            Folder::Date => date.format("%Y-%m-%d").to_string(),
            Folder::Code => plain(code),
            Folder::Id => plain(id),
            Folder::Type => plain(kind),
        };
        let filled = folders.iter().map(|parts| stem_of(parts, value));
        filled.filter(|folder| !folder.is_empty()).collect()
    }
}

/// Puts parts together. An empty value takes the separator before it along.
fn stem_of<P: Copy>(parts: &[Part<P>], value: impl Fn(P) -> String) -> String {
    let mut stem = String::new();
    for part in parts {
        match part {
            Part::Literal(text) => stem.push_str(text),
            Part::Placeholder(placeholder) => {
                let value = value(*placeholder);
                if value.is_empty() {
                    stem.truncate(stem.trim_end_matches(SEPARATORS).len());
                } else {
                    stem.push_str(&value);
                }
            }
        }
    }
    let trimmed = cut(stem.trim_start_matches(SEPARATORS), LONGEST).trim_end_matches(SEPARATORS);
    if is_reserved(trimmed) {
        return String::new();
    }
    trimmed.to_owned()
}

fn value_of(name: Name, values: &NameValues<'_>) -> String {
    match name {
        Name::Original => plain(values.original),
        Name::Request => slug(values.request_name),
        Name::Slot => slug(values.slot),
        Name::Date => values.received_at.format("%Y%m%d").to_string(),
        Name::Time => values.received_at.format("%H%M%S").to_string(),
        Name::Timestamp => values.received_unix.to_string(),
        Name::Seq => values
            .seq
            .map(|seq| format!("{seq:03}"))
            .unwrap_or_default(),
        Name::UniqueField => plain(values.unique_field),
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    fn values() -> NameValues<'static> {
        let date = NaiveDate::from_ymd_opt(2026, 1, 17).unwrap();
        NameValues {
            original: "photo",
            request_name: "Vehicle photos",
            slot: "Fronte documento",
            received_at: date.and_hms_opt(14, 30, 52).unwrap(),
            received_unix: 1_705_500_652,
            seq: Some(1),
            unique_field: "ABC123",
            ending: "jpg",
        }
    }

    fn filled(pattern: &str, values: &NameValues<'_>) -> String {
        pattern.parse::<FileNamePattern>().unwrap().fill(values)
    }

    #[test]
    fn v30_results_are_those_that_are_documented() {
        for (pattern, name) in [
            ("{original}_{data}_{ora}", "photo_20260117_143052.jpg"),
            (
                "{nome}_{slot}_{seq}",
                "vehicle-photos_fronte-documento_001.jpg",
            ),
            ("{unique_field}_{timestamp}", "ABC123_1705500652.jpg"),
        ] {
            assert_eq!(filled(pattern, &values()), name);
        }
    }

    #[test]
    fn v31_the_default_is_taken_where_a_pattern_comes_to_nothing() {
        let nobody = NameValues {
            request_name: "",
            unique_field: "../..",
            ..values()
        };
        for pattern in [
            "",
            "{nome}",
            "{unique_field}",
            "{nome}_-{unique_field}",
            "CON",
        ] {
            assert_eq!(
                filled(pattern, &nobody),
                "photo_20260117_143052.jpg",
                "{pattern}"
            );
        }
    }

    #[test]
    fn an_empty_value_takes_the_separator_before_it_along() {
        let without = NameValues {
            slot: "",
            request_name: "",
            ..values()
        };
        assert_eq!(filled("{original}_{slot}_{seq}", &without), "photo_001.jpg");
        assert_eq!(filled("{nome}_{seq}", &without), "001.jpg");
        assert_eq!(filled("{original}-{slot}", &without), "photo.jpg");
    }

    #[test]
    fn d16_a_number_has_three_digits_and_more_past_999() {
        for (seq, name) in [(7, "007.jpg"), (999, "999.jpg"), (1_000, "1000.jpg")] {
            let values = NameValues {
                seq: Some(seq),
                ..values()
            };
            assert_eq!(filled("{seq}", &values), name);
        }
    }

    #[test]
    fn an_unknown_placeholder_is_an_error_that_names_those_there_are() {
        let error = "{original}_{date}".parse::<FileNamePattern>().unwrap_err();
        let said = error.to_string();
        assert!(
            said.contains("{date}") && said.contains("{unique_field}"),
            "{said}"
        );
        for (pattern, error) in [
            ("{original", PatternError::LooseBrace),
            ("original}", PatternError::LooseBrace),
            ("{ori{ginal}", PatternError::LooseBrace),
            ("a/{original}", PatternError::Unwelcome { sign: '/' }),
            ("a\\b", PatternError::Unwelcome { sign: '\\' }),
            ("a:b", PatternError::Unwelcome { sign: ':' }),
        ] {
            assert_eq!(pattern.parse::<FileNamePattern>(), Err(error), "{pattern}");
        }
    }

    #[test]
    fn v15_subfolders_are_those_that_are_documented() {
        let fill = |pattern: &str| {
            let pattern: SubfolderPattern = pattern.parse().unwrap();
            pattern.fill(values().received_at, "ABC123", "pr_456", "permanent")
        };
        assert_eq!(fill("{date}_{code}"), ["2026-01-17_ABC123"]);
        assert_eq!(fill("{type}/{date}"), ["permanent", "2026-01-17"]);
        assert_eq!(fill("Photos_{code}"), ["Photos_ABC123"]);
        assert_eq!(fill("/../{id}//."), ["pr_456"]);
    }
}
