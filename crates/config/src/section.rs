//! Sections, and how a binary lists the ones that it reads.

use crate::ConfigError;

/// One table of settings, owned by the crate that obeys it.
///
/// ```
/// use std::net::SocketAddr;
/// use stowage_config::{ConfigError, Section};
///
/// /// The admin port.
/// #[derive(Debug, Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
/// #[serde(default, deny_unknown_fields)]
/// pub struct AdminConfig {
///     /// Where health and metrics are answered.
///     pub listen: SocketAddr,
/// }
///
/// impl Default for AdminConfig {
///     fn default() -> Self {
///         Self { listen: ([127, 0, 0, 1], 9090).into() }
///     }
/// }
///
/// impl Section for AdminConfig {
///     const NAME: &'static str = "admin";
/// }
/// ```
pub trait Section {
    /// The word in brackets, and the field's name in every [`Config`].
    const NAME: &'static str;

    /// Refuses values that fit their type and still make no sense, by `ConfigError::invalid`.
    fn validate(&self) -> Result<(), ConfigError> {
        Ok(())
    }
}

/// All that one binary reads. Written by [`config!`](crate::config!).
pub trait Config: serde::de::DeserializeOwned + schemars::JsonSchema {
    fn validate(&self) -> Result<(), ConfigError>;
}

/// Lists the sections that a binary reads; each field bears its section's name.
///
/// ```ignore
/// stowage_config::config! {
///     /// What the thumbnailer reads.
///     pub struct Config {
///         pub database: DatabaseConfig,
///         pub bus: BusConfig,
///         pub thumbnailer: ThumbnailerConfig,
///     }
/// }
/// ```
#[macro_export]
macro_rules! config {
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $section:ty),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(
            Debug,
            Clone,
            Default,
            $crate::macro_support::serde::Serialize,
            $crate::macro_support::serde::Deserialize,
            $crate::macro_support::schemars::JsonSchema,
        )]
        #[serde(crate = "stowage_config::macro_support::serde", default, deny_unknown_fields)]
        #[schemars(crate = "stowage_config::macro_support::schemars")]
        $vis struct $name {
            $($(#[$field_meta])* $field_vis $field: $section,)*
        }

        $(const _: () = assert!(
            $crate::is_same_word(stringify!($field), <$section as $crate::Section>::NAME),
            "a section's field bears the section's name"
        );)*

        impl $crate::Config for $name {
            fn validate(&self) -> ::core::result::Result<(), $crate::ConfigError> {
                $($crate::Section::validate(&self.$field)?;)*
                Ok(())
            }
        }
    };
}
