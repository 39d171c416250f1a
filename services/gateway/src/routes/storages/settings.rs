//! What people say about a storage when they connect or change it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use stowage_domain::{Access, Behaviour, OffMeans, OnMove, OnPurge, OnReturn, StorageKind};
use utoipa::ToSchema;

use super::delivery::{DeliveryPatch, usual};
use crate::{
    extract::fitting,
    problem::Fields,
    wire::{name_of, words},
};

const DEFAULT_INTERVAL: i64 = 900;

/// A storage that is to be connected.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewStorage {
    name: String,
    #[schema(schema_with = words::storage_kind)]
    kind: StorageKind,
    /// Whether Stowage may change anything there.
    #[schema(schema_with = words::access)]
    access: Access,
    /// What a purge does to originals there; they are kept when left out.
    #[schema(schema_with = words::on_purge, required = false)]
    on_purge: Option<OnPurge>,
    /// What becomes of an asset whose file comes back; `relink` when left out.
    #[schema(schema_with = words::on_return, required = false)]
    on_return: Option<OnReturn>,
    /// What becomes of an asset whose file is renamed or moved; `follow` when left out.
    #[schema(schema_with = words::on_move, required = false)]
    on_move: Option<OnMove>,
    /// What switching it off means for its originals; `no_new_files` when left out.
    #[schema(schema_with = words::off_means, required = false)]
    off_means: Option<OffMeans>,
    /// Leave out files whose content the library has already; false when left out.
    #[serde(default)]
    check_duplicates: bool,
    /// How often it is scanned: 60 to 86400, 900 when left out.
    #[schema(minimum = 60, maximum = 86400)]
    scan_interval_seconds: Option<i64>,
    /// How originals come into it, and whether its own are moved out of it.
    delivery: Option<DeliveryPatch>,
    /// Take a place over that carries the marker of another library.
    #[serde(default)]
    take_over: bool,
    /// Those of the kind.
    #[schema(value_type = Settings)]
    settings: Value,
    /// Those of the kind, where it needs any.
    #[schema(value_type = Option<Credentials>)]
    credentials: Option<Value>,
}

/// The settings of a kind.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes what is read by its kind")]
pub(crate) enum Settings {
    Fs(FsSettings),
    S3(S3Settings),
    Ftp(FtpSettings),
}

/// The credentials of a kind.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes what is read by its kind")]
pub(crate) enum Credentials {
    S3(S3Credentials),
    Ftp(FtpCredentials),
}

/// A folder of the server.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FsSettings {
    /// Its whole path, within what the operator allows.
    folder: String,
}

/// A bucket.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct S3Settings {
    provider: S3Provider,
    bucket: String,
    /// Needed where the provider's address is made from it.
    region: Option<String>,
    /// Address of the service, where the provider does not say it.
    endpoint: Option<String>,
    /// Address at which browsers reach the service, where it differs.
    public_endpoint: Option<String>,
    /// A folder in the bucket; nothing outside of it is read or changed.
    path_prefix: Option<String>,
    /// Bucket in the path instead of the host name; as the provider likes it when left out.
    path_style: Option<bool>,
}

/// Who runs the service.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum S3Provider {
    Aws,
    DigitalOcean,
    Backblaze,
    Ovh,
    Minio,
    Custom,
}

/// The keys of a bucket.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct S3Credentials {
    access_key: String,
    secret_key: String,
}

/// A folder on an FTP server.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FtpSettings {
    /// Name or address of the server.
    host: String,
    /// 21, or 990 with implicit TLS, when left out.
    #[schema(minimum = 1, maximum = 65535)]
    port: Option<u16>,
    security: FtpSecurity,
    /// Must be true for plain FTP: somebody knows that password and files can be read on the way.
    acknowledge_insecure: Option<bool>,
    /// Folder on the server; the one that the login leads to when left out.
    folder: Option<String>,
    /// Certificates in PEM form that are trusted besides the system's: the server's own, or that of
    /// whoever signed it.
    certificate: Option<String>,
}

/// How an FTP connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FtpSecurity {
    /// TLS, asked for on the usual port.
    Ftps,
    /// TLS from the first byte, on a port of its own.
    FtpsImplicit,
    /// Nothing is protected.
    Plain,
}

/// A user of an FTP server.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FtpCredentials {
    user: String,
    password: String,
}

/// A storage to connect, as far as it can be checked without asking it.
pub(super) struct Checked {
    pub(super) name: String,
    pub(super) kind: StorageKind,
    pub(super) access: Access,
    pub(super) on_purge: OnPurge,
    pub(super) behaviour: Behaviour,
    pub(super) delivery: Option<DeliveryPatch>,
    pub(super) take_over: bool,
    pub(super) scan_interval_seconds: i64,
    /// JSON.
    pub(super) settings: String,
    /// JSON; empty where the kind needs none.
    pub(super) credentials: String,
}

