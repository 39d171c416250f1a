//! What a person sets, and what is to be said when it cannot work.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stowage_storage::{ErrorKind, ObjectPath, StorageError};

use crate::trust;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FtpSecurity {
    /// TLS, asked for on the usual port (`AUTH TLS`).
    Ftps,
    /// TLS from the first byte, on a port of its own.
    FtpsImplicit,
    /// Nothing: password and files can be read on the way.
    Plain,
}

impl FtpSecurity {
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Ftps | Self::Plain => 21,
            Self::FtpsImplicit => 990,
        }
    }
}

/// A folder on an FTP server, as a person connects it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FtpSettings {
    /// Name or address of the server.
    pub host: String,
    /// 21, or 990 with implicit TLS, when left out.
    #[serde(default)]
    pub port: Option<u16>,
    pub security: FtpSecurity,
    /// Whether somebody said that they know what plain FTP means. Needed for it.
    #[serde(default)]
    pub acknowledge_insecure: bool,
    /// Folder on the server; the one that the login leads to when left out.
    #[serde(default)]
    pub folder: Option<String>,
    /// Certificates in PEM form that are trusted besides those of this system: the server's own,
    /// or that of whoever signed it.
    #[serde(default)]
    pub certificate: Option<String>,
}

/// A setting that cannot work, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{advice}")]
pub struct SettingProblem {
    /// The field's name in [`FtpSettings`] or [`FtpCredentials`](crate::FtpCredentials).
    pub field: &'static str,
    pub advice: String,
}

impl SettingProblem {
    pub(crate) fn new(field: &'static str, advice: impl Into<String>) -> Self {
        Self {
            field,
            advice: advice.into(),
        }
    }
}

impl From<SettingProblem> for StorageError {
    fn from(problem: SettingProblem) -> Self {
        Self::new(ErrorKind::InvalidSettings, problem.advice)
    }
}

/// Settings that were checked and completed.
#[derive(Debug, Clone)]
pub(crate) struct Checked {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) security: FtpSecurity,
    /// As it is changed to after the login; none for where the login leads.
    pub(crate) folder: Option<String>,
    pub(crate) certificate: Option<String>,
}

impl FtpSettings {
    /// Says what is wrong with the settings, if anything is.
    pub fn validate(&self) -> Result<(), SettingProblem> {
        self.check().map(drop)
    }

    pub(crate) fn check(&self) -> Result<Checked, SettingProblem> {
        let host = self.host.trim();
        check_host(host)?;
        if self.port == Some(0) {
            return Err(SettingProblem::new("port", "a port is 1 to 65535"));
        }
        if self.security == FtpSecurity::Plain && !self.acknowledge_insecure {
            return Err(SettingProblem::new(
                "acknowledge_insecure",
                "plain FTP sends the password and every file readable; choose FTPS, or confirm \
                 that you know",
            ));
        }
        let certificate = self.certificate.as_deref().map(str::trim);
        let certificate = certificate.filter(|pem| !pem.is_empty());
        if let Some(pem) = certificate {
            trust::certificates(pem)?;
        }
        Ok(Checked {
            host: host.to_owned(),
            port: self.port.unwrap_or(self.security.default_port()),
            security: self.security,
            folder: check_folder(self.folder.as_deref().unwrap_or_default())?,
            certificate: certificate.map(str::to_owned),
        })
    }
}

fn check_host(host: &str) -> Result<(), SettingProblem> {
    let problem = |advice: &str| Err(SettingProblem::new("host", advice));
    if host.is_empty() {
        return problem("enter the server's name or address");
    }
    if host.contains("://") || host.contains('/') {
        return problem("enter only the server's name, without ftp:// and without a folder");
    }
    if host.contains('@') {
        return problem("enter only the server's name; the user goes into a field of its own");
    }
    let is_address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    if is_address.is_err() && host.contains(':') {
        return problem("enter only the server's name; the port goes into a field of its own");
    }
    if host
        .chars()
        .any(|letter| letter.is_whitespace() || letter.is_control())
    {
        return problem("the server's name has a blank in it; check it");
    }
    Ok(())
}

