//! How the application is started in a test.

use std::path::{Path, PathBuf};

use crate::servers::Postgres;

/// The two ways to run it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// One process on SQLite.
    Embedded,
    /// Six processes on Postgres and RabbitMQ.
    Distributed,
}

/// What differs from test to test.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Folders that may be connected.
    pub folders: Vec<PathBuf>,
    /// `--photos` of the all-in-one.
    pub photos: Option<PathBuf>,
    /// Where central storage lies, if not with the rest.
    pub central: Option<PathBuf>,
    /// The database server, if not the one that all use.
    pub server: Option<Postgres>,
    /// Settings over the usual ones of tests, as `STOWAGE_SECTION__FIELD`.
    pub variables: Vec<(String, String)>,
}

impl Options {
    /// Allows a folder to be connected.
    pub fn folder(folder: impl Into<PathBuf>) -> Self {
        Self {
            folders: vec![folder.into()],
            ..Self::default()
        }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// Leases and waits as short as they may be, so that no test waits for what only takes time.
const QUICK: [(&str, &str); 17] = [
    ("STOWAGE_LOG__FILTER", "info"),
    ("STOWAGE_SHUTDOWN__UNREADY_WAIT", "0s"),
    ("STOWAGE_SHUTDOWN__GRACE", "10s"),
    ("STOWAGE_JOBS__LEASE", "3s"),
    ("STOWAGE_JOBS__RING_AGAIN_AFTER", "3s"),
    ("STOWAGE_SYNC_SCANNER__LEASE", "3s"),
    ("STOWAGE_SYNC_SCANNER__LOOK_EVERY", "1s"),
    ("STOWAGE_SYNC_SCANNER__RETRY_FAILED_AFTER", "1s"),
    ("STOWAGE_SYNC_SCANNER__RECHECK_HELD_AFTER", "2s"),
    ("STOWAGE_INGEST__RETRY_AWAY_AFTER", "1s"),
    ("STOWAGE_CONNECTOR__RETRY_FAILED_AFTER", "1s"),
    ("STOWAGE_RETENTION_PURGER__SPOOL_EVERY", "1s"),
    ("STOWAGE_RETENTION_PURGER__PURGE_EVERY", "1s"),
    ("STOWAGE_RETENTION_PURGER__BACKUP_EVERY", "1s"),
    ("STOWAGE_RETENTION_PURGER__KEEP_PICTURES", "2s"),
    ("STOWAGE_RETENTION_PURGER__RETRY_DELETE_AT_MOST", "1s"),
    ("STOWAGE_DATABASE__DURABLE", "false"),
];

/// Returns the settings that every process gets.
pub(crate) fn common(options: &Options) -> Vec<(String, String)> {
    let mut variables: Vec<(String, String)> = QUICK
        .iter()
        .map(|(name, value)| ((*name).into(), (*value).into()))
        .collect();
    variables.push(("STOWAGE_CONNECTOR__FOLDERS".into(), list(&options.folders)));
    variables.extend(options.variables.clone());
    variables
}

/// Writes paths as a list of TOML, whatever is in them.
fn list(paths: &[PathBuf]) -> String {
    let quoted: Vec<String> = paths.iter().map(|path| quoted(path)).collect();
    format!("[{}]", quoted.join(", "))
}

fn quoted(path: &Path) -> String {
    serde_json::to_string(&path.display().to_string()).expect("a text is plain data")
}
