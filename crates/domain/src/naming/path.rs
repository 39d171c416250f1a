//! Where in a storage a new original goes.

use crate::file_name::clean_folder;

/// What stands in a request's place for files that belong to none.
const UPLOADS: &str = "uploads";

/// What a path is made of, outermost first.
#[derive(Debug, Clone, Copy)]
pub struct Destination<'a> {
    /// What the storage puts before everything; a path of its own.
    pub prefix: &'a str,
    /// The workspace's short id.
    pub tenant: &'a str,
    /// The request that the file belongs to.
    pub request: Option<&'a str>,
    /// The folders that it was dropped with.
    pub folder: &'a str,
    /// As a pattern made it.
    pub name: &'a str,
}

/// Returns the path of a new original below the connected root (V35). It never leaves the prefix.
pub fn destination(to: &Destination<'_>) -> String {
    // Cleaning takes a last segment for a file's name.
    let folders = |path: &str| clean_folder(&format!("{path}/-"));
    let parts = [
        folders(to.prefix),
        folders(to.tenant),
        folders(to.request.unwrap_or(UPLOADS)),
        match to.request {
            Some(_) => String::new(),
            None => folders(to.folder),
        },
        to.name.to_owned(),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};

    const PLACE: Destination<'_> = Destination {
        prefix: "archive/photos",
        tenant: "k7m2",
        request: None,
        folder: "",
        name: "a.jpg",
    };

    #[test]
    fn v35_a_path_has_prefix_tenant_request_and_name() {
        let of_request = Destination {
            request: Some("pr_456"),
            folder: "ignored",
            ..PLACE
        };
        assert_eq!(destination(&of_request), "archive/photos/k7m2/pr_456/a.jpg");
        let bare = Destination {
            prefix: "",
            ..of_request
        };
        assert_eq!(destination(&bare), "k7m2/pr_456/a.jpg");
    }

    #[test]
    fn d16_files_of_no_request_keep_their_folders_below_uploads() {
        let dropped = Destination {
            folder: "2024/Rome",
            ..PLACE
        };
        assert_eq!(
            destination(&dropped),
            "archive/photos/k7m2/uploads/2024/Rome/a.jpg"
        );
    }

    /// Strings that did harm elsewhere; more of them where the collection lies beside the project.
    fn naughty() -> Vec<String> {
        let mut strings: Vec<String> = [
            "",
            ".",
            "..",
            "../..",
            "/etc/passwd",
            "..\\..\\windows",
            "a/../../b",
            "\0",
            "\r\nDELE x",
            "CON",
            "nul.txt",
            "{original}",
            "{{seq}}",
            "%2e%2e%2f",
            "\u{202e}gpj.exe",
            "u\u{308}",
            "....//",
            "photos2",
            "~",
            "-rf",
            "COM1",
            " ",
            "a\u{2028}b",
            "\u{feff}",
            "//host/share",
        ]
        .map(str::to_owned)
        .to_vec();
        let list = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../../shared/photos/names/blns.json"
        );
        if let Ok(text) = std::fs::read_to_string(list) {
            strings.extend(serde_json::from_str::<Vec<String>>(&text).expect("a list of strings"));
        }
        strings.extend([3, 200, 5_000].map(|length| "../é".repeat(length)));
        strings
    }

    #[test]
    fn hostile_values_never_leave_the_prefix() {
        let pattern: FileNamePattern = "{original}_{nome}_{slot}_{unique_field}".parse().unwrap();
        for text in &naughty() {
            let values = NameValues {
                original: text,
                request_name: text,
                slot: text,
                unique_field: text,
                ending: text,
                ..NameValues::default()
            };
            let name = pattern.fill(&values);
            let place = Destination {
                tenant: text,
                folder: text,
                name: &name,
                ..PLACE
            };
            let path = destination(&place);
            assert!(path.starts_with("archive/photos/"), "{text:?} {path:?}");
            for segment in path.split('/') {
                let is_good = !segment.is_empty()
                    && segment.len() <= 201
                    && !["", ".", ".."].contains(&segment)
                    && !segment.contains(['\\', '\0', '\r', '\n'])
                    && !segment.chars().any(char::is_control);
                assert!(is_good, "{text:?} {path:?}");
            }
            assert!(
                !name.contains('/') && !name.starts_with('.'),
                "{text:?} {name:?}"
            );
        }
    }

    #[test]
    fn w30_a_hundred_files_of_one_name_have_a_hundred_names() {
        let names: std::collections::BTreeSet<String> = (1..=100)
            .map(|number| numbered("image.jpg", number))
            .collect();
        assert_eq!(names.len(), 100);
    }
}
