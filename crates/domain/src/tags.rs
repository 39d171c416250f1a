//! Folder names become tags (SPEC D15, P16).

/// Returns one tag per folder between the connected root and the file, outermost first, each once.
///
/// `path` is relative to the root, with `/` between segments; its last segment is the file.
pub fn folder_tags(path: &str) -> Vec<String> {
    let Some((folders, _file)) = path.rsplit_once('/') else {
        return Vec::new();
    };
    let mut tags: Vec<String> = Vec::new();
    for segment in folders.split('/') {
        let tag = segment.trim();
        if !tag.is_empty() && !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p16_every_folder_below_the_root_becomes_a_tag() {
        assert_eq!(
            folder_tags("2024/Summer in Rome/IMG 1.jpg"),
            ["2024", "Summer in Rome"]
        );
    }

    #[test]
    fn a_file_at_the_root_has_no_folder_tags() {
        assert!(folder_tags("IMG 1.jpg").is_empty());
    }

    #[test]
    fn a_name_that_repeats_on_the_way_is_one_tag() {
        assert_eq!(folder_tags("a/b/a/x.jpg"), ["a", "b"]);
    }

    #[test]
    fn empty_and_blank_segments_give_no_tag() {
        assert_eq!(folder_tags("a//  /b/x.jpg"), ["a", "b"]);
    }
}
