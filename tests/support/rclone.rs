//! A bucket of one's own: `rclone serve s3` over a folder.

use std::path::{Path, PathBuf};

use crate::{Process, eventually, servers, spare_port};
use std::time::Duration;

pub(crate) const ACCESS_KEY: &str = "stowage-test-key";
pub(crate) const SECRET_KEY: &str = "stowage-test-secret";

/// An S3 server that checks signatures. A folder in its folder is a bucket.
#[derive(Debug)]
pub struct Rclone {
    process: Process,
    port: u16,
    folder: PathBuf,
    keys: String,
}

impl Rclone {
    /// Starts a server over `folder`, none where the program is missing.
    pub async fn start(folder: &Path, logs: &Path) -> Option<Self> {
        let program = servers::rclone()?;
        let port = spare_port();
        let keys = format!("{ACCESS_KEY},{SECRET_KEY}");
        let process = Process::new("rclone", program, logs).arguments([
            "serve",
            "s3",
            &folder.display().to_string(),
            "--config",
            "",
            "--addr",
            &format!("127.0.0.1:{port}"),
            "--auth-key",
            &keys,
            "--vfs-cache-mode",
            "off",
            // What changes behind its back shows at once.
            "--dir-cache-time",
            "1ms",
        ]);
        let mut rclone = Self {
            process,
            port,
            folder: folder.to_owned(),
            keys,
        };
        rclone.process.start();
        rclone.wait().await;
        Some(rclone)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Returns the access key and the secret key that it gave out.
    pub fn keys() -> (&'static str, &'static str) {
        (ACCESS_KEY, SECRET_KEY)
    }

    /// Returns the folder that is served.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts it anew with other keys than those that it gave out.
    pub async fn revoke_keys(&mut self) {
        self.restart_with("somebody-elses-key,somebody-elses-secret")
            .await;
    }

    /// Starts it anew with the keys that it gave out.
    pub async fn restore_keys(&mut self) {
        self.restart_with(&format!("{ACCESS_KEY},{SECRET_KEY}"))
            .await;
    }

    async fn restart_with(&mut self, keys: &str) {
        self.process.kill();
        let former = std::mem::replace(&mut self.keys, keys.to_owned());
        self.process.replace_argument(&former, keys);
        self.process.start();
        self.wait().await;
    }

    async fn wait(&self) {
        let port = self.port;
        eventually("rclone answers", Duration::from_secs(20), async || {
            let connected = tokio::net::TcpStream::connect(("127.0.0.1", port)).await;
            connected.map(drop).map_err(|error| error.to_string())
        })
        .await;
    }
}
