//! What servers and the SDK answer, in the words of the port.

use std::{error::Error, time::Duration};

use aws_sdk_s3::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
};
use stowage_egress::EgressError;
use stowage_storage::{ErrorKind, StorageError};

/// What a call was about; a bare 404 means something else for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    Bucket,
    Object,
}

/// Classifies a failed call. `tried` completes "could not".
pub(crate) fn failed<E>(tried: &str, about: About, error: SdkError<E, HttpResponse>) -> StorageError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let (kind, why) = match &error {
        SdkError::ConstructionFailure(_) => (
            ErrorKind::InvalidSettings,
            "the request cannot be made from these settings".into(),
        ),
        SdkError::TimeoutError(_) => silent(),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => silent(),
        SdkError::DispatchFailure(_) => not_sent(&error),
        SdkError::ResponseError(_) => (
            ErrorKind::Unreachable,
            "the answer broke off or could not be read".to_owned(),
        ),
        SdkError::ServiceError(service) => {
            let said = service.err();
            let status = service.raw().status().as_u16();
            refused(said.code(), said.message(), status, about)
        }
        _ => (
            ErrorKind::Unexpected,
            "the client failed in an unknown way".to_owned(),
        ),
    };
    let retry_after = error
        .raw_response()
        .and_then(|response| response.headers().get("retry-after"))
        .and_then(|seconds| seconds.trim().parse().ok())
        .map(Duration::from_secs);
    let failed = StorageError::new(kind, format!("could not {tried}: {why}")).with_source(error);
    match retry_after {
        Some(after) => failed.with_retry_after(after),
        None => failed,
    }
}

fn silent() -> (ErrorKind, String) {
    let advice = "the storage does not answer in time; check the network and the firewall";
    (ErrorKind::Timeout, advice.to_owned())
}

/// Classifies an answer by its code, and where there is none (HEAD has no body) by its status.
fn refused(
    code: Option<&str>,
    message: Option<&str>,
    status: u16,
    about: About,
) -> (ErrorKind, String) {
    use ErrorKind as Kind;
    let is_cap = message.is_some_and(|text| text.to_ascii_lowercase().contains("cap exceeded"));
    let (kind, why) = match (code.unwrap_or_default(), status) {
        ("NoSuchKey", _) => (Kind::NotFound, "there is no such object"),
        ("NoSuchBucket", _) => (
            Kind::RootNotFound,
            "the bucket was not found; verify its name and region",
        ),
        ("NoSuchUpload", _) => (Kind::Conflict, "the upload was ended by somebody else"),
        (
            "SignatureDoesNotMatch"
            | "InvalidAccessKeyId"
            | "InvalidToken"
            | "ExpiredToken"
            | "TokenRefreshRequired"
            | "InvalidSecurity"
            | "NotSignedUp"
            | "UnknownAccessKey",
            _,
        )
        | (_, 401) => (
            Kind::Unauthenticated,
            "access denied: the keys are refused; check them",
        ),
        ("RequestTimeTooSkewed" | "RequestExpired", _) => (
            Kind::Unreachable,
            "the clocks of this server and the storage differ too much; set this server's clock",
        ),
        (
            "PermanentRedirect"
            | "TemporaryRedirect"
            | "AuthorizationHeaderMalformed"
            | "IllegalLocationConstraintException"
            | "Redirect",
            _,
        )
        | (_, 301 | 302 | 307 | 308) => (
            Kind::InvalidSettings,
            "the bucket is in another region; correct region and endpoint",
        ),
        ("InvalidBucketName", _) => (
            Kind::InvalidSettings,
            "the storage does not take the bucket's name; verify it",
        ),
        ("InvalidObjectState", _) => (
            Kind::Denied,
            "the object is archived; restore it in the storage first",
        ),
        ("PreconditionFailed", _) | (_, 412) => (Kind::Conflict, "the object is not as expected"),
        ("OperationAborted" | "ConditionalRequestConflict", _) => (
            Kind::Throttled,
            "another request about the same object is under way",
        ),
        (
            "QuotaExceeded"
            | "XMinioStorageFull"
            | "XMinioAdminBucketQuotaExceeded"
            | "StorageQuotaExceeded"
            | "InsufficientCapacity",
            _,
        )
        | (_, 507) => (Kind::Full, "the storage is full"),
        (_, 403) if is_cap => (Kind::Full, "the storage's cap is reached"),
        (
            "SlowDown"
            | "Throttling"
            | "ThrottlingException"
            | "TooManyRequests"
            | "RequestLimitExceeded"
            | "BandwidthLimitExceeded"
            | "ServiceUnavailable"
            | "ServerBusy",
            _,
        )
        | (_, 429 | 503) => (Kind::Throttled, "the storage asks to slow down"),
        ("EntityTooLarge" | "MaxMessageLengthExceeded", _) | (_, 413) => {
            (Kind::TooLarge, "the storage takes no object of this size")
        }
        ("KeyTooLongError" | "InvalidObjectName" | "XMinioInvalidObjectName" | "InvalidURI", _)
        | (_, 414) => (Kind::Unsupported, "the storage does not take this name"),
        ("InvalidArgument" | "InvalidRequest" | "", 400) if about == About::Object => (
            Kind::Unsupported,
            "the storage does not take this name or this request",
        ),
        ("NotImplemented", _) | (_, 501) => (Kind::Unsupported, "the storage cannot do that"),
        ("BadDigest" | "InvalidDigest" | "XAmzContentSHA256Mismatch" | "IncompleteBody", _) => {
            (Kind::Unreachable, "the content was damaged on the way")
        }
        ("RequestTimeout", _) | (_, 408) => return silent(),
        (_, 403) => (
            Kind::Denied,
            "access denied; check the credentials and their permissions",
        ),
        (_, 404) if about == About::Bucket => (
            Kind::RootNotFound,
            "the bucket was not found; verify its name and region",
        ),
        (_, 404) => (Kind::NotFound, "there is no such object"),
        (_, 500..) => (Kind::Unreachable, "the storage has an error of its own"),
        _ => (
            Kind::Unexpected,
            "the answer is not one of an S3 service; correct the URL",
        ),
    };
    let told = code.map_or_else(|| status.to_string(), |code| format!("{code}, {status}"));
    (kind, format!("{why} ({told})"))
}

