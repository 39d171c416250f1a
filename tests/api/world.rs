//! A gateway on a real port, and all that it stands on.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use stowage_connector_fs::{FsOptions, FsStorage};
use stowage_db::{Database, DatabaseConfig};
use stowage_domain::{SystemClock, UuidV7};
use stowage_egress::{Egress, EgressConfig};
use stowage_gateway::{Deps, GatewayConfig};
use stowage_jobs::Bus;
use stowage_jobs_memory::MemoryBus;
use stowage_proto::storage::storage_service_client::StorageServiceClient;
use stowage_rpc::in_process;
use stowage_runtime::Shutdown;
use stowage_secrets::{KeyRing, SecretsConfig};
use stowage_storage::Storage;
use stowage_storage_connector::ConnectorConfig;
use stowage_tests::TestDatabase;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::person::Person;

/// Lives as long as its test.
pub(crate) struct World {
    pub(crate) deps: Deps,
    pub(crate) url: String,
    pub(crate) shutdown: Shutdown,
    home: TempDir,
    _database: Option<TestDatabase>,
}

impl Drop for World {
    fn drop(&mut self) {
        self.shutdown.soft.cancel();
        self.shutdown.hard.cancel();
    }
}

impl World {
    pub(crate) async fn on_sqlite() -> Self {
        Self::on_sqlite_with(GatewayConfig::default()).await
    }

    pub(crate) async fn on_sqlite_with(config: GatewayConfig) -> Self {
        let home = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", home.path().join("stowage.db").display());
        let db = open(url).await;
        db.migrate("").await.unwrap();
        Self::start(config, db, home, None).await
    }

    /// None where there is no server.
    pub(crate) async fn on_postgres() -> Option<Self> {
        let database = TestDatabase::create().await?;
        let owner = open(database.owner_url()).await;
        owner.migrate(database.app_role()).await.unwrap();
        owner.close().await;
        // From here on as the role that row security binds.
        let db = open(database.app_url()).await;
        let home = tempfile::tempdir().unwrap();
        Some(Self::start(GatewayConfig::default(), db, home, Some(database)).await)
    }

    async fn start(
        config: GatewayConfig,
        db: Database,
        home: TempDir,
        database: Option<TestDatabase>,
    ) -> Self {
        stowage_runtime::install_tls_provider();
        let (photos, central) = (home.path().join("photos"), home.path().join("central"));
        std::fs::create_dir_all(&photos).unwrap();
        std::fs::create_dir_all(&central).unwrap();
        let bus: Arc<dyn Bus> = Arc::new(MemoryBus::new());
        let clock = Arc::new(SystemClock);
        let keys = SecretsConfig {
            key: "0f".repeat(32).into(),
            ..SecretsConfig::default()
        };
        let connector = stowage_storage_connector::grpc(
            &ConnectorConfig {
                folders: vec![photos],
                ..ConnectorConfig::default()
            },
            &stowage_storage_connector::Deps {
                db: db.clone(),
                bus: Arc::clone(&bus),
                egress: Egress::new(&EgressConfig::default()).unwrap(),
                keys: Arc::new(KeyRing::new(&keys).unwrap()),
                clock: clock.clone(),
            },
        );
        let central: Arc<dyn Storage> =
            Arc::new(FsStorage::open(central, FsOptions::default()).unwrap());
        let deps = Deps {
            db,
            bus,
            storage: StorageServiceClient::new(in_process(connector)),
            central,
            spool_bytes: 0,
            clock,
            ids: Arc::new(UuidV7),
        };
        let shutdown = Shutdown::new();
        let url = serve(&config, &deps, &shutdown).await;
        Self {
            deps,
            url,
            shutdown,
            home,
            _database: database,
        }
    }

    /// Starts another gateway over the same database and central storage, and returns its address.
    pub(crate) async fn another_gateway(&self, change: impl FnOnce(&mut GatewayConfig)) -> String {
        let mut config = GatewayConfig::default();
        change(&mut config);
        serve(&config, &self.deps, &self.shutdown).await
    }

