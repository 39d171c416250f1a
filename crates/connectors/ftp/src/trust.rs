//! Whose certificates are believed.
//!
//! Those of this system, and those that a person trusts for one storage. A certificate of theirs
//! that the server shows itself is believed as it is, whatever name and dates are in it: that is
//! what servers at home have. There is no way to believe everybody.

use std::sync::{Arc, OnceLock};

use rustls::{
    ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};
use stowage_storage::{ErrorKind, StorageError};
use tokio_rustls::TlsConnector;

use crate::config::SettingProblem;

/// Reads certificates in PEM form.
pub(crate) fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, SettingProblem> {
    let problem = |advice: &str| SettingProblem::new("certificate", advice);
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    let found = found.map_err(|_| problem("the certificate is damaged; copy it again"))?;
    if found.is_empty() {
        return Err(problem(
            "paste a certificate in PEM form: it begins with -----BEGIN CERTIFICATE-----",
        ));
    }
    Ok(found)
}

/// Makes the TLS side of a storage. Its data connections resume the session of their control
/// connection, which many servers insist on, so they share this.
pub(crate) fn connector(trusted: Option<&str>) -> Result<TlsConnector, StorageError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let pinned = trusted.map_or_else(|| Ok(Vec::new()), certificates)?;
    let mut roots = system_roots().clone();
    // One that cannot vouch for others is still believed when the server shows it.
    roots.add_parsable_certificates(pinned.iter().cloned());
    let failed = |error: &dyn std::fmt::Display| {
        let what = format!("encryption cannot be set up: {error}");
        StorageError::new(ErrorKind::Unexpected, what)
    };
    let others = if roots.is_empty() {
        None
    } else {
        let builder =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
        Some(builder.build().map_err(|error| failed(&error))?)
    };
    let verifier = Verifier {
        pinned,
        others,
        provider: Arc::clone(&provider),
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(&error))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn system_roots() -> &'static RootCertStore {
    static ROOTS: OnceLock<RootCertStore> = OnceLock::new();
    ROOTS.get_or_init(|| {
        let found = rustls_native_certs::load_native_certs();
        for error in &found.errors {
            tracing::debug!(%error, "could not read some of this system's certificates");
        }
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(found.certs);
        roots
    })
}

#[derive(Debug)]
struct Verifier {
    pinned: Vec<CertificateDer<'static>>,
    others: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.pinned.iter().any(|pinned| pinned == shown) {
            return Ok(ServerCertVerified::assertion());
        }
        match &self.others {
            Some(others) => others.verify_server_cert(shown, intermediates, name, ocsp, now),
            None => Err(rustls::CertificateError::UnknownIssuer.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, cert, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
