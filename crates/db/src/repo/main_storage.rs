//! Which storage new originals of a workspace go to.

use stowage_domain::{MainFacts, Placing, StorageId, effective_main};
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
}

impl ChosenMain {
    /// Returns what decides whether originals can go there.
    pub fn facts(&self) -> MainFacts {
        MainFacts {
            is_on: self.storage.is_on,
            status: self.health.status,
            access: self.storage.access,
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
        let storages = self.0.storages();
        let Some(storage) = storages.find(main.into()).await? else {
            return Ok(None);
        };
        let health = storages.health(storage.id).await?;
        Ok(Some(ChosenMain { storage, health }))
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
