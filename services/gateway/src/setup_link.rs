//! The link that makes the first owner.

use stowage_db::{Database, DbError, Scope};
use stowage_domain::Clock;
use stowage_secrets::Token;
use tracing::{info, warn};

use crate::{Deps, GatewayConfig};

/// Makes a one-time link that creates the owner, for the start of a process to print. None when
/// there is somebody already. Each link replaces the one before.
pub async fn owner_link(
    db: &Database,
    clock: &dyn Clock,
    public_url: &str,
) -> Result<Option<String>, DbError> {
    let tx = db.begin(Scope::System).await?;
    if tx.users().count().await? > 0 {
        return Ok(None);
    }
    let token = Token::generate();
    tx.users()
        .put_setup_token(&token.hash(), clock.now())
        .await?;
    tx.commit().await?;
    Ok(Some(format!("{public_url}/setup?token={}", token.expose())))
}

/// Logs the link that creates the owner, where there is none yet: in a process of its own, the log
/// is all that its operator sees.
pub async fn log_owner_link(deps: &Deps, config: &GatewayConfig) {
    match owner_link(&deps.db, &*deps.clock, &config.public_url()).await {
        Ok(Some(link)) => info!("nobody is here yet; create the owner at {link}"),
        Ok(None) => {}
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            warn!(
                error,
                "could not make the owner's link; migrate the database and start again"
            );
        }
    }
}
