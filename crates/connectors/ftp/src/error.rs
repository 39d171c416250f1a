//! What servers answer, in the words of the port.

use std::time::Duration;

use stowage_egress::EgressError;
use stowage_storage::{ErrorKind, StorageError};
use suppaftp::{FtpError, types::Response};

/// Why a command did not do what it should.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The server said no. The connection goes on.
    Refused(Refusal),
    /// The server's answers show that it should not be done. The connection goes on.
    Judged(StorageError),
    /// The connection is of no use any more.
    Broken(StorageError),
}

/// An answer that is a no.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) code: u32,
    text: String,
}

impl Refusal {
    fn of(response: &Response) -> Self {
        let text = String::from_utf8_lossy(&response.body).trim().to_owned();
        let code = text.get(..3).and_then(|code| code.parse().ok());
        Self {
            code: code.unwrap_or_default(),
            text,
        }
    }

    /// Whether the server does not know the command, or not in this form.
    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self.code, 500..=502 | 504 | 522)
    }

    /// Whether it is about the file that was named, for a reason that the code does not tell.
    pub(crate) fn is_about_file(&self) -> bool {
        matches!(self.code, 450 | 550 | 551 | 553)
    }

    fn classify(&self) -> (ErrorKind, &'static str) {
        use ErrorKind as Kind;
        match self.code {
            421 => (
                Kind::Throttled,
                "the server takes no more connections at the moment",
            ),
            331 | 332 | 430 | 530 | 532 => (
                Kind::Unauthenticated,
                "the user name or the password is wrong; check them",
            ),
            425 => (
                Kind::Unreachable,
                "the data connection could not be opened; check the firewall and the server's \
                 passive ports",
            ),
            426 | 434 | 451 if self.says_full() => {
                (Kind::Full, "the server is full, or the quota is used up")
            }
            426 | 434 | 451 => (Kind::Unreachable, "the server broke off"),
            450 => (Kind::Throttled, "the server says that it is busy"),
            452 | 552 => (
                Kind::Full,
                "the server is full, or the quota is used up; make room",
            ),
            500..=502 | 504 => (Kind::Unsupported, "the server cannot do that"),
            550 | 551 | 553 => self.by_words(),
            _ => (
                Kind::Unexpected,
                "the answer is not one of an FTP server that we know",
            ),
        }
    }

    /// One code stands for nearly everything; the words behind it are every server's own.
    fn by_words(&self) -> (ErrorKind, &'static str) {
        use ErrorKind as Kind;
        let words = self.text.to_ascii_lowercase();
        let says = |some: &[&str]| some.iter().any(|some| words.contains(some));
        if says(&["too long"]) {
            (Kind::Unsupported, "the server does not take so long a name")
        } else if self.says_full() {
            (Kind::Full, "the server is full, or the quota is used up")
        } else if says(&["invalid argument", "illegal byte", "prohibited file name"]) {
            (Kind::Unsupported, "the server does not take this name")
        } else {
            (
                Kind::Denied,
                "the server refuses; check the user's permissions",
            )
        }
    }

    fn says_full(&self) -> bool {
        let words = self.text.to_ascii_lowercase();
        ["quota", "no space", "disk full", "space left"]
            .iter()
            .any(|some| words.contains(some))
    }

    /// `tried` completes "could not".
    pub(crate) fn into_error(self, tried: &str) -> StorageError {
        let (kind, why) = self.classify();
        let text = &self.text;
        StorageError::new(kind, format!("could not {tried}: {why} ({text})"))
    }
}

impl Failure {
    /// `tried` completes "could not".
    pub(crate) fn into_error(self, tried: &str) -> StorageError {
        match self {
            Self::Refused(refusal) => refusal.into_error(tried),
            Self::Judged(error) | Self::Broken(error) => {
                let what = format!("could not {tried}: {error}");
                StorageError::new(error.kind(), what).with_source(error)
            }
        }
    }

    pub(crate) fn broken(kind: ErrorKind, why: impl Into<String>) -> Self {
        Self::Broken(StorageError::new(kind, why))
    }

    pub(crate) fn judged(kind: ErrorKind, why: impl Into<String>) -> Self {
        Self::Judged(StorageError::new(kind, why))
    }

    pub(crate) fn silent(limit: Duration) -> Self {
        let seconds = limit.as_secs();
        let why = format!("the server did not answer within {seconds} seconds");
        Self::broken(ErrorKind::Timeout, why)
    }

    /// Returns whether another connection may do better, now.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Refused(refusal) => {
                matches!(refusal.code, 425 | 426 | 451) && !refusal.says_full()
            }
            Self::Judged(_) => false,
            Self::Broken(error) => {
                matches!(error.kind(), ErrorKind::Unreachable | ErrorKind::Timeout)
            }
        }
    }
}

