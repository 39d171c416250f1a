//! What proves who we are.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::SettingProblem;

/// A user name with its password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FtpCredentials {
    pub user: String,
    pub password: String,
}

impl FtpCredentials {
    pub(crate) fn validate(&self) -> Result<(), SettingProblem> {
        if self.user.is_empty() {
            return Err(SettingProblem::new("user", "enter the user name"));
        }
        for (field, title, value) in [
            ("user", "user name", &self.user),
            ("password", "password", &self.password),
        ] {
            if value.contains(['\r', '\n', '\0']) {
                let advice = format!("the {title} has a line break in it; copy it again");
                return Err(SettingProblem::new(field, advice));
            }
        }
        Ok(())
    }
}

impl fmt::Debug for FtpCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FtpCredentials(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(user: &str, password: &str) -> FtpCredentials {
        FtpCredentials {
            user: user.into(),
            password: password.into(),
        }
    }

    #[test]
    fn never_shows_itself() {
        let shown = format!("{:?}", credentials("anna", "hush"));
        assert!(
            !shown.contains("anna") && !shown.contains("hush"),
            "{shown}"
        );
    }

    #[test]
    fn refuses_what_would_be_another_command() {
        assert!(credentials("anna", "hush").validate().is_ok());
        assert!(credentials("", "hush").validate().is_err());
        assert!(credentials("anna\r\nDELE x", "hush").validate().is_err());
        assert!(credentials("anna", "hush\nSITE").validate().is_err());
    }
}
