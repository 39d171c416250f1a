//! The SDK's client, set up so that it does only what it is told.

use std::{fmt, time::Duration};

use aws_sdk_s3::{
    Client,
    config::{
        BehaviorVersion, Credentials, Region, RequestChecksumCalculation,
        ResponseChecksumValidation, SharedHttpClient, StalledStreamProtectionConfig,
        retry::RetryConfig, timeout::TimeoutConfig,
    },
};
use aws_smithy_http_client::{
    Builder,
    tls::{self, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use stowage_egress::{Egress, EgressError, Transport};
use stowage_storage::{ErrorKind, StorageError};

use crate::{config::Checked, credentials::S3Credentials, endpoint::Endpoint};

/// How long the parts of a call may take.
#[derive(Debug, Clone, Copy)]
pub struct S3Timeouts {
    /// From dialling to an open connection, TLS included.
    pub connect: Duration,
    /// From the request to the head of the answer, for calls that send no content.
    pub answer: Duration,
    /// The same for calls that send content, sending included.
    pub upload: Duration,
    /// For how long content may stand still, in either direction.
    pub stall: Duration,
}

impl Default for S3Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            answer: Duration::from_secs(30),
            upload: Duration::from_mins(10),
            stall: Duration::from_secs(30),
        }
    }
}

/// The HTTP side that all S3 connections of a process share: connection pools, trusted
/// certificates, the way out.
#[derive(Clone)]
pub struct S3Http {
    egress: Egress,
    timeouts: S3Timeouts,
    encrypted: SharedHttpClient,
    plain: SharedHttpClient,
}

impl S3Http {
    pub fn new(egress: Egress, timeouts: S3Timeouts) -> Self {
        let client = |transport| {
            Builder::new()
                .tls_provider(tls::Provider::Rustls(CryptoMode::Ring))
                .pool_max_idle_per_host(32)
                .build_with_resolver(Resolver {
                    egress: egress.clone(),
                    transport,
                })
        };
        let (encrypted, plain) = (client(Transport::Encrypted), client(Transport::Plain));
        Self {
            egress,
            timeouts,
            encrypted,
            plain,
        }
    }

    pub fn egress(&self) -> &Egress {
        &self.egress
    }

    /// Makes the client for control and downloads, and the one for uploads.
    pub(crate) fn clients(
        &self,
        settings: &Checked,
        credentials: &S3Credentials,
    ) -> Result<(Client, Client), StorageError> {
        let is_encrypted = settings
            .endpoint
            .as_ref()
            .is_none_or(Endpoint::is_encrypted);
        if let Some(endpoint) = &settings.endpoint {
            self.egress.check_url(&endpoint.url).map_err(|error| {
                StorageError::new(ErrorKind::InvalidSettings, error.to_string()).with_source(error)
            })?;
        }
        let http = if is_encrypted {
            &self.encrypted
        } else {
            &self.plain
        };
        let mut config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(settings.region.clone()))
            .credentials_provider(Credentials::new(
                &credentials.access_key,
                &credentials.secret_key,
                None,
                None,
                "stowage",
            ))
            .http_client(http.clone())
            .retry_config(RetryConfig::disabled())
            .stalled_stream_protection(
                StalledStreamProtectionConfig::enabled()
                    .grace_period(self.timeouts.stall)
                    .build(),
            )
            .force_path_style(settings.path_style);
        if let Some(endpoint) = &settings.endpoint {
            // Others store the framing of checksum trailers as content, without a word.
            config = config
                .endpoint_url(endpoint.as_str())
                .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
                .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
        }
        let timed = |answer| {
            let timeouts = TimeoutConfig::builder()
                .connect_timeout(self.timeouts.connect)
                .read_timeout(answer)
                .operation_attempt_timeout(answer + self.timeouts.connect)
                .operation_timeout(answer + self.timeouts.connect)
                .build();
            Client::from_conf(config.clone().timeout_config(timeouts).build())
        };
        Ok((timed(self.timeouts.answer), timed(self.timeouts.upload)))
    }
}

impl fmt::Debug for S3Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Http")
            .field("egress", &self.egress)
            .finish_non_exhaustive()
    }
}

/// Lets the SDK's client dial checked addresses only.
#[derive(Debug, Clone)]
struct Resolver {
    egress: Egress,
    transport: Transport,
}

impl ResolveDns for Resolver {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            let found: Result<_, EgressError> = self.egress.resolve(name, self.transport).await;
            found.map_err(ResolveDnsError::new)
        })
    }
}
