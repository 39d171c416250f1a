//! Which storage new originals of a workspace go to.

use stowage_domain::{MainFacts, Placing, Plan, StorageId, StorageKind, effective_main};
use uuid::Uuid;

use super::{Health, StorageRow, repository};
use crate::DbError;

repository!(
    /// The main storage of the scope's workspace.
    MainStorages
);

/// A storage that was chosen as the main one, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenMain {
    pub storage: StorageRow,
    pub health: Health,
    /// Whether the workspace's plan lets storages outside take new files.
    pub is_in_plan: bool,
}

impl ChosenMain {
    /// Returns what decides whether originals can go there.
    pub fn facts(&self) -> MainFacts {
        MainFacts {
            is_on: self.storage.is_on,
            status: self.health.status,
            access: self.storage.access,
            is_in_plan: self.is_in_plan,
        }
    }
}

impl MainStorages<'_> {
    /// Returns the storage that somebody chose; none where it is central storage.
    pub async fn chosen(&self) -> Result<Option<ChosenMain>, DbError> {
        let id = self.0.workspace()?;
        let row = self
            .0
            .row(
                "select main_storage_id from workspace where id = $1",
                [id.0.into()],
            )
            .await?;
        let main: Option<Uuid> = row
            .map(|row| row.try_get("", "main_storage_id"))
            .transpose()?
            .flatten();
        let Some(main) = main else { return Ok(None) };
        self.stands(main.into()).await
    }

    /// Returns how a storage stands as a place for originals, whether it was chosen or not; none
    /// where it is gone.
    pub async fn stands(&self, storage: StorageId) -> Result<Option<ChosenMain>, DbError> {
        let Some(storage) = self.0.storages().find(storage).await? else {
            return Ok(None);
        };
        let health = self.0.storages().health(storage.id).await?;
        let plan = self.0.plans().find().await?.unwrap_or(Plan::UNLIMITED);
        // Central storage is the operator's own.
        let is_in_plan = storage.kind == StorageKind::Central || plan.allows_external();
        Ok(Some(ChosenMain {
            storage,
            health,
            is_in_plan,
        }))
    }

    /// Returns the storage that originals go to which are accepted now; none for central storage.
    pub async fn effective(&self) -> Result<Option<StorageId>, DbError> {
        let chosen = self.chosen().await?;
        let placing = effective_main(chosen.as_ref().map(ChosenMain::facts));
        Ok(chosen
            .filter(|_| placing == Placing::Main)
            .map(|chosen| chosen.storage.id))
    }

    /// Chooses where new originals go from now on; none for central storage.
    pub async fn choose(&self, storage: Option<StorageId>) -> Result<(), DbError> {
        let id = self.0.workspace()?;
        self.0
            .execute(
                "update workspace set main_storage_id = $2 where id = $1",
                [id.0.into(), storage.map(Uuid::from).into()],
            )
            .await?;
        Ok(())
    }
}