/// Classifies a request that got no answer: the reason is somewhere down the chain.
fn not_sent(error: &(dyn Error + 'static)) -> (ErrorKind, String) {
    let mut cause = Some(error);
    while let Some(current) = cause {
        if let Some(egress) = current.downcast_ref::<EgressError>() {
            let kind = if egress.is_temporary() {
                ErrorKind::Unreachable
            } else {
                ErrorKind::InvalidSettings
            };
            return (kind, egress.to_string());
        }
        if let Some(tls) = current.downcast_ref::<rustls::Error>() {
            let why = format!("no encrypted connection, {tls}; correct the URL or the certificate");
            return (ErrorKind::InvalidSettings, why);
        }
        let io = current.downcast_ref::<std::io::Error>();
        if io.is_some_and(|io| io.kind() == std::io::ErrorKind::ConnectionRefused) {
            let why = "nothing answers at this address; correct the URL or start the server";
            return (ErrorKind::Unreachable, why.to_owned());
        }
        // The source of an I/O error is not what it wraps but the source of that.
        let wrapped = io.and_then(std::io::Error::get_ref);
        cause = match wrapped {
            Some(inner) => Some(inner),
            None => current.source(),
        };
    }
    (ErrorKind::Unreachable, "the connection failed".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn v27_v46_answers_are_classified_by_code_then_status() {
        use ErrorKind as Kind;
        for (code, status, about, kind) in [
            (Some("NoSuchKey"), 404, About::Object, Kind::NotFound),
            (Some("NoSuchBucket"), 404, About::Object, Kind::RootNotFound),
            (Some("NotFound"), 404, About::Object, Kind::NotFound),
            (Some("NotFound"), 404, About::Bucket, Kind::RootNotFound),
            (None, 404, About::Bucket, Kind::RootNotFound),
            (Some("AccessDenied"), 403, About::Object, Kind::Denied),
            (None, 403, About::Bucket, Kind::Denied),
            (
                Some("InvalidAccessKeyId"),
                403,
                About::Bucket,
                Kind::Unauthenticated,
            ),
            (
                Some("SignatureDoesNotMatch"),
                403,
                About::Object,
                Kind::Unauthenticated,
            ),
            (None, 401, About::Object, Kind::Unauthenticated),
            (
                Some("RequestTimeTooSkewed"),
                403,
                About::Bucket,
                Kind::Unreachable,
            ),
            (
                Some("PreconditionFailed"),
                412,
                About::Object,
                Kind::Conflict,
            ),
            (None, 412, About::Object, Kind::Conflict),
            (
                Some("PermanentRedirect"),
                301,
                About::Bucket,
                Kind::InvalidSettings,
            ),
            (Some("SlowDown"), 503, About::Object, Kind::Throttled),
            (None, 429, About::Object, Kind::Throttled),
            (Some("InternalError"), 500, About::Object, Kind::Unreachable),
            (None, 502, About::Object, Kind::Unreachable),
            (Some("QuotaExceeded"), 403, About::Object, Kind::Full),
            (None, 507, About::Object, Kind::Full),
            (
                Some("NotImplemented"),
                501,
                About::Object,
                Kind::Unsupported,
            ),
            (Some("EntityTooLarge"), 400, About::Object, Kind::TooLarge),
            (None, 200, About::Bucket, Kind::Unexpected),
        ] {
            assert_eq!(
                refused(code, None, status, about).0,
                kind,
                "{code:?} {status} {about:?}"
            );
        }
        let cap = Some("Cannot upload files, storage cap exceeded.");
        assert_eq!(
            refused(Some("AccessDenied"), cap, 403, About::Object).0,
            Kind::Full
        );
    }
}