impl From<FtpError> for Failure {
    fn from(error: FtpError) -> Self {
        match error {
            FtpError::UnexpectedResponse(response) => {
                let refusal = Refusal::of(&response);
                if refusal.code == 421 {
                    let (kind, why) = refusal.classify();
                    return Self::broken(kind, format!("{why} ({})", refusal.text));
                }
                // A server that wants TLS sessions to be resumed, on a connection whose tickets are
                // used up: a new connection brings new ones.
                if refusal.code == 522 && refusal.text.contains("SSL") {
                    let why = format!("the server did not take the encryption ({})", refusal.text);
                    return Self::broken(ErrorKind::Unreachable, why);
                }
                Self::Refused(refusal)
            }
            FtpError::ConnectionError(error) => Self::Broken(lost(error)),
            FtpError::SecureError(told) => Self::Broken(insecure(&told)),
            other => Self::broken(
                ErrorKind::Unexpected,
                format!("the answer is not one of an FTP server: {other}"),
            ),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Broken(lost(error))
    }
}

fn lost(error: std::io::Error) -> StorageError {
    if let Some(egress) = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<EgressError>())
    {
        return StorageError::new(kind_of(egress), egress.to_string()).with_source(error);
    }
    let (kind, why) = match error.kind() {
        std::io::ErrorKind::TimedOut => (ErrorKind::Timeout, "the server does not answer"),
        std::io::ErrorKind::InvalidInput => (ErrorKind::Unsupported, "the name cannot be sent"),
        std::io::ErrorKind::InvalidData => return insecure(&error.to_string()),
        _ => (ErrorKind::Unreachable, "the connection broke"),
    };
    StorageError::new(kind, why).with_source(error)
}

fn kind_of(error: &EgressError) -> ErrorKind {
    match error {
        EgressError::Silent { .. } => ErrorKind::Timeout,
        error if error.is_temporary() => ErrorKind::Unreachable,
        _ => ErrorKind::InvalidSettings,
    }
}

/// The words for a place that was not reached.
pub(crate) fn not_reached(error: EgressError) -> StorageError {
    StorageError::new(kind_of(&error), error.to_string()).with_source(error)
}

/// The words for TLS that failed, of which only a text is left.
fn insecure(told: &str) -> StorageError {
    let told = told.trim_start_matches("Secure error: ");
    let says = |words: &str| told.contains(words);
    let (kind, why) = if says("UnknownIssuer") || says("CaUsedAsEndEntity") {
        (
            ErrorKind::InvalidSettings,
            "nobody whom this server knows vouches for the certificate; paste it as trusted \
             certificate if it is your own server's",
        )
    } else if says("NotValidForName") || says("not valid for name") {
        (
            ErrorKind::InvalidSettings,
            "the certificate is made out for another name; correct the host, or paste the \
             certificate as trusted",
        )
    } else if says("Expired") || says("NotValidYet") || says("expired") {
        (
            ErrorKind::InvalidSettings,
            "the certificate is out of date; renew it on the server",
        )
    } else if says("certificate") {
        (
            ErrorKind::InvalidSettings,
            "the certificate is not accepted; renew it, or paste it as trusted certificate",
        )
    } else if says("InvalidContentType") || says("corrupt message") {
        (
            ErrorKind::InvalidSettings,
            "there is no TLS at this port; choose the other kind of FTPS or another port",
        )
    } else {
        (ErrorKind::Unreachable, "the encrypted connection failed")
    };
    StorageError::new(kind, format!("{why} ({told})"))
}

#[cfg(test)]
mod tests {
    use suppaftp::Status;

    use super::*;

    fn refusal(text: &str) -> Refusal {
        let code = text[..3].parse::<u32>().unwrap();
        Refusal::of(&Response::new(Status::from(code), text.as_bytes().to_vec()))
    }

    #[test]
    fn answers_are_classified_by_code_then_words() {
        use ErrorKind as Kind;
        for (text, kind) in [
            ("530 Login incorrect.", Kind::Unauthenticated),
            ("425 Failed to establish connection.", Kind::Unreachable),
            (
                "426 Connection closed; transfer aborted.",
                Kind::Unreachable,
            ),
            ("552 Disk full - please upload later", Kind::Full),
            ("550 No space left on device.", Kind::Full),
            ("426 No space left on device; transfer aborted.", Kind::Full),
            ("550 File name too long.", Kind::Unsupported),
            ("550 Not enough privileges.", Kind::Denied),
            ("553 Could not create file.", Kind::Denied),
            ("500 Unknown command.", Kind::Unsupported),
            ("299 What?", Kind::Unexpected),
        ] {
            let (found, _) = refusal(text).classify();
            assert_eq!(found, kind, "{text}");
        }
    }

    #[test]
    fn a_server_that_hangs_up_breaks_the_connection() {
        let response = Response::new(Status::NotAvailable, b"421 Too many connections".to_vec());
        let Failure::Broken(error) = Failure::from(FtpError::UnexpectedResponse(response)) else {
            panic!("the connection is not in order");
        };
        assert_eq!(error.kind(), ErrorKind::Throttled);
    }

    #[test]
    fn a_certificate_that_nobody_knows_comes_with_a_remedy() {
        let error = insecure("invalid peer certificate: UnknownIssuer");
        assert_eq!(error.kind(), ErrorKind::InvalidSettings);
        assert!(error.to_string().contains("trusted certificate"), "{error}");
        let error = insecure("tls handshake eof");
        assert_eq!(error.kind(), ErrorKind::Unreachable);
    }
}
