//! The application as its users run it: real programs, real ports.

use std::{path::PathBuf, time::Duration};

use tempfile::TempDir;

use crate::{Mode, Options, Process, Rows, TestDatabase, eventually, launch, servers, spare_port};

/// How long a process may take until it is ready, on two busy cores.
const START: Duration = Duration::from_mins(1);

/// Names of the six processes, in the order in which they start.
pub(crate) const SERVICES: [&str; 6] = [
    "storage-connector",
    "ingest",
    "thumbnailer",
    "sync-scanner",
    "retention-purger",
    "gateway",
];

/// A running installation.
#[derive(Debug)]
pub struct Stowage {
    mode: Mode,
    // Dropped in this order: the programs before what they stand on.
    programs: Vec<Program>,
    rows: Rows,
    url: String,
    central: PathBuf,
    _bus: Option<Bus>,
    database: Option<TestDatabase>,
    home: TempDir,
}

#[derive(Debug)]
struct Program {
    process: Process,
    admin: u16,
}

impl Stowage {
    /// Starts the application and waits until it is ready; none where a server is missing.
    pub async fn start(mode: Mode, options: &Options) -> Option<Self> {
        stowage_runtime::install_tls_provider();
        match mode {
            Mode::Embedded => Some(Self::embedded(options).await),
            Mode::Distributed => Self::distributed(options).await,
        }
    }

    async fn embedded(options: &Options) -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        let data = home.path().join("data");
        let (listen, admin) = (spare_port(), spare_port());
        let mut variables = launch::common(options);
        variables.push(("STOWAGE_ADMIN__LISTEN".into(), address(admin)));
        variables.extend(doors(listen));
        let mut arguments = vec![
            "serve".to_owned(),
            "--data".into(),
            data.display().to_string(),
        ];
        if let Some(photos) = &options.photos {
            arguments.extend(["--photos".into(), photos.display().to_string()]);
        }
        let process = Process::of_workspace("stowage", "stowage", home.path())
            .arguments(arguments)
            .variables(&variables);
        let mut stowage = Self {
            mode: Mode::Embedded,
            programs: vec![Program { process, admin }],
            rows: Rows::sqlite(&data.join("stowage.db")),
            url: format!("http://{}", address(listen)),
            central: data.join("central"),
            _bus: None,
            database: None,
            home,
        };
        stowage.start_all().await;
        stowage
    }

    async fn distributed(options: &Options) -> Option<Self> {
        let amqp = servers::rabbitmq()?;
        let database = match options.server.clone() {
            Some(server) => TestDatabase::create_on(server).await,
            None => TestDatabase::create().await?,
        };
        let home = tempfile::tempdir().expect("a temporary folder");
        migrate(&database, home.path());

        let beside = home.path().join("central");
        let central = options.central.clone().unwrap_or(beside);
        let listen = spare_port();
        let bus = Bus::new(amqp);
        let mut shared = launch::common(options);
        shared.extend(bus.variables());
        shared.extend(internal(&central));
        shared.push(("STOWAGE_DATABASE__URL".into(), database.app_url()));
        // Six processes of two tests share what the server allows.
        shared.push(("STOWAGE_DATABASE__MAX_CONNECTIONS".into(), "6".into()));
        shared.extend(doors(listen));
        let programs = SERVICES
            .iter()
            .map(|name| {
                let admin = spare_port();
                let own = [("STOWAGE_ADMIN__LISTEN".to_owned(), address(admin))];
                let token = ("STOWAGE_STORAGE_CONNECTOR__TOKEN".to_owned(), token(name));
                let process = Process::of_workspace(name, &format!("stowage-{name}"), home.path())
                    .variables(&shared)
                    .variables(&own)
                    .variables(&[token]);
                Program { process, admin }
            })
            .collect();
        let mut stowage = Self {
            mode: Mode::Distributed,
            programs,
            rows: Rows::postgres(&database.owner_url()),
            url: format!("http://{}", address(listen)),
            central,
            _bus: Some(bus),
            database: Some(database),
            home,
        };
        stowage.start_all().await;
        Some(stowage)
    }

    async fn start_all(&mut self) {
        for program in &mut self.programs {
            program.process.start();
        }
        self.wait_until_ready().await;
    }

    /// Waits until every process says that it is ready.
    pub async fn wait_until_ready(&mut self) {
        let http = client();
        for program in &mut self.programs {
            let url = format!("http://{}/readyz", address(program.admin));
            let what = format!("{} is ready", program.process.name());
            let process = &mut program.process;
            eventually(&what, START, async || {
                assert!(process.is_running(), "{} ended by itself", process.name());
                let answer = http
                    .get(&url)
                    .send()
                    .await
                    .map_err(|error| error.to_string())?;
                let is_ready = answer.status().is_success();
                let text = answer.text().await.unwrap_or_default();
                if is_ready { Ok(()) } else { Err(text) }
            })
            .await;
        }
    }

    /// Starts everything anew with its clocks moved by so many days from where they are: those of
    /// the processes, and the database server's.
    pub async fn move_clocks(&mut self, processes: i64, server: i64) {
        const DAY: i64 = 86_400;
        let variables = [
            (
                "STOWAGE_DATABASE__TESTS_ONLY_PROCESS_CLOCK_SECONDS",
                processes,
            ),
            ("STOWAGE_DATABASE__TESTS_ONLY_SERVER_CLOCK_SECONDS", server),
        ];
        for program in self.programs.iter_mut().rev() {
            let ended_well = program.process.stop();
            assert!(ended_well, "{} ended badly", program.process.name());
        }
        for program in &mut self.programs {
            for (name, days) in variables {
                let seconds = (days * DAY).to_string();
                program.process.set_variable(name, &seconds);
            }
        }
        self.start_all().await;
    }

    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Returns the address that browsers come to.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns a look into its database.
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    /// Returns the catalog's address, as the programs open it.
    pub fn database_url(&self) -> String {
        match &self.database {
            Some(database) => database.app_url(),
            None => format!("sqlite://{}/data/stowage.db", self.home.path().display()),
        }
    }

    /// Returns the folder of central storage.
    pub fn central(&self) -> &std::path::Path {
        &self.central
    }

    /// Returns the folder that goes when this is dropped.
    pub fn home(&self) -> &std::path::Path {
        self.home.path()
    }

    /// Returns the names of its processes.
    pub fn names(&self) -> Vec<&str> {
        self.programs
            .iter()
            .map(|program| program.process.name())
            .collect()
    }

    /// Returns one of its processes; in the all-in-one there is only one.
    pub fn process(&mut self, name: &str) -> &mut Process {
        let mode = self.mode;
        let found = self
            .programs
            .iter_mut()
            .find(|program| mode == Mode::Embedded || program.process.name() == name);
        &mut found
            .unwrap_or_else(|| panic!("there is no process {name}"))
            .process
    }

    /// Returns the link that makes the first owner, as the gateway printed it last.
    pub async fn owner_link(&mut self) -> String {
        let gateway = self.process("gateway");
        eventually("the owner's link is printed", START, async || {
            let said = gateway.said();
            let link = said
                .split_whitespace()
                .rev()
                .find(|word| word.contains("/setup?token="));
            link.map(str::to_owned).ok_or(said)
        })
        .await
    }

    /// Returns what a process counts, as `/metrics` shows it: the sum over all lines of `name` that
    /// contain `label`.
    pub async fn metric(&mut self, process: &str, name: &str, label: &str) -> f64 {
        let mode = self.mode;
        let program = self
            .programs
            .iter()
            .find(|program| mode == Mode::Embedded || program.process.name() == process);
        let admin = program
            .unwrap_or_else(|| panic!("there is no process {process}"))
            .admin;
        let url = format!("http://{}/metrics", address(admin));
        let answer = client().get(&url).send().await.expect("metrics answer");
        let text = answer.text().await.expect("metrics are text");
        text.lines()
            .filter(|line| line.starts_with(name) && line.contains(label))
            .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
            .sum()
    }
}