    /// Starts another gateway over the same database and another central storage.
    pub(crate) async fn another_gateway_over(&self, central: Arc<dyn Storage>) -> String {
        let deps = Deps {
            central,
            ..self.deps.clone()
        };
        serve(&GatewayConfig::default(), &deps, &self.shutdown).await
    }

    /// Starts another gateway, whose spool may hold this much.
    pub(crate) async fn another_gateway_with_spool(&self, spool_bytes: u64) -> String {
        let deps = Deps {
            spool_bytes,
            ..self.deps.clone()
        };
        serve(&GatewayConfig::default(), &deps, &self.shutdown).await
    }

    /// The folder that may be connected.
    pub(crate) fn photos(&self) -> PathBuf {
        self.home.path().join("photos")
    }

    pub(crate) fn new_id(&self) -> uuid::Uuid {
        self.deps.ids.next()
    }

    /// Somebody who is not signed in.
    pub(crate) fn nobody(&self) -> Person {
        Person::nobody(&self.url)
    }

    /// Sets the library up, as its owner.
    pub(crate) async fn owner(&self) -> Person {
        let Deps { db, clock, .. } = &self.deps;
        let link = stowage_gateway::owner_link(db, &**clock, &self.url)
            .await
            .unwrap()
            .unwrap();
        let (_, token) = link.split_once("token=").unwrap();
        self.nobody().set_up(token).await
    }
}

async fn serve(config: &GatewayConfig, deps: &Deps, shutdown: &Shutdown) -> String {
    let router = stowage_gateway::router(config, deps.clone(), shutdown);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let served = shutdown.clone();
    shutdown.spawn("gateway", async move {
        stowage_gateway::serve(listener, router, &served)
            .await
            .unwrap();
    });
    format!("http://{address}")
}

async fn open(url: String) -> Database {
    let config = DatabaseConfig {
        url: url.into(),
        durable: false,
        ..DatabaseConfig::default()
    };
    Database::connect(&config, Arc::new(SystemClock))
        .await
        .unwrap()
}

impl World {
    /// Makes somebody who belongs to a workspace, signed in.
    pub(crate) async fn join(&self, workspace: &str, role: stowage_domain::Role) -> Person {
        use stowage_db::repo::NewUser;
        use stowage_domain::{SessionId, UserId, WorkspaceId};

        let (user, at) = (UserId(self.new_id()), self.deps.clock.now());
        let token = stowage_secrets::Token::generate();
        let id: WorkspaceId = workspace.parse().unwrap();
        let tx = self.deps.db.begin_in(id).await.unwrap();
        let row = NewUser {
            id: user,
            email: format!("{user}@example.org"),
            name: "Somebody".to_owned(),
            password_hash: "none".to_owned(),
            created_at: at,
        };
        tx.users().insert(&row).await.unwrap();
        tx.workspaces()
            .add_member(id, user, role, at)
            .await
            .unwrap();
        let session = SessionId(self.new_id());
        let lasts = std::time::Duration::from_hours(1);
        tx.sessions()
            .insert(session, &token.hash(), user, lasts, None)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        self.nobody().with_session(token.expose(), workspace)
    }

    /// Makes a workspace of somebody else, and that somebody, signed in.
    pub(crate) async fn stranger(&self) -> Person {
        use stowage_db::repo::WorkspaceRow;
        use stowage_domain::{Role, WorkspaceId};

        let id = WorkspaceId(self.new_id());
        let tx = self.deps.db.begin_in(id).await.unwrap();
        let row = WorkspaceRow::new(id, "Theirs", self.deps.clock.now());
        tx.workspaces().create(&row).await.unwrap();
        tx.commit().await.unwrap();
        self.join(&id.to_string(), Role::Owner).await
    }
}
