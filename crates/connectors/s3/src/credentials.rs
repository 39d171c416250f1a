//! What proves who we are.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::SettingProblem;

/// An access key with its secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct S3Credentials {
    pub access_key: String,
    pub secret_key: String,
}

impl S3Credentials {
    pub(crate) fn validate(&self) -> Result<(), SettingProblem> {
        for (field, title, value) in [
            ("access_key", "Access Key", &self.access_key),
            ("secret_key", "Secret Key", &self.secret_key),
        ] {
            if value.is_empty() {
                return Err(SettingProblem::new(field, format!("enter the {title}")));
            }
            if value.bytes().any(|byte| !byte.is_ascii_graphic()) {
                return Err(SettingProblem::new(
                    field,
                    format!("the {title} has a blank or an odd character in it; copy it again"),
                ));
            }
        }
        Ok(())
    }
}

impl fmt::Debug for S3Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("S3Credentials(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_shows_itself() {
        let keys = S3Credentials {
            access_key: "AKIA1".into(),
            secret_key: "hush".into(),
        };
        let shown = format!("{keys:?} {keys:#?}");
        assert!(
            !shown.contains("AKIA1") && !shown.contains("hush"),
            "{shown}"
        );
    }
}
