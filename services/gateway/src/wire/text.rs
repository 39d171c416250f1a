//! Words that people type in.

/// Returns a name without the space around it, or says what is wrong with it.
pub(crate) fn name_of(text: &str) -> Result<String, &'static str> {
    let name = text.trim();
    if name.is_empty() {
        return Err("must not be empty");
    }
    if name.chars().count() > 200 {
        return Err("must have at most 200 characters");
    }
    if name.chars().any(char::is_control) {
        return Err("must not have control characters");
    }
    Ok(name.to_owned())
}

/// Returns an IANA time zone as it was written, or says that it cannot be one.
pub(crate) fn time_zone_of(text: &str) -> Result<String, &'static str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_+-/".contains(&byte);
    let starts_well = text.starts_with(|first: char| first.is_ascii_alphabetic());
    if starts_well && text.len() <= 64 && text.bytes().all(is_plain) {
        Ok(text.to_owned())
    } else {
        Err("must be the IANA name of a time zone, such as Europe/Rome")
    }
}

/// Writes bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;

    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_something_that_can_be_read() {
        assert_eq!(name_of("  Rome 2024 ").unwrap(), "Rome 2024");
        for bad in ["", "   ", "a\u{7}b", &"x".repeat(201)] {
            assert!(name_of(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_time_zone_looks_like_one() {
        for good in [
            "UTC",
            "Europe/Rome",
            "America/Argentina/Buenos_Aires",
            "Etc/GMT+3",
        ] {
            assert!(time_zone_of(good).is_ok(), "{good}");
        }
        for bad in ["", "../etc/passwd", "Europe/Rome ", "+02:00"] {
            assert!(time_zone_of(bad).is_err(), "{bad}");
        }
    }
}
