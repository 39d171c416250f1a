//! PNG's own texts, by the names its specification gives.

use super::{Found, text};

pub(super) fn read(texts: &[(String, String)]) -> Found {
    let mut found = Found::default();
    for (name, value) in texts {
        let value = text::cap(value);
        match name.as_str() {
            "Title" => found.title = Some(value.clone()),
            "Description" => found.description = Some(value.clone()),
            "Author" => found.creator = Some(value.clone()),
            "Copyright" => found.copyright = Some(value.clone()),
            "Software" => found.software = Some(value.clone()),
            _ => {}
        }
        found.field("png", name, &value);
    }
    found
}
