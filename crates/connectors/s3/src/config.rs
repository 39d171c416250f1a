//! What a person sets, and what is to be said when it cannot work.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stowage_storage::{ErrorKind, ObjectPath, StorageError};

use crate::endpoint::{self, Endpoint};

/// Who runs the S3 service; decides how the endpoint is found and what has to be filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Amazon S3.
    Aws,
    /// DigitalOcean Spaces: `{region}.digitaloceanspaces.com`.
    DigitalOcean,
    /// Backblaze B2: `s3.{region}.backblazeb2.com`.
    Backblaze,
    /// OVHcloud Object Storage: `s3.{region}.io.cloud.ovh.net`.
    Ovh,
    /// MinIO on a server of one's own; the endpoint has to be given.
    Minio,
    /// Any other service; the endpoint has to be given.
    Custom,
}

impl Provider {
    pub const fn title(self) -> &'static str {
        match self {
            Self::Aws => "Amazon S3",
            Self::DigitalOcean => "DigitalOcean Spaces",
            Self::Backblaze => "Backblaze B2",
            Self::Ovh => "OVHcloud",
            Self::Minio => "MinIO",
            Self::Custom => "Custom",
        }
    }

    /// Buckets in the host name is Amazon's way; others serve paths, and many serve nothing else.
    const fn prefers_path_style(self) -> bool {
        !matches!(self, Self::Aws)
    }
}

/// A bucket, as a person connects it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct S3Settings {
    pub provider: Provider,
    pub bucket: String,
    /// Needed where the provider's endpoint is made from it.
    #[serde(default)]
    pub region: Option<String>,
    /// URL of the service, where the provider does not say it.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// URL at which browsers reach the service, where it differs from the endpoint.
    #[serde(default)]
    pub public_endpoint: Option<String>,
    /// Folder inside the bucket; nothing outside of it is ever read or changed.
    #[serde(default)]
    pub path_prefix: Option<String>,
    /// Bucket in the path instead of the host name. By default as the provider likes it.
    #[serde(default)]
    pub path_style: Option<bool>,
}

/// A setting that cannot work, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{advice}")]
pub struct SettingProblem {
    /// The field's name in [`S3Settings`] or [`S3Credentials`](crate::S3Credentials).
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
    pub(crate) bucket: String,
    pub(crate) region: String,
    /// Nothing for Amazon's own, which the SDK finds by region.
    pub(crate) endpoint: Option<Endpoint>,
    /// Empty, or ending in a slash.
    pub(crate) prefix: String,
    pub(crate) path_style: bool,
}

impl S3Settings {
    /// Says what is wrong with the settings, if anything is.
    pub fn validate(&self) -> Result<(), SettingProblem> {
        self.check().map(drop)
    }

    /// Returns the URL at which browsers reach the service: the public endpoint or the endpoint.
    pub fn browser_endpoint(&self) -> Result<url::Url, SettingProblem> {
        match filled(self.public_endpoint.as_ref()) {
            Some(public) => Ok(endpoint::parse("public_endpoint", public, &self.bucket)?.url),
            None => match self.check()?.endpoint {
                Some(endpoint) => Ok(endpoint.url),
                None => Ok(endpoint::amazon(
                    filled(self.region.as_ref()).unwrap_or("us-east-1"),
                )),
            },
        }
    }

    pub(crate) fn check(&self) -> Result<Checked, SettingProblem> {
        check_bucket(&self.bucket)?;
        let region = filled(self.region.as_ref());
        if let Some(region) = region {
            endpoint::check_region(region)?;
        }
        let endpoint = match filled(self.endpoint.as_ref()) {
            Some(given) => Some(endpoint::parse("endpoint", given, &self.bucket)?),
            None => endpoint::of_provider(self.provider, region)?,
        };
        if let Some(public) = filled(self.public_endpoint.as_ref()) {
            endpoint::parse("public_endpoint", public, &self.bucket)?;
        }
        let region = region
            .map(str::to_owned)
            .or_else(|| {
                endpoint
                    .as_ref()
                    .and_then(|it| endpoint::region_in(self.provider, it))
            })
            .unwrap_or_else(|| "us-east-1".to_owned());
        let path_style = match &endpoint {
            // A bucket cannot go in front of an address.
            Some(endpoint) if endpoint.is_address() => true,
            _ => self
                .path_style
                .unwrap_or_else(|| self.provider.prefers_path_style()),
        };
        Ok(Checked {
            bucket: self.bucket.clone(),
            region,
            endpoint,
            prefix: check_prefix(filled(self.path_prefix.as_ref()))?,
            path_style,
        })
    }
}

/// A field that was left empty in a form counts as not given.
fn filled(field: Option<&String>) -> Option<&str> {
    field
        .map(|text| text.trim())
        .filter(|text| !text.is_empty())
}

fn check_bucket(bucket: &str) -> Result<(), SettingProblem> {
    let problem = |advice: &str| Err(SettingProblem::new("bucket", advice));
    if bucket.is_empty() {
        return problem("enter the bucket's name");
    }
    if bucket.contains("://") {
        return problem("enter only the bucket's name, without s3:// or https://");
    }
    if bucket.contains('/') {
        return problem("enter only the bucket's name; a folder goes into Path Prefix");
    }
    if !(3..=63).contains(&bucket.len()) {
        return problem("a bucket's name has 3 to 63 characters; check it");
    }
    let is_plain = bucket
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
    if !is_plain || bucket.contains("..") {
        return problem("a bucket's name has only letters, digits, dots and hyphens; check it");
    }
    Ok(())
}

fn check_prefix(prefix: Option<&str>) -> Result<String, SettingProblem> {
    let folder = prefix.unwrap_or_default().trim_matches('/');
    if folder.is_empty() {
        return Ok(String::new());
    }
    let problem = |advice: String| SettingProblem::new("path_prefix", advice);
    ObjectPath::new(folder).map_err(|error| problem(error.to_string()))?;
    if folder.contains("//") {
        return Err(problem(
            "the path prefix has an empty folder name (`//`); remove it".into(),
        ));
    }
    if folder.len() > 512 {
        return Err(problem(
            "the path prefix has more than 512 bytes; shorten it".into(),
        ));
    }
    Ok(format!("{folder}/"))
}

#[cfg(test)]
mod tests;
