//! Links that carry a token. It stands behind `#`, which browsers send to nobody: not to us, not
//! to a proxy's log, and not as a referrer.

use stowage_secrets::Token;

use crate::GatewayConfig;

/// Returns the address of a page with the token that opens it.
pub(crate) fn secret_link(config: &GatewayConfig, page: &str, token: &Token) -> String {
    format!("{}/{page}#token={}", config.public_url(), token.expose())
}
