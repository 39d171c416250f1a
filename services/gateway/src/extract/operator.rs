//! Whoever runs the installation, at a door of their own.

use std::sync::Arc;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use stowage_rpc::ErrorCode;
use stowage_secrets::Token;

use crate::{
    GatewayConfig,
    auth::bearer,
    problem::{Kind, route_error},
};

const NO_OPERATOR: Kind = Kind::named(
    ErrorCode::Unauthenticated,
    "operator-only",
    "This takes the operator's token (gateway.operator_token)",
);

/// Somebody who shows the operator's token. No session and no API key is one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operator;

route_error! {
    /// Whoever asks is not the operator, or there is no token that opens the door.
    OperatorError {
        NoOperator = NO_OPERATOR,
    }
}

impl<S> FromRequestParts<S> for Operator
where
    Arc<GatewayConfig>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = OperatorError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, OperatorError> {
        let config: Arc<GatewayConfig> = FromRef::from_ref(state);
        let token = config.operator_token.expose().trim();
        let shown = bearer(&parts.headers).unwrap_or_default();
        // Hashes, so that the time that it takes tells nothing about the token.
        let is_it = Token::from_caller(token).hash() == Token::from_caller(shown).hash();
        if token.is_empty() || !is_it {
            return Err(OperatorError::NoOperator);
        }
        Ok(Self)
    }
}
