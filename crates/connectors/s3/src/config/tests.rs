use super::*;

fn settings(provider: Provider) -> S3Settings {
    S3Settings {
        provider,
        bucket: "photos".into(),
        region: None,
        endpoint: None,
        public_endpoint: None,
        path_prefix: None,
        path_style: None,
    }
}

fn checked(provider: Provider, region: &str, endpoint: &str) -> Checked {
    let region = Some(region.to_owned());
    let endpoint = Some(endpoint.to_owned());
    S3Settings {
        region,
        endpoint,
        ..settings(provider)
    }
    .check()
    .unwrap()
}

#[test]
fn v7_v22_v23_each_preset_finds_its_endpoint() {
    for (provider, region, endpoint) in [
        (
            Provider::DigitalOcean,
            "nyc3",
            "https://nyc3.digitaloceanspaces.com",
        ),
        (
            Provider::Backblaze,
            "us-west-004",
            "https://s3.us-west-004.backblazeb2.com",
        ),
        (Provider::Ovh, "gra", "https://s3.gra.io.cloud.ovh.net"),
    ] {
        let found = checked(provider, region, "");
        assert_eq!(found.endpoint.unwrap().as_str(), endpoint);
        assert_eq!(found.region, region);
        assert!(found.path_style);
    }
    let amazon = checked(Provider::Aws, "eu-central-1", "");
    assert_eq!(amazon.endpoint, None);
    assert!(!amazon.path_style);
}

#[test]
fn an_endpoint_may_be_typed_with_or_without_scheme_and_tells_the_region() {
    for endpoint in [
        "s3.eu-central-003.backblazeb2.com",
        "https://s3.eu-central-003.backblazeb2.com/",
    ] {
        let found = checked(Provider::Backblaze, "", endpoint);
        assert_eq!(found.region, "eu-central-003");
        assert_eq!(
            found.endpoint.unwrap().as_str(),
            "https://s3.eu-central-003.backblazeb2.com"
        );
    }
    let found = checked(Provider::Minio, "", "http://127.0.0.1:9000");
    assert_eq!(found.endpoint.unwrap().as_str(), "http://127.0.0.1:9000");
}

#[test]
fn a_bucket_never_goes_in_front_of_an_address() {
    let settings = S3Settings {
        endpoint: Some("https://10.0.0.5:9000".into()),
        path_style: Some(false),
        ..settings(Provider::Custom)
    };
    assert!(settings.check().unwrap().path_style);
}

#[test]
fn a_prefix_ends_in_one_slash_and_never_climbs() {
    for (given, prefix) in [
        ("", ""),
        ("/", ""),
        ("photos", "photos/"),
        ("/a/b/", "a/b/"),
        ("a b", "a b/"),
    ] {
        assert_eq!(check_prefix(Some(given)).unwrap(), prefix, "{given:?}");
    }
    for given in ["..", "a/../b", "a//b", "./a", &"x".repeat(513)] {
        assert!(check_prefix(Some(given)).is_err(), "{given:?} was taken");
    }
}

/// The field that is to blame, with the word that its advice must have.
#[test]
fn v19_v20_says_which_field_and_what_to_do() {
    let base = settings(Provider::Custom);
    let with = |change: fn(&mut S3Settings)| {
        let mut settings = S3Settings {
            endpoint: Some("https://s3.test".into()),
            ..base.clone()
        };
        change(&mut settings);
        settings.validate().unwrap_err()
    };
    for (problem, field, word) in [
        (
            settings(Provider::Aws).validate().unwrap_err(),
            "region",
            "eu-central-1",
        ),
        (
            settings(Provider::DigitalOcean).validate().unwrap_err(),
            "region",
            "nyc3",
        ),
        (
            settings(Provider::Backblaze).validate().unwrap_err(),
            "region",
            "us-west-004",
        ),
        (
            settings(Provider::Ovh).validate().unwrap_err(),
            "region",
            "gra",
        ),
        (
            settings(Provider::Minio).validate().unwrap_err(),
            "endpoint",
            "URL",
        ),
        (with(|it| it.bucket = String::new()), "bucket", "enter"),
        (
            with(|it| it.bucket = "s3://photos".into()),
            "bucket",
            "without",
        ),
        (
            with(|it| it.bucket = "photos/2024".into()),
            "bucket",
            "Path Prefix",
        ),
        (with(|it| it.bucket = "ph".into()), "bucket", "3 to 63"),
        (
            with(|it| it.bucket = "my photos".into()),
            "bucket",
            "letters",
        ),
        (
            with(|it| it.endpoint = Some("ftp://x".into())),
            "endpoint",
            "https://",
        ),
        (
            with(|it| it.endpoint = Some("https://".into())),
            "endpoint",
            "https://",
        ),
        (
            with(|it| it.endpoint = Some("https://a b".into())),
            "endpoint",
            "URL",
        ),
        (
            with(|it| it.endpoint = Some("https://k:s@s3.test".into())),
            "endpoint",
            "password",
        ),
        (
            with(|it| it.endpoint = Some("https://s3.test/photos".into())),
            "endpoint",
            "path",
        ),
        (
            with(|it| it.endpoint = Some("https://photos.s3.test".into())),
            "endpoint",
            "remove",
        ),
        (
            with(|it| it.public_endpoint = Some("ftp://x".into())),
            "public_endpoint",
            "https://",
        ),
        (
            with(|it| it.path_prefix = Some("../x".into())),
            "path_prefix",
            "climbs",
        ),
        (
            with(|it| it.region = Some("eu.central".into())),
            "region",
            "short name",
        ),
    ] {
        assert_eq!(problem.field, field, "{problem}");
        assert!(problem.advice.contains(word), "{problem}");
    }
}

#[test]
fn v24_browsers_are_sent_to_the_public_endpoint_where_there_is_one() {
    let minio = S3Settings {
        endpoint: Some("http://minio:9000".into()),
        public_endpoint: Some("https://files.example.org".into()),
        ..settings(Provider::Minio)
    };
    assert_eq!(
        minio.browser_endpoint().unwrap().as_str(),
        "https://files.example.org/"
    );
    let amazon = S3Settings {
        region: Some("eu-west-1".into()),
        ..settings(Provider::Aws)
    };
    assert_eq!(
        amazon.browser_endpoint().unwrap().as_str(),
        "https://s3.eu-west-1.amazonaws.com/"
    );
}
