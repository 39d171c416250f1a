//! What a browser does with a file: show it or save it, and under which name.

use std::fmt::Write;

use axum::http::HeaderValue;

/// Returns whether a file of this type, told by its content, may be shown. Everything else might
/// run in a browser, or in whatever opens it there.
pub(crate) fn is_shown(media_type: &str) -> bool {
    matches!(
        media_type,
        "image/jpeg" | "image/png" | "image/webp" | "image/gif" | "image/avif"
    )
}

/// Returns the type to send a file with. The disposition only counts when a file is opened by
/// itself: a page takes a script, a style or a document from this origin by its type alone, and
/// our pages trust this origin. What is neither picture, film nor sound is octets to a browser.
pub(crate) fn sent_type(media_type: &str) -> HeaderValue {
    let is_inert = ["image/", "video/", "audio/"]
        .iter()
        .any(|kind| media_type.starts_with(kind))
        && !media_type.contains("xml");
    let octets = HeaderValue::from_static("application/octet-stream");
    if is_inert {
        HeaderValue::from_str(media_type).unwrap_or(octets)
    } else {
        octets
    }
}

pub(crate) fn attachment(name: &str) -> HeaderValue {
    disposition("attachment", name)
}

pub(crate) fn inline(name: &str) -> HeaderValue {
    disposition("inline", name)
}

/// Gives the name twice: in ASCII for old programs, and whole (RFC 6266, RFC 8187).
fn disposition(kind: &str, name: &str) -> HeaderValue {
    let is_plain = |letter: char| letter.is_ascii_graphic() && !matches!(letter, '"' | '\\' | '%');
    let plain: String = name
        .chars()
        .map(|letter| {
            if is_plain(letter) || letter == ' ' {
                letter
            } else {
                '_'
            }
        })
        .collect();
    let mut whole = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            whole.push(char::from(byte));
        } else {
            let _ = write!(whole, "%{byte:02X}");
        }
    }
    let text = format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{whole}");
    HeaderValue::from_str(&text).expect("only plain letters are left")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_break_out_of_its_header() {
        for (name, expected) in [
            (
                "a b.jpg",
                "attachment; filename=\"a b.jpg\"; filename*=UTF-8''a%20b.jpg",
            ),
            (
                "é\".jpg",
                "attachment; filename=\"__.jpg\"; filename*=UTF-8''%C3%A9%22.jpg",
            ),
            (
                "x\r\nSet-Cookie: a=b",
                "attachment; filename=\"x__Set-Cookie: a=b\"; \
                 filename*=UTF-8''x%0D%0ASet-Cookie%3A%20a%3Db",
            ),
        ] {
            assert_eq!(attachment(name), expected, "{name:?}");
        }
    }

    #[test]
    fn only_pictures_films_and_sounds_keep_their_type() {
        for media_type in ["image/jpeg", "image/x-canon-cr2", "video/mp4", "audio/flac"] {
            assert_eq!(sent_type(media_type), media_type);
        }
        for media_type in [
            "text/javascript",
            "text/css",
            "text/html",
            "image/svg+xml",
            "application/xml",
            "application/pdf",
            "application/wasm",
            "image/\r\nx",
            "",
        ] {
            assert_eq!(
                sent_type(media_type),
                "application/octet-stream",
                "{media_type:?}"
            );
        }
    }

    #[test]
    fn what_could_run_is_never_shown() {
        for media_type in [
            "image/svg+xml",
            "text/html",
            "application/pdf",
            "image/tiff",
            "",
        ] {
            assert!(!is_shown(media_type), "{media_type}");
        }
        assert!(is_shown("image/avif"));
    }
}