fn check_folder(folder: &str) -> Result<Option<String>, SettingProblem> {
    let problem = |advice: String| SettingProblem::new("folder", advice);
    let is_absolute = folder.starts_with('/');
    let inner = folder.trim_matches('/');
    if inner.is_empty() {
        return Ok(is_absolute.then(|| "/".to_owned()));
    }
    let path = ObjectPath::new(inner).map_err(|error| problem(error.to_string()))?;
    if !is_sendable(path.as_str()) {
        return Err(problem(
            "the folder's name has a line break or an empty part (`//`); remove it".to_owned(),
        ));
    }
    Ok(Some(if is_absolute {
        format!("/{inner}")
    } else {
        inner.to_owned()
    }))
}

/// Returns whether a path can be said in a command and means the same on every server.
pub(crate) fn is_sendable(path: &str) -> bool {
    let is_one_line = !path.contains(['\r', '\n', '\0']);
    is_one_line
        && path
            .split('/')
            .all(|segment| !segment.is_empty() && segment.len() <= 255)
}

/// Returns whether a name on the way ends in a blank. Some servers cut those off and mean another
/// file, so they are read only where the server says which file it means, and never written.
pub(crate) fn may_be_cut(path: &str) -> bool {
    path.split('/')
        .any(|segment| segment.ends_with([' ', '\t']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> FtpSettings {
        FtpSettings {
            host: "nas.example.org".into(),
            port: None,
            security: FtpSecurity::Ftps,
            acknowledge_insecure: false,
            folder: None,
            certificate: None,
        }
    }

    #[test]
    fn v55_d25_plain_ftp_needs_somebody_who_knows() {
        let mut plain = settings();
        plain.security = FtpSecurity::Plain;
        let problem = plain.validate().unwrap_err();
        assert_eq!(problem.field, "acknowledge_insecure");
        plain.acknowledge_insecure = true;
        plain.validate().unwrap();
    }

    #[test]
    fn says_which_field_is_wrong() {
        let wrong = |change: fn(&mut FtpSettings)| {
            let mut settings = settings();
            change(&mut settings);
            settings.validate().unwrap_err().field
        };
        assert_eq!(wrong(|it| it.host = String::new()), "host");
        assert_eq!(wrong(|it| it.host = "ftp://nas".into()), "host");
        assert_eq!(wrong(|it| it.host = "nas:2121".into()), "host");
        assert_eq!(wrong(|it| it.host = "me@nas".into()), "host");
        assert_eq!(wrong(|it| it.port = Some(0)), "port");
        assert_eq!(wrong(|it| it.folder = Some("a/../b".into())), "folder");
        assert_eq!(wrong(|it| it.folder = Some("a\r\nDELE x".into())), "folder");
        assert_eq!(
            wrong(|it| it.certificate = Some("hello".into())),
            "certificate"
        );
    }

    #[test]
    fn completes_port_and_folder() {
        let mut given = settings();
        given.folder = Some("/photos/".into());
        given.security = FtpSecurity::FtpsImplicit;
        let checked = given.check().unwrap();
        assert_eq!(checked.port, 990);
        assert_eq!(checked.folder.as_deref(), Some("/photos"));
        given.folder = Some("photos/2024".into());
        assert_eq!(
            given.check().unwrap().folder.as_deref(),
            Some("photos/2024")
        );
        given.folder = Some(String::new());
        assert_eq!(given.check().unwrap().folder, None);
    }

    #[test]
    fn a_name_that_would_be_two_commands_is_never_sent() {
        for (path, sendable) in [
            ("a/b.jpg", true),
            (" blank ", true),
            ("a\nb", false),
            ("a\rb", false),
            ("a\0b", false),
            ("a//b", false),
            ("a/", false),
        ] {
            assert_eq!(is_sendable(path), sendable, "{path:?}");
        }
        assert!(!is_sendable(&"x".repeat(256)));
    }
}
