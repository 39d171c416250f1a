//! Settings: where they come from, in which order, and how wrong ones are told.
//!
//! Layers, later ones win: the binary's embedded defaults, its embedded profile, one file
//! (`--config`, else `STOWAGE_CONFIG`, else `/etc/stowage/config.toml` when it is there), and
//! the environment as `STOWAGE_SECTION__FIELD`. A key that nobody knows or a value that does not
//! fit is refused with the key and the layer that it came from; binaries then exit with
//! [`EXIT_CONFIG`].
//!
//! Owns the layers, [`Secret`] and the generated reference; owns no section. Each crate keeps
//! its own section: a struct with a doc comment per field, `Default`, and [`Section`]. A binary
//! lists the sections that it reads with [`config!`]. This is the only crate that reads the
//! environment.
//!
//! To add a setting: a field with its doc comment and its default in the section of the crate
//! that obeys it, a line in that section's `validate` where some values make no sense, then
//! `make gen` for the reference. A new section also adds its name to `names.rs`.

pub mod duration;
mod environment;
mod error;
mod layer;
mod load;
mod names;
pub mod reference;
mod secret;
mod section;
mod shape;
mod sources;

pub use environment::env;
pub use error::ConfigError;
pub use load::load;
pub use names::SECTIONS;
pub use secret::Secret;
pub use section::{Config, Section};
pub use sources::Sources;

/// What a binary exits with when its settings are refused (`EX_USAGE`).
pub const EXIT_CONFIG: u8 = 64;

#[doc(hidden)]
pub mod macro_support {
    pub use schemars;
    pub use serde;
}

/// Returns whether two words are the same, at compile time; for [`config!`].
#[doc(hidden)]
pub const fn is_same_word(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}
