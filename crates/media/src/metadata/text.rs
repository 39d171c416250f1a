//! Text of unknown encoding and manners.

/// Bytes of one value, at most.
const MAX_VALUE: usize = 1024;

/// Decodes UTF-8, or else Latin-1, and trims.
pub(super) fn decode(bytes: &[u8]) -> Option<String> {
    let end = bytes
        .iter()
        .rposition(|&byte| byte != 0)
        .map_or(0, |last| last + 1);
    let bytes = &bytes[..end];
    match std::str::from_utf8(bytes) {
        Ok(text) => tidy(text),
        Err(_) => tidy(&latin1(bytes)),
    }
}

pub(super) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

pub(super) fn utf16(bytes: &[u8], is_little: bool) -> Option<String> {
    let units = bytes.chunks_exact(2).map(|pair| {
        let pair = [pair[0], pair[1]];
        if is_little {
            u16::from_le_bytes(pair)
        } else {
            u16::from_be_bytes(pair)
        }
    });
    let text: String = char::decode_utf16(units)
        .map(|unit| unit.unwrap_or('\u{fffd}'))
        .collect();
    tidy(&text)
}

/// Removes NULs and control characters but line breaks, trims, and drops what is empty then.
pub(super) fn tidy(text: &str) -> Option<String> {
    let kept: String = text
        .chars()
        .filter(|&c| !c.is_control() || c == '\n' || c == '\t')
        .collect();
    let trimmed = kept.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

/// Cuts a value to the size that is kept, between characters.
pub(super) fn cap(text: &str) -> String {
    let mut end = text.len().min(MAX_VALUE);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_is_tried_before_latin1() {
        assert_eq!(decode(b"  M\xc3\xbcnchen\0\0").as_deref(), Some("München"));
        assert_eq!(decode(b"M\xfcnchen").as_deref(), Some("München"));
        assert_eq!(decode(b" \0 \0"), None);
    }

    #[test]
    fn a_long_value_is_cut_between_characters() {
        let long = "ä".repeat(1000);
        assert_eq!(cap(&long).len(), 1024);
        assert_eq!(cap(&format!("a{long}")).len(), 1023);
    }
}
