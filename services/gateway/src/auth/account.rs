//! What an account has to look like.

use crate::{problem::Fields, wire::name_of};

/// Returns the address in lower case and the name, or everything that is wrong with them and the
/// password.
pub(crate) fn check_account(
    email: &str,
    name: &str,
    password: &str,
    mut wrong: Fields,
) -> Result<(String, String), Fields> {
    let email = email.trim().to_lowercase();
    if !is_email(&email) {
        wrong.add("email", "must be an e-mail address");
    }
    let name = name_of(name).unwrap_or_else(|reason| {
        wrong.add("name", reason);
        String::new()
    });
    if let Err(reason) = check_password(password) {
        wrong.add("password", reason);
    }
    wrong.check()?;
    Ok((email, name))
}

/// Says what is wrong with a new password.
pub(crate) fn check_password(password: &str) -> Result<(), &'static str> {
    match password.chars().count() {
        0..12 => Err("must have at least 12 characters"),
        12..=512 => Ok(()),
        _ => Err("must have at most 512 characters"),
    }
}

fn is_email(text: &str) -> bool {
    let has_both_sides = text
        .rsplit_once('@')
        .is_some_and(|(who, host)| !who.is_empty() && !host.is_empty() && !who.contains('@'));
    has_both_sides
        && text.len() <= 254
        && !text
            .chars()
            .any(|character| character.is_whitespace() || character.is_control())
}
