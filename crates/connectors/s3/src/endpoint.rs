//! Where a service is reached.

use url::{Host, Url};

use crate::config::{Provider, SettingProblem};

/// A service's URL: scheme, host and port, nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) url: Url,
}

impl Endpoint {
    pub(crate) fn is_encrypted(&self) -> bool {
        self.url.scheme() == "https"
    }

    pub(crate) fn is_address(&self) -> bool {
        !matches!(self.url.host(), Some(Host::Domain(_)))
    }

    /// Host with port where it is not the scheme's own.
    pub(crate) fn authority(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        self.url
            .port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    pub(crate) fn as_str(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }
}

/// Reads an endpoint as people write it: with or without `https://`.
pub(crate) fn parse(
    field: &'static str,
    given: &str,
    bucket: &str,
) -> Result<Endpoint, SettingProblem> {
    let problem = |advice: &str| Err(SettingProblem::new(field, advice));
    let text = if given.contains("://") {
        given.to_owned()
    } else {
        format!("https://{given}")
    };
    let Ok(url) = Url::parse(&text) else {
        return problem("this is not a URL; enter it like https://s3.example.org");
    };
    if !matches!(url.scheme(), "https" | "http") {
        return problem("the URL must begin with https:// (or http://)");
    }
    let Some(host) = url.host_str() else {
        return problem("the URL has no host; enter it like https://s3.example.org");
    };
    if !url.username().is_empty() || url.password().is_some() {
        return problem(
            "remove the name and password from the URL; the keys have their own fields",
        );
    }
    let is_bucket_in_host = host
        .strip_prefix(bucket)
        .is_some_and(|rest| rest.starts_with('.'));
    if is_bucket_in_host {
        return problem("the URL begins with the bucket's name; remove it and its dot");
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return problem(
            "enter the URL without a path; the bucket and the prefix have their own fields",
        );
    }
    Ok(Endpoint { url })
}

/// Returns the endpoint that a provider's region has, where the provider decides it.
pub(crate) fn of_provider(
    provider: Provider,
    region: Option<&str>,
) -> Result<Option<Endpoint>, SettingProblem> {
    let host = match (provider, region) {
        (Provider::Aws, Some(_)) => return Ok(None),
        (Provider::DigitalOcean, Some(region)) => format!("{region}.digitaloceanspaces.com"),
        (Provider::Backblaze, Some(region)) => format!("s3.{region}.backblazeb2.com"),
        (Provider::Ovh, Some(region)) => format!("s3.{region}.io.cloud.ovh.net"),
        (Provider::Aws, None) => return Err(no_region("such as eu-central-1")),
        (Provider::DigitalOcean, None) => return Err(no_region("such as nyc3 or ams3")),
        (Provider::Backblaze, None) => {
            return Err(no_region(
                "such as us-west-004; it is the middle part of the endpoint",
            ));
        }
        (Provider::Ovh, None) => return Err(no_region("such as gra")),
        (Provider::Minio | Provider::Custom, _) => {
            return Err(SettingProblem::new(
                "endpoint",
                "enter the server's URL, such as https://minio.example.org:9000",
            ));
        }
    };
    parse("region", &host, "").map(Some)
}

fn no_region(example: &str) -> SettingProblem {
    SettingProblem::new(
        "region",
        format!("enter the region of the bucket, {example}"),
    )
}

/// Amazon's own endpoint for a region, as browsers see it.
pub(crate) fn amazon(region: &str) -> Url {
    let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
    Url::parse(&format!("https://s3.{region}.amazonaws.com{suffix}"))
        .expect("a checked region makes a host name")
}

pub(crate) fn check_region(region: &str) -> Result<(), SettingProblem> {
    let is_plain = region
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if is_plain && region.len() <= 63 {
        return Ok(());
    }
    Err(SettingProblem::new(
        "region",
        "enter only the region's short name, such as eu-central-1, without dots or slashes",
    ))
}

/// Finds the region in an endpoint that was typed out, because requests are signed with it.
pub(crate) fn region_in(provider: Provider, endpoint: &Endpoint) -> Option<String> {
    let host = endpoint.url.host_str()?;
    let (before, after) = match provider {
        Provider::DigitalOcean => ("", ".digitaloceanspaces.com"),
        Provider::Backblaze => ("s3.", ".backblazeb2.com"),
        Provider::Ovh => ("s3.", ".io.cloud.ovh.net"),
        Provider::Aws => ("s3.", ".amazonaws.com"),
        Provider::Minio | Provider::Custom => return None,
    };
    let region = host.strip_prefix(before)?.strip_suffix(after)?;
    (!region.contains('.')).then(|| region.to_owned())
}
