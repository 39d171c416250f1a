//! The repositories keep the same promises on SQLite and on Postgres, there as the application's
//! role, which row security binds.

mod audit;
mod catalog;
mod checks;
mod deletion;
mod edits;
mod isolation;
mod jobs;
mod pictures;
mod purge;
mod schema;
mod search;
mod uploads;

use std::{sync::Arc, time::Duration};

use stowage_db::{
    Database, DatabaseConfig, Scope,
    repo::{ImportedFile, NewObject, NewStorage, WorkspaceRow},
};
use stowage_domain::{
    Access, Behaviour, Ids, ManualClock, OnPurge, ReadState, StorageId, StorageKind, Timestamp,
    UuidV7, WorkspaceId, scan::Seen,
};
use stowage_tests::{Rows, TestDatabase};

/// A migrated database of one's own, and its clock where it has none of its own.
pub(super) struct World {
    pub(super) db: Database,
    /// Moves SQLite's time; Postgres has its own.
    pub(super) clock: Arc<ManualClock>,
    server: Option<TestDatabase>,
    folder: Option<tempfile::TempDir>,
}

impl World {
    pub(super) async fn sqlite() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let config = DatabaseConfig {
            url: format!("sqlite://{}/catalog.db", folder.path().display()).into(),
            durable: false,
            ..DatabaseConfig::default()
        };
        let clock = clock();
        let db = Database::connect(&config, clock.clone()).await.unwrap();
        db.migrate("").await.unwrap();
        Some(Self {
            db,
            clock,
            server: None,
            folder: Some(folder),
        })
    }

    /// Migrates as the owner, then comes back as the application.
    pub(super) async fn postgres() -> Option<Self> {
        let server = TestDatabase::create().await?;
        let clock = clock();
        let config = |url: String| DatabaseConfig {
            url: url.into(),
            max_connections: 4,
            ..DatabaseConfig::default()
        };
        let owner = Database::connect(&config(server.owner_url()), clock.clone())
            .await
            .unwrap();
        owner.migrate(server.app_role()).await.unwrap();
        owner.close().await;
        let db = Database::connect(&config(server.app_url()), clock.clone())
            .await
            .unwrap();
        Some(Self {
            db,
            clock,
            server: Some(server),
            folder: None,
        })
    }

    /// Returns the tables past every repository, as whom nothing but the tables binds.
    pub(super) fn rows(&self) -> Rows {
        match (&self.server, &self.folder) {
            (Some(server), _) => Rows::postgres(&server.owner_url()),
            (None, folder) => {
                let folder = folder.as_ref().expect("a database lies somewhere");
                Rows::sqlite(&folder.path().join("catalog.db"))
            }
        }
    }

    /// Lets time pass for leases: the injected clock jumps, Postgres' own is waited for.
    pub(super) async fn pass(&self, time: Duration) {
        if self.db.is_sqlite() {
            self.clock.advance(time);
        } else {
            let until = self.db.now().await.unwrap() + time;
            stowage_tests::eventually("the server's clock moves on", time * 4, async || {
                let now = self.db.now().await.unwrap();
                if now >= until {
                    Ok(())
                } else {
                    Err(format!("it is {now:?}"))
                }
            })
            .await;
        }
    }

    /// Moves the database's time by so many days from where it really is, ahead or back.
    pub(super) async fn shift(&mut self, days: i64) {
        let seconds = days * 86_400;
        match &self.server {
            None => self.clock.set(Timestamp::from_seconds(START + seconds)),
            Some(server) => {
                let config = DatabaseConfig {
                    url: server.app_url().into(),
                    max_connections: 4,
                    durable: false,
                    tests_only_server_clock_seconds: seconds,
                    ..DatabaseConfig::default()
                };
                let db = Database::connect(&config, self.clock.clone()).await;
                self.db.close().await;
                self.db = db.unwrap();
            }
        }
    }

    pub(super) async fn workspace(&self) -> WorkspaceId {
        let row = WorkspaceRow::new(UuidV7.next().into(), "Home", Timestamp(1));
        let tx = self.db.begin_in(row.id).await.unwrap();
        tx.workspaces()
            .create(&row, UuidV7.next().into())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        row.id
    }

    pub(super) async fn storage(&self, workspace: WorkspaceId) -> StorageId {
        let id = UuidV7.next().into();
        let tx = self.db.begin_in(workspace).await.unwrap();
        tx.storages()
            .insert(&NewStorage {
                id,
                kind: StorageKind::Fs,
                name: "Photos".into(),
                settings: r#"{"folder":"/photos"}"#.into(),
                access: Access::ReadOnly,
                on_purge: OnPurge::Keep,
                behaviour: Behaviour::default(),
                scan_interval_seconds: 900,
                at: Timestamp(1),
            })
            .await
            .unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub(super) async fn objects(
        &self,
        workspace: WorkspaceId,
        storage: StorageId,
        names: &[&str],
    ) -> Vec<NewObject> {
        let objects: Vec<_> = names.iter().map(|name| object(name)).collect();
        let tx = self.db.begin_in(workspace).await.unwrap();
        tx.objects()
            .insert_many(storage, &objects, Timestamp(1))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        objects
    }

    /// Returns how many rows of a table a scope sees.
    pub(super) async fn jobs_waiting(&self, scope: Scope) -> usize {
        let tx = self.db.read(scope).await.unwrap();
        let page = tx
            .jobs()
            .list(stowage_domain::JobState::Queued, None, 100)
            .await;
        page.map_or(0, |page| page.items.len())
    }
}

const START: i64 = 1_700_000_000;

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(Timestamp::from_seconds(START)))
}

pub(super) fn object(name: &str) -> NewObject {
    NewObject {
        id: UuidV7.next().into(),
        seen: Seen {
            remote_id: name.into(),
            path: name.into(),
            size: 7,
            modified_at: Some(Timestamp(5)),
            revision: "1".into(),
        },
    }
}

/// A file that was taken at this second of 1970.
pub(super) fn file(name: &str, second: i64) -> ImportedFile {
    ImportedFile {
        name: name.into(),
        media_type: "image/jpeg".into(),
        placeholder: "image".into(),
        read_state: ReadState::Renderable,
        reason: None,
        size: 7,
        sha256: Some(name.as_bytes().to_vec()),
        taken_at: Some(Timestamp::from_seconds(second)),
        sort_at: Timestamp::from_seconds(second),
        month: if second < 31 * 24 * 3_600 {
            "1970-01"
        } else {
            "1970-02"
        }
        .into(),
        camera: Some("Canon EOS R5".into()),
        is_animated: false,
        metadata: "{}".into(),
        folder_tags: vec!["Rome".into()],
        keywords: vec!["sea".into()],
    }
}

/// Makes a test of each case on each database.
macro_rules! on_both {
    ($($case:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $case() {
                if let Some(world) = crate::database::World::sqlite().await {
                    super::$case(world).await;
                }
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $case() {
                if let Some(world) = crate::database::World::postgres().await {
                    super::$case(world).await;
                }
            })+
        }
    };
}

pub(super) use on_both;
