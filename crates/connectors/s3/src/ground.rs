//! What the connection test asks of an S3 service beyond what every storage has.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use aws_sdk_s3::{
    Client,
    config::{
        ConfigBag, Intercept, RuntimeComponents,
        interceptors::BeforeDeserializationInterceptorContextRef,
    },
    primitives::{DateTime, DateTimeFormat},
};
use stowage_domain::{Clock, SystemClock};
use stowage_egress::{EgressError, Transport};
use stowage_storage::{
    ErrorKind, StorageError,
    probe::{Ground, Tick},
};
use url::Url;

use crate::{
    client::S3Http,
    config::S3Settings,
    credentials::S3Credentials,
    endpoint,
    error::{About, failed},
    read::timestamp,
};

/// Signatures are refused when the clocks differ by 15 minutes; long before that is worth a word.
const SKEW_LIMIT: Duration = Duration::from_mins(5);

/// How long an address may take to answer at all.
const DIAL_LIMIT: Duration = Duration::from_secs(5);

/// The place of one connection test.
pub struct S3Ground {
    http: S3Http,
    client: Client,
    bucket: String,
    prefix: String,
    url: Url,
    public: Option<Url>,
}

impl S3Ground {
    pub fn new(
        settings: &S3Settings,
        credentials: &S3Credentials,
        http: &S3Http,
    ) -> Result<Self, StorageError> {
        credentials.validate()?;
        let checked = settings.check()?;
        let (client, _) = http.clients(&checked, credentials)?;
        let url = match &checked.endpoint {
            Some(endpoint) => endpoint.url.clone(),
            None => endpoint::amazon(&checked.region),
        };
        let browsers = settings.browser_endpoint()?;
        let public = (browsers != url).then_some(browsers);
        let http = http.clone();
        Ok(Self {
            http,
            client,
            bucket: checked.bucket,
            prefix: checked.prefix,
            url,
            public,
        })
    }

    /// Asks for one key; returns what the answer said about the time, and what it said.
    async fn ask(&self) -> Asked {
        let date = SeenDate::default();
        let asked = self
            .client
            .list_objects_v2()
            .bucket(&self.bucket)
            .prefix(&self.prefix)
            .max_keys(1)
            .customize()
            .interceptor(date.clone())
            .send()
            .await;
        let answer = asked
            .map(drop)
            .map_err(|error| failed("ask the storage", About::Bucket, error));
        let date = date.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        Asked { date, answer }
    }
}

struct Asked {
    /// The clock of whoever answered. Nothing when nobody did.
    date: Option<String>,
    answer: Result<(), StorageError>,
}

/// Notes the `Date` of an answer, good or bad.
#[derive(Debug, Clone, Default)]
struct SeenDate(Arc<Mutex<Option<String>>>);

impl Intercept for SeenDate {
    fn name(&self) -> &'static str {
        "SeenDate"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), aws_sdk_s3::error::BoxError> {
        let date = context
            .response()
            .headers()
            .get("date")
            .unwrap_or_default()
            .to_owned();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(date);
        Ok(())
    }
}

fn refused(error: EgressError) -> StorageError {
    let kind = match &error {
        EgressError::Silent { .. } => ErrorKind::Timeout,
        error if error.is_temporary() => ErrorKind::Unreachable,
        _ => ErrorKind::InvalidSettings,
    };
    StorageError::new(kind, error.to_string()).with_source(error)
}

fn transport(url: &Url) -> Transport {
    if url.scheme() == "https" {
        Transport::Encrypted
    } else {
        Transport::Plain
    }
}

#[async_trait]
impl Ground for S3Ground {
    async fn name_resolution(&self) -> Result<Tick, StorageError> {
        let host = self.url.host_str().unwrap_or_default();
        let egress = self.http.egress();
        let addresses = egress
            .resolve(host, transport(&self.url))
            .await
            .map_err(refused)?;
        let shown: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        Ok(Tick::Noted(shown.join(", ")))
    }

    /// Anything that answers, whatever it says, has been reached through TLS.
    async fn encryption(&self) -> Result<Tick, StorageError> {
        let asked = self.ask().await;
        if asked.date.is_none() {
            asked.answer?;
        }
        Ok(match transport(&self.url) {
            Transport::Encrypted => Tick::Ok,
            Transport::Plain | Transport::Acknowledged => {
                Tick::Skipped("the URL begins with http://, so nothing is encrypted".to_owned())
            }
        })
    }

    /// Keys that are good but may not list are found out by the steps that follow.
    async fn credentials(&self) -> Result<Tick, StorageError> {
        match self.ask().await.answer {
            Err(error) if error.kind() == ErrorKind::Unauthenticated => Err(error),
            _ => Ok(Tick::Ok),
        }
    }

    async fn clock_skew(&self) -> Result<Tick, StorageError> {
        let Asked { date, answer } = self.ask().await;
        let Some(date) = date else {
            answer?;
            return Ok(Tick::Skipped(
                "the storage does not tell the time".to_owned(),
            ));
        };
        let Ok(theirs) = DateTime::from_str(&date, DateTimeFormat::HttpDate) else {
            return Ok(Tick::Skipped(
                "the storage does not tell the time".to_owned(),
            ));
        };
        let (ours, theirs) = (SystemClock.now(), timestamp(&theirs));
        let skew = ours.since(theirs).max(theirs.since(ours));
        let seconds = skew.as_secs();
        if skew > SKEW_LIMIT {
            let what = format!("this server's clock is {seconds} seconds off; set it");
            return Err(StorageError::new(ErrorKind::Unexpected, what));
        }
        Ok(Tick::Noted(format!("{seconds} seconds")))
    }

    /// Whether browsers get there, only a browser can tell; this server may well stand elsewhere.
    async fn public_endpoint(&self) -> Result<Tick, StorageError> {
        let Some(url) = &self.public else {
            return Ok(Tick::Skipped("it is the endpoint itself".to_owned()));
        };
        let host = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or(443);
        let egress = self.http.egress();
        let dialled = egress.connect(host, port, transport(url), DIAL_LIMIT).await;
        Ok(match dialled {
            Ok(_) => {
                Tick::Noted("this server reaches it; the browser has to try for itself".into())
            }
            Err(error) => Tick::Skipped(format!(
                "this server does not reach it ({error}); the browser has to try for itself"
            )),
        })
    }
}
