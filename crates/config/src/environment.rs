//! The only place that reads the environment.

/// Returns an environment variable, none when it is unset or not valid UTF-8.
///
/// For the few words that are not settings (`HOSTNAME`, test switches); settings go through
/// [`crate::load`].
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the environment"
)]
pub fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Returns all variables that begin with `STOWAGE_`, in order of their names.
pub(crate) fn ours() -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| name.starts_with("STOWAGE_"))
        .collect();
    found.sort();
    found
}
