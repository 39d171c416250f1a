//! The main storage: where new originals go.

pub(super) mod choose;
pub(super) mod show;

use serde::Serialize;
use stowage_db::{DbError, Tx, repo::ChosenMain};
use stowage_domain::{MainAway, Placing, effective_main};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::wire::words;

/// Where new originals go.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MainStorage {
    /// The storage that was chosen; null for central storage.
    storage_id: Option<Uuid>,
    storage_name: Option<String>,
    /// Where originals go that are sent now; null for central storage.
    goes_to: Option<Uuid>,
    /// Why they do not go to the chosen one.
    #[schema(schema_with = words::main_away_or_null)]
    away: Option<MainAway>,
    /// Originals that wait to be delivered to storages, the chosen one or former ones.
    waiting: u64,
    waiting_bytes: u64,
    /// Those of them that are not tried again until somebody asks for it.
    parked: u64,
}

/// Reads where new originals go.
async fn view(tx: &Tx) -> Result<MainStorage, DbError> {
    let chosen = tx.main_storage().chosen().await?;
    let placing = effective_main(chosen.as_ref().map(ChosenMain::facts));
    let backlog = tx.transfers().backlog_of_all().await?;
    let chosen = chosen.map(|main| main.storage);
    Ok(MainStorage {
        storage_id: chosen.as_ref().map(|storage| storage.id.0),
        goes_to: chosen
            .as_ref()
            .filter(|_| placing == Placing::Main)
            .map(|storage| storage.id.0),
        storage_name: chosen.map(|storage| storage.name),
        away: match placing {
            Placing::Fallback(away) => Some(away),
            Placing::Central | Placing::Main => None,
        },
        waiting: backlog.originals,
        waiting_bytes: backlog.bytes,
        parked: backlog.parked,
    })
}
