//! A new session for somebody who proved who they are.

use axum::http::HeaderMap;
use stowage_db::{DbError, Tx};
use stowage_domain::{Ids, SessionId, UserId};
use stowage_secrets::Token;

use super::device_of;
use crate::GatewayConfig;

/// Adds a session to the transaction and returns its token, which is never one that was used
/// before: a token that somebody planted in a browser does not become theirs.
pub(crate) async fn open_session(
    tx: &Tx,
    ids: &dyn Ids,
    config: &GatewayConfig,
    user: UserId,
    headers: &HeaderMap,
) -> Result<Token, DbError> {
    let token = Token::generate();
    let id = SessionId(ids.next());
    tx.sessions()
        .insert(
            id,
            &token.hash(),
            user,
            config.session_length,
            device_of(headers).as_deref(),
        )
        .await?;
    Ok(token)
}
