//! Which names originals get in a main storage that is not central: patterns of people, filled with
//! what strangers may have typed (SPEC D16, D17).

mod moment;
mod path;
mod pattern;
mod value;

pub use moment::wall_time;
pub use path::{Destination, destination};
pub use pattern::{DEFAULT_PATTERN, FileNamePattern, NameValues, PatternError, SubfolderPattern};

/// Splits a name into what stands before its last dot and what follows it, without the dot.
pub fn split_ending(name: &str) -> (&str, &str) {
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => (stem, ending),
        _ => (name, ""),
    }
}

/// Returns the name that the `number`th file gets that would have this one: `a.jpg`, `a-2.jpg`, ….
pub fn numbered(name: &str, number: u32) -> String {
    if number < 2 {
        return name.to_owned();
    }
    match split_ending(name) {
        (stem, "") => format!("{stem}-{number}"),
        (stem, ending) => format!("{stem}-{number}.{ending}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w30_files_of_one_name_are_numbered_from_the_second_on() {
        assert_eq!(numbered("a.jpg", 1), "a.jpg");
        assert_eq!(numbered("a.jpg", 2), "a-2.jpg");
        assert_eq!(numbered("a.b.jpg", 100), "a.b-100.jpg");
        assert_eq!(numbered(".hidden", 2), ".hidden-2");
        assert_eq!(numbered("plain", 3), "plain-3");
    }
}