impl NewStorage {
    pub(super) fn check(self) -> Result<Checked, Fields> {
        let name = name_of(&self.name).map_err(|wrong| Fields::one("name", wrong))?;
        let on_purge = self.on_purge.unwrap_or(OnPurge::Keep);
        check_purge(self.access, on_purge)?;
        let scan_interval_seconds = self.scan_interval_seconds.unwrap_or(DEFAULT_INTERVAL);
        check_interval(scan_interval_seconds)?;
        if let Some(delivery) = &self.delivery {
            delivery.check(self.access, &usual())?;
        }
        let settings = settings_of(self.kind, &self.settings)?;
        let credentials = match (&self.credentials, self.kind) {
            (Some(credentials), kind) => credentials_of(kind, credentials)?,
            (None, StorageKind::Fs) => String::new(),
            (None, _) => return Err(Fields::one("credentials", "is missing")),
        };
        let usual = Behaviour::default();
        Ok(Checked {
            name,
            kind: self.kind,
            access: self.access,
            delivery: self.delivery,
            take_over: self.take_over,
            on_purge,
            behaviour: Behaviour {
                on_return: self.on_return.unwrap_or(usual.on_return),
                on_move: self.on_move.unwrap_or(usual.on_move),
                off_means: self.off_means.unwrap_or(usual.off_means),
                check_duplicates: self.check_duplicates,
            },
            scan_interval_seconds,
            settings,
            credentials,
        })
    }
}

/// A storage that is only read is never deleted from.
pub(super) fn check_purge(access: Access, on_purge: OnPurge) -> Result<(), Fields> {
    if access == Access::ReadOnly && on_purge == OnPurge::Delete {
        return Err(Fields::one(
            "on_purge",
            "must be keep where access is read_only",
        ));
    }
    Ok(())
}

pub(super) fn check_interval(seconds: i64) -> Result<(), Fields> {
    if (60..=86_400).contains(&seconds) {
        Ok(())
    } else {
        Err(Fields::one(
            "scan_interval_seconds",
            "must lie between 60 and 86400",
        ))
    }
}

/// Returns the settings of a kind as JSON, or says what is wrong with them.
pub(super) fn settings_of(kind: StorageKind, settings: &Value) -> Result<String, Fields> {
    match kind {
        StorageKind::Fs => {
            let settings: FsSettings = fitting("settings", settings)?;
            if !settings.folder.starts_with('/') {
                let wrong = "must be the folder's whole path, beginning with a slash";
                return Err(Fields::one("settings.folder", wrong));
            }
            Ok(json_of(&settings))
        }
        StorageKind::S3 => {
            let settings: S3Settings = fitting("settings", settings)?;
            if settings.bucket.trim().is_empty() {
                return Err(Fields::one("settings.bucket", "must not be empty"));
            }
            Ok(json_of(&settings))
        }
        StorageKind::Ftp => {
            let settings: FtpSettings = fitting("settings", settings)?;
            check_ftp(&settings)?;
            Ok(json_of(&settings))
        }
        other => Err(cannot_connect(other)),
    }
}

/// What can be said without asking the server; its connector says the rest.
fn check_ftp(settings: &FtpSettings) -> Result<(), Fields> {
    if settings.host.trim().is_empty() {
        return Err(Fields::one("settings.host", "must not be empty"));
    }
    if settings.host.contains("://") || settings.host.contains(['/', '@', ' ']) {
        let wrong = "must be the server's name alone, without ftp://, user or folder";
        return Err(Fields::one("settings.host", wrong));
    }
    if settings.port == Some(0) {
        return Err(Fields::one("settings.port", "must lie between 1 and 65535"));
    }
    let is_known = settings.acknowledge_insecure.unwrap_or_default();
    if settings.security == FtpSecurity::Plain && !is_known {
        let wrong = "must be true for plain FTP, which sends password and files readable";
        return Err(Fields::one("settings.acknowledge_insecure", wrong));
    }
    let certificate = settings.certificate.as_deref().unwrap_or_default().trim();
    if !certificate.is_empty() && !certificate.contains("-----BEGIN CERTIFICATE-----") {
        let wrong = "must be in PEM form, beginning with -----BEGIN CERTIFICATE-----";
        return Err(Fields::one("settings.certificate", wrong));
    }
    let folder = settings.folder.as_deref().unwrap_or_default();
    if folder.split('/').any(|part| part == "." || part == "..") {
        return Err(Fields::one(
            "settings.folder",
            "must not have . or .. in it",
        ));
    }
    if folder.contains(['\r', '\n', '\0']) {
        return Err(Fields::one(
            "settings.folder",
            "must not have a line break in it",
        ));
    }
    Ok(())
}

