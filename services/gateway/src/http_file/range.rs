//! `Range: bytes=…` (RFC 9110, section 14).

use std::ops::Range;

use axum::http::{HeaderMap, header};

/// Which bytes of a file a caller wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    All,
    /// Never empty, never past the end.
    Part(Range<u64>),
    /// A range of which the file has nothing.
    Nothing,
}

/// Reads the header for a file of `size` bytes. A header that is not understood, and one that
/// names several ranges, is passed over, as the RFC allows.
pub(crate) fn wanted(headers: &HeaderMap, size: u64) -> Wanted {
    let header = headers
        .get(header::RANGE)
        .and_then(|value| value.to_str().ok());
    header
        .and_then(|text| parse(text, size))
        .unwrap_or(Wanted::All)
}

fn parse(text: &str, size: u64) -> Option<Wanted> {
    let (unit, set) = text.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") || set.contains(',') {
        return None;
    }
    let (first, last) = set.trim().split_once('-')?;
    let range = match (number(first), number(last)) {
        // The last so many bytes.
        (None, Some(suffix)) if first.is_empty() => size.saturating_sub(suffix)..size,
        (Some(first), None) if last.is_empty() => first..size,
        (Some(first), Some(last)) if first <= last => first..size.min(last.saturating_add(1)),
        _ => return None,
    };
    Some(if range.is_empty() {
        Wanted::Nothing
    } else {
        Wanted::Part(range)
    })
}

/// A number too large to count is past the end of any file.
fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn understands_every_form_of_a_single_range() {
        for (text, expected) in [
            ("bytes=0-0", Wanted::Part(0..1)),
            ("bytes=0-99", Wanted::Part(0..100)),
            ("bytes=0-999", Wanted::Part(0..100)),
            ("bytes=10-", Wanted::Part(10..100)),
            ("bytes=99-", Wanted::Part(99..100)),
            ("bytes=-1", Wanted::Part(99..100)),
            ("bytes=-500", Wanted::Part(0..100)),
            ("Bytes= 5-6 ", Wanted::Part(5..7)),
            ("bytes=0-99999999999999999999999", Wanted::Part(0..100)),
            ("bytes=100-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=99999999999999999999999-", Wanted::Nothing),
        ] {
            assert_eq!(parse(text, 100), Some(expected), "{text}");
        }
    }

    #[test]
    fn an_empty_file_has_no_range() {
        for text in ["bytes=0-", "bytes=-5", "bytes=0-0"] {
            assert_eq!(parse(text, 0), Some(Wanted::Nothing), "{text}");
        }
    }

    #[test]
    fn passes_over_what_it_does_not_understand() {
        for text in [
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=5-2",
            "bytes=a-b",
            "items=0-1",
            "bytes=0-1,5-6",
            "bytes=+1-2",
        ] {
            assert_eq!(parse(text, 100), None, "{text}");
        }
    }
}
