//! What an operator reads about the checks of the catalog is what they are.

use std::fs;

use stowage_db::check::Check;

use crate::metadata::root;

#[test]
fn every_check_is_documented_with_what_to_do() {
    let path = root().join("docs/operations/checks.md");
    let text = fs::read_to_string(path).expect("the page is there");
    let rows = text.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(rows, Check::all().count(), "rows of the page");
    for check in Check::all() {
        let row = format!("| `{}` | {} | {} |", check.name, check.means, check.remedy);
        assert!(text.contains(&row), "not in the page: {row}");
    }
}