/// Returns the credentials of a kind as JSON, or says what is wrong with them.
pub(super) fn credentials_of(kind: StorageKind, credentials: &Value) -> Result<String, Fields> {
    match kind {
        StorageKind::S3 => {
            let credentials: S3Credentials = fitting("credentials", credentials)?;
            let keys = [
                ("credentials.access_key", &credentials.access_key),
                ("credentials.secret_key", &credentials.secret_key),
            ];
            for (field, key) in keys {
                if key.trim().is_empty() {
                    return Err(Fields::one(field, "must not be empty"));
                }
            }
            Ok(json_of(&credentials))
        }
        StorageKind::Ftp => {
            let credentials: FtpCredentials = fitting("credentials", credentials)?;
            if credentials.user.trim().is_empty() {
                return Err(Fields::one("credentials.user", "must not be empty"));
            }
            for (field, value) in [
                ("credentials.user", &credentials.user),
                ("credentials.password", &credentials.password),
            ] {
                if value.contains(['\r', '\n', '\0']) {
                    return Err(Fields::one(field, "must not have a line break in it"));
                }
            }
            Ok(json_of(&credentials))
        }
        StorageKind::Fs => Err(Fields::one(
            "credentials",
            "a folder of the server needs none; leave them out",
        )),
        other => Err(cannot_connect(other)),
    }
}

fn cannot_connect(kind: StorageKind) -> Fields {
    Fields::one(
        "kind",
        format!("storages of kind {kind} cannot be connected by this version"),
    )
}

/// Writes without what was left out.
fn json_of(value: &impl Serialize) -> String {
    let mut value = serde_json::to_value(value).expect("settings are plain data");
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|_, field| !field.is_null());
    }
    value.to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::problem::Answer;

    fn checked(body: Value) -> Result<Checked, Vec<String>> {
        let new: NewStorage = fitting("", &body)
            .map_err(|wrong: Fields| wrong.problem().errors.into_keys().collect::<Vec<_>>())?;
        new.check()
            .map_err(|wrong| wrong.problem().errors.into_keys().collect())
    }

    #[test]
    fn a_folder_of_the_server_needs_no_credentials() {
        let new = checked(json!({
            "name": "Photos", "kind": "fs", "access": "read_only",
            "settings": {"folder": "/srv/photos"},
        }))
        .unwrap_or_else(|wrong| panic!("{wrong:?}"));
        assert_eq!(new.settings, r#"{"folder":"/srv/photos"}"#);
        assert_eq!(
            (new.on_purge, new.scan_interval_seconds),
            (OnPurge::Keep, 900)
        );
        assert!(new.credentials.is_empty());
    }

    #[test]
    fn names_the_field_that_is_wrong() {
        let good = json!({
            "name": "Bucket", "kind": "s3", "access": "read_write",
            "settings": {"provider": "aws", "bucket": "photos", "region": "eu-central-1"},
            "credentials": {"access_key": "a", "secret_key": "b"},
        });
        assert!(checked(good.clone()).is_ok());
        for (change, field) in [
            (json!({"name": " "}), "name"),
            (json!({"kind": "gdrive"}), "kind"),
            (json!({"access": "all"}), "access"),
            (
                json!({"access": "read_only", "on_purge": "delete"}),
                "on_purge",
            ),
            (json!({"scan_interval_seconds": 5}), "scan_interval_seconds"),
            (json!({"settings": {"provider": "aws"}}), "settings.bucket"),
            (
                json!({"settings": {"provider": "aws", "bucket": "b", "x": 1}}),
                "settings.x",
            ),
            (
                json!({"settings": {"provider": "acme", "bucket": "b"}}),
                "settings.provider",
            ),
            (json!({"credentials": null}), "credentials"),
            (
                json!({"credentials": {"access_key": "a"}}),
                "credentials.secret_key",
            ),
            (json!({"colour": "red"}), "colour"),
        ] {
            refuses(&good, &change, field);
        }
    }

    fn refuses(good: &Value, change: &Value, field: &str) {
        let mut body = good.clone();
        body.as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        let Err(wrong) = checked(body) else {
            panic!("{change} was taken")
        };
        assert_eq!(wrong, [field], "{change}");
    }

    #[test]
    fn d25_plain_ftp_is_taken_only_from_somebody_who_knows() {
        let good = json!({
            "name": "NAS", "kind": "ftp", "access": "read_only",
            "settings": {"host": "nas.local", "security": "ftps"},
            "credentials": {"user": "anna", "password": "secret"},
        });
        let checked = checked(good.clone()).unwrap_or_else(|wrong| panic!("{wrong:?}"));
        assert_eq!(
            checked.settings,
            r#"{"host":"nas.local","security":"ftps"}"#
        );
        let settings = |more: Value| {
            let mut all = json!({"host": "nas.local", "security": "ftps"});
            all.as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            json!({ "settings": all })
        };
        for (change, field) in [
            (
                settings(json!({"security": "plain"})),
                "settings.acknowledge_insecure",
            ),
            (settings(json!({"security": "none"})), "settings.security"),
            (settings(json!({"host": "ftp://nas"})), "settings.host"),
            (settings(json!({"port": 0})), "settings.port"),
            (settings(json!({"folder": "a/../b"})), "settings.folder"),
            (
                settings(json!({"folder": "a\r\nDELE b"})),
                "settings.folder",
            ),
            (
                settings(json!({"certificate": "secret"})),
                "settings.certificate",
            ),
            (json!({"credentials": null}), "credentials"),
            (
                json!({"credentials": {"user": "anna\r\nDELE b", "password": ""}}),
                "credentials.user",
            ),
        ] {
            refuses(&good, &change, field);
        }
    }
}
