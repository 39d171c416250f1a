//! The servers that tests may use, named by `STOWAGE_TEST_…` variables.

use std::{path::PathBuf, process::Command};

use url::Url;

/// Returns the value of a variable that names a server. Where it is missing, says that `test` is
/// skipped, or fails when every server has to be there.
pub fn variable(name: &str) -> Option<String> {
    let value = stowage_config::env(name);
    if value.is_none() {
        let is_required = stowage_config::env("STOWAGE_REQUIRE_ALL_BACKENDS");
        assert!(is_required.as_deref() != Some("1"), "{name} is not set");
        eprintln!("skipped: {name} is not set");
    }
    value
}

/// PostgreSQL: who may make databases, and who serves.
#[derive(Debug, Clone)]
pub struct Postgres {
    /// The superuser's address.
    pub url: String,
    pub app_role: String,
    pub app_password: String,
}

impl Postgres {
    pub fn find() -> Option<Self> {
        Self::called("STOWAGE_TEST_POSTGRES")
    }

    /// The server whose clock tests move.
    pub fn find_movable() -> Option<Self> {
        Self::called("STOWAGE_TEST_CLOCK_POSTGRES")
    }

    fn called(prefix: &str) -> Option<Self> {
        Some(Self {
            url: variable(&format!("{prefix}_URL"))?,
            app_role: variable(&format!("{prefix}_APP_ROLE"))?,
            app_password: variable(&format!("{prefix}_APP_PASSWORD"))?,
        })
    }

    /// Returns the superuser's address of another database.
    pub fn owner_url(&self, database: &str) -> String {
        let mut url = self.parsed();
        url.set_path(database);
        url.into()
    }

    /// Returns the application's address of another database.
    pub fn app_url(&self, database: &str) -> String {
        let mut url = self.parsed();
        url.set_path(database);
        let named = url.set_username(&self.app_role);
        let known = url.set_password(Some(&self.app_password));
        named.and(known).expect("a postgres address takes a user");
        url.into()
    }

    fn parsed(&self) -> Url {
        self.url
            .parse()
            .expect("STOWAGE_TEST_POSTGRES_URL is an address")
    }
}

/// RabbitMQ's address.
pub fn rabbitmq() -> Option<String> {
    variable("STOWAGE_TEST_AMQP_URL")
}

/// An FTP server that keeps its files in a folder.
#[derive(Debug, Clone)]
pub struct Ftp {
    pub url: Url,
    pub folder: PathBuf,
}

impl Ftp {
    /// Finds a server by what its variables begin with: `STOWAGE_TEST_VSFTPD`.
    pub fn find(prefix: &str) -> Option<Self> {
        let url = variable(&format!("{prefix}_URL"))?;
        Some(Self {
            url: url.parse().expect("the variable holds an address"),
            folder: variable(&format!("{prefix}_FOLDER"))?.into(),
        })
    }
}

/// The path of the program rclone, which serves folders as buckets.
pub fn rclone() -> Option<PathBuf> {
    Some(variable("STOWAGE_TEST_RCLONE")?.into())
}

/// A server that tests may kill; it runs again when this is dropped.
#[derive(Debug)]
pub struct Victim {
    tool: String,
    name: &'static str,
}

impl Victim {
    /// Returns the server called `name`, none where nobody can stop and start it.
    pub fn find(name: &'static str) -> Option<Self> {
        Some(Self {
            tool: variable("STOWAGE_TEST_SERVICES")?,
            name,
        })
    }

    /// Kills it as a power cut would, and with `wipe` loses its data.
    pub fn kill(&self, wipe: bool) {
        let mut words = vec!["stop", self.name, "--kill"];
        words.extend(wipe.then_some("--wipe"));
        self.run(&words);
    }

    pub fn start(&self) {
        self.run(&["start", self.name]);
    }

    fn run(&self, words: &[&str]) {
        let done = Command::new(&self.tool)
            .args(words)
            .output()
            .expect("the tool can be run");
        let text = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{} {words:?}: {text}", self.tool);
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        // Whatever runs next needs it; a server that runs is left alone.
        let _ = Command::new(&self.tool).args(["start", self.name]).output();
    }
}
