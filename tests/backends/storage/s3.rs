//! S3, on two servers with different gaps.

use std::sync::Arc;

use stowage_connector_s3::{
    Provider, S3Credentials, S3Ground, S3Http, S3Options, S3Settings, S3Storage, S3Timeouts,
};
use stowage_egress::{Egress, EgressConfig};
use stowage_storage::{
    Capability, ErrorKind, Storage, StorageError,
    decorate::{Decoration, decorate},
    probe::{self, Finding, Probe, ProbeStatus, ProbeStep, Step},
};

use super::{failure, status, unique, variable};

mod moto;
mod rclone;

/// Where a server keeps the objects of one test.
#[derive(Clone)]
struct Place {
    url: String,
    bucket: String,
    prefix: String,
    credentials: S3Credentials,
}

impl Place {
    fn settings(&self) -> S3Settings {
        S3Settings {
            provider: Provider::Minio,
            bucket: self.bucket.clone(),
            region: None,
            endpoint: Some(self.url.clone()),
            public_endpoint: None,
            path_prefix: Some(self.prefix.clone()),
            path_style: None,
        }
    }

    fn connect(&self, read_only: bool, capability: Capability) -> Arc<dyn Storage> {
        let options = S3Options {
            read_only,
            capability,
            ..S3Options::default()
        };
        let storage = S3Storage::connect(&self.settings(), &self.credentials, &http(), options);
        Arc::new(storage.expect("the settings are good ones"))
    }

    /// Tests the connection as the connector service does.
    async fn probe(&self, read_only: bool) -> (Vec<ProbeStep>, Finding) {
        let storage = self.connect(read_only, Capability::untested());
        let ground = S3Ground::new(&self.settings(), &self.credentials, &http());
        let ground = Arc::new(ground.expect("the settings are good ones"));
        probe::to_end(Probe::new(storage, ground).run()).await
    }

    /// Connects with what the server was found to honour.
    async fn connect_as_probed(&self) -> Arc<dyn Storage> {
        let (steps, finding) = self.probe(false).await;
        assert!(finding.is_connected, "{steps:#?}");
        // As the services have it: with timeouts, retries and the rest around it.
        decorate(
            self.connect(false, finding.capability),
            Decoration::new("s3", "test"),
        )
    }
}

fn http() -> S3Http {
    let config = EgressConfig {
        allow_private: true,
        allow: Vec::new(),
    };
    let egress = Egress::new(&config).expect("the policy is a good one");
    S3Http::new(egress, S3Timeouts::default())
}

async fn identify(place: &Place) -> Result<probe::Finding, StorageError> {
    let storage = place.connect(false, Capability::default());
    let identity = Some(storage.identify().await?);
    Ok(Finding {
        identity,
        ..Finding::default()
    })
}

/// `photos/` has nothing of `photos2/`, which begins with the same letters.
async fn sees_nothing_beside_the_folder(place: &Place) {
    use futures::TryStreamExt;
    use stowage_storage::{ObjectPath, WriteMode, bytes_of};
    let path = ObjectPath::new("photo.jpg").expect("a good path");
    let beside = Place {
        prefix: format!("{}2", place.prefix),
        ..place.clone()
    };
    for place in [&beside, place] {
        let storage = place.connect(false, Capability::default());
        let written = storage.write(&path, 1, bytes_of("x"), WriteMode::Replace);
        written.await.expect("it can be written");
    }
    let storage = place.connect(true, Capability::default());
    let pages: Vec<_> = storage
        .list(None)
        .try_collect()
        .await
        .expect("it is listed");
    let objects: Vec<_> = pages.iter().flat_map(|page| &page.objects).collect();
    assert_eq!(objects.len(), 1, "{pages:#?}");
    assert_eq!(objects[0].path, "photo.jpg");
}

#[tokio::test]
async fn an_address_where_nothing_answers_is_unreachable() {
    // Port 9 of this machine: discard, which nobody runs.
    let place = Place {
        url: "http://127.0.0.1:9".into(),
        bucket: "photos".into(),
        prefix: String::new(),
        credentials: S3Credentials {
            access_key: "a".into(),
            secret_key: "s".into(),
        },
    };
    let error = identify(&place).await.expect_err("nothing is there");
    assert_eq!(error.kind(), ErrorKind::Unreachable, "{error}");
    let (steps, _) = place.probe(false).await;
    let (step, reason) = failure(&steps).expect("a step fails");
    assert_eq!(step, Step::Encryption);
    assert!(reason.starts_with("Not Reachable: "), "{reason}");
}

#[tokio::test]
async fn a_private_address_is_refused_where_the_operator_does_not_allow_it() {
    let egress = Egress::new(&EgressConfig::default()).expect("the policy is a good one");
    let http = S3Http::new(egress, S3Timeouts::default());
    let credentials = S3Credentials {
        access_key: "a".into(),
        secret_key: "s".into(),
    };
    for url in [
        "https://127.0.0.1:9",
        "https://localhost:9",
        "https://169.254.169.254",
    ] {
        let place = Place {
            url: url.into(),
            bucket: "photos".into(),
            prefix: String::new(),
            credentials: credentials.clone(),
        };
        let options = S3Options::default();
        let connected = S3Storage::connect(&place.settings(), &credentials, &http, options);
        let error = match connected {
            Err(error) => error,
            Ok(storage) => storage.identify().await.expect_err("it is refused"),
        };
        assert_eq!(error.kind(), ErrorKind::InvalidSettings, "{url}: {error}");
        assert!(error.to_string().contains("address"), "{url}: {error}");
    }
}