/// Makes a client that keeps cookies and goes nowhere but where it is told.
pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .cookie_store(true)
        .no_proxy()
        .timeout(Duration::from_secs(30))
        .build()
        .expect("a plain client can be made")
}

fn address(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

/// Where the gateway answers.
fn doors(listen: u16) -> Vec<(String, String)> {
    vec![
        ("STOWAGE_GATEWAY__LISTEN".into(), address(listen)),
        ("STOWAGE_GATEWAY__GRPC_LISTEN".into(), address(spare_port())),
        (
            "STOWAGE_GATEWAY__PUBLIC_URL".into(),
            format!("http://{}", address(listen)),
        ),
    ]
}

/// What processes share of each other, and nobody else knows.
fn internal(central: &std::path::Path) -> Vec<(String, String)> {
    let connector = spare_port();
    let callers = SERVICES.map(|name| format!("{name} = \"{}\"", token(name)));
    // A key for this run alone.
    let key = format!(
        "{}{}",
        uuid::Uuid::new_v4().simple(),
        uuid::Uuid::new_v4().simple()
    );
    vec![
        (
            "STOWAGE_CENTRAL__FOLDER".into(),
            central.display().to_string(),
        ),
        (
            "STOWAGE_STORAGE_CONNECTOR__URL".into(),
            format!("http://{}", address(connector)),
        ),
        ("STOWAGE_RPC__LISTEN".into(), address(connector)),
        (
            "STOWAGE_RPC__TOKENS".into(),
            format!("{{ {} }}", callers.join(", ")),
        ),
        ("STOWAGE_KEYS__KEY".into(), key),
        // The test's buckets are on this machine.
        ("STOWAGE_EGRESS__ALLOW_PRIVATE".into(), "true".into()),
    ]
}

fn token(service: &str) -> String {
    format!("token-of-{service}-in-tests")
}

fn migrate(database: &TestDatabase, logs: &std::path::Path) {
    Process::of_workspace("migrate", "stowage-migrate", logs)
        .variables(&[
            ("STOWAGE_DATABASE__URL".into(), database.owner_url()),
            (
                "STOWAGE_DATABASE__APP_ROLE".into(),
                database.app_role().to_owned(),
            ),
            ("STOWAGE_ADMIN__LISTEN".into(), address(spare_port())),
        ])
        .run_to_end();
}

/// Names of our own on the broker that all tests share.
#[derive(Debug)]
struct Bus {
    url: String,
    prefix: String,
}

impl Bus {
    fn new(url: String) -> Self {
        Self {
            url,
            prefix: format!("test-{}.", uuid::Uuid::new_v4().simple()),
        }
    }

    fn variables(&self) -> [(String, String); 2] {
        [
            ("STOWAGE_BUS__URL".into(), self.url.clone()),
            ("STOWAGE_BUS__PREFIX".into(), self.prefix.clone()),
        ]
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let config = stowage_jobs_amqp::AmqpConfig {
            url: self.url.as_str().into(),
            prefix: self.prefix.clone(),
            ..stowage_jobs_amqp::AmqpConfig::default()
        };
        let removed = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.map(|runtime| {
                runtime.block_on(async {
                    let bus = stowage_jobs_amqp::AmqpBus::new(config);
                    let removed = bus.remove_everything().await;
                    stowage_jobs::Bus::close(&bus).await;
                    removed
                })
            })
        });
        if !matches!(removed.join(), Ok(Ok(Ok(())))) {
            eprintln!("queues of {} stay behind", self.prefix);
        }
    }
}
