//! A place with photographs: a folder of the server, a bucket or an FTP server behind a counting
//! proxy.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    Counted, FtpProxy, Proxy, Rclone,
    fixtures::{AlbumFile, write_aged, write_old},
    moto::{self, Moto},
    rclone::{ACCESS_KEY, SECRET_KEY},
    servers::Ftp,
};

/// What a place is to the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Folder,
    Bucket,
    /// A folder of a bucket whose server deletes on condition. It has no folder on a disk.
    SafeBucket,
    /// An FTP server that tells times to the second.
    Ftp,
    /// An FTP server that tells times to the minute, or to the day.
    OldFtp,
    /// Another that tells them to the second, and has ways of its own.
    PureFtp,
    /// The same, for a user who has a quota.
    QuotaFtp,
}

/// Where to upload to, behind the application's back.
#[derive(Debug, Clone)]
pub struct Uploads {
    pub ftp: Ftp,
    /// The place's folder, as the server names it.
    pub folder: String,
}

const BUCKET: &str = "photos";

/// Photographs, and the way in which the application reaches them.
#[derive(Debug)]
pub struct Place {
    home: TempDir,
    kind: Kind,
    server: Server,
}

#[derive(Debug)]
enum Server {
    None,
    Bucket(Rclone, Proxy),
    SafeBucket(Moto, Proxy),
    Ftp(Ftp, FtpProxy),
}

impl Place {
    /// Makes an empty place, none where a bucket has no server.
    pub async fn new(kind: Kind) -> Option<Self> {
        let ftp = match kind {
            Kind::Folder | Kind::Bucket | Kind::SafeBucket => None,
            Kind::Ftp => Some(Ftp::find("STOWAGE_TEST_PYFTPD")?),
            Kind::OldFtp => Some(Ftp::find("STOWAGE_TEST_VSFTPD")?),
            Kind::PureFtp => Some(Ftp::find("STOWAGE_TEST_PUREFTPD")?),
            Kind::QuotaFtp => Some(Ftp::find("STOWAGE_TEST_PUREFTPD_QUOTA")?),
        };
        let home = match &ftp {
            None => tempfile::tempdir(),
            Some(ftp) => tempfile::tempdir_in(&ftp.folder),
        };
        let home = home.expect("a temporary folder");
        let served = home.path().join("served");
        fs::create_dir_all(served.join(BUCKET)).expect("a folder can be made");
        let server = match ftp {
            Some(ftp) => {
                // The server's user is another one.
                let all = fs::Permissions::from_mode(0o755);
                fs::set_permissions(home.path(), all).expect("the folder is ours");
                let proxy = FtpProxy::start(ftp.url.port().unwrap_or(21)).await;
                Server::Ftp(ftp, proxy)
            }
            None if kind == Kind::Bucket => {
                let rclone = Rclone::start(&served, home.path()).await?;
                let proxy = Proxy::start(rclone.port()).await;
                Server::Bucket(rclone, proxy)
            }
            None if kind == Kind::SafeBucket => {
                let moto = Moto::new()?;
                let proxy = Proxy::start(moto.port()).await;
                Server::SafeBucket(moto, proxy)
            }
            None => Server::None,
        };
        Some(Self { home, kind, server })
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns what went to the server since the last time, and counts anew; none of a folder.
    pub fn take_counted(&self) -> Option<Counted> {
        match &self.server {
            Server::None => None,
            Server::Bucket(_, proxy) | Server::SafeBucket(_, proxy) => Some(proxy.take()),
            Server::Ftp(_, proxy) => Some(proxy.take()),
        }
    }

    /// Returns the folder that holds the files, whatever the application sees of it.
    pub fn root(&self) -> PathBuf {
        self.home.path().join("served").join(BUCKET)
    }

    /// Returns the folder that the operator has to allow.
    pub fn allowed(&self) -> PathBuf {
        self.home.path().join("served")
    }

    /// The proxy in front of a bucket.
    pub fn proxy(&self) -> &Proxy {
        match &self.server {
            Server::Bucket(_, proxy) | Server::SafeBucket(_, proxy) => proxy,
            _ => panic!("only a bucket has a proxy that breaks things"),
        }
    }

    /// The proxy in front of an FTP server.
    pub fn ftp_proxy(&self) -> &FtpProxy {
        match &self.server {
            Server::Ftp(_, proxy) => proxy,
            _ => panic!("only an FTP server has such a proxy"),
        }
    }

    /// The bucket of a server that deletes on condition.
    pub fn moto(&self) -> Option<&Moto> {
        match &self.server {
            Server::SafeBucket(moto, _) => Some(moto),
            _ => None,
        }
    }

    pub fn rclone(&mut self) -> &mut Rclone {
        match &mut self.server {
            Server::Bucket(rclone, _) => rclone,
            _ => panic!("only a bucket has a server of its own"),
        }
    }

    /// Lets the FTP server's user write into the place.
    pub fn take_uploads(&self) -> Uploads {
        let Server::Ftp(ftp, _) = &self.server else {
            panic!("only an FTP server takes uploads");
        };
        let all = fs::Permissions::from_mode(0o777);
        fs::set_permissions(self.root(), all).expect("the folder is ours");
        Uploads {
            ftp: ftp.clone(),
            folder: self.folder_on(ftp),
        }
    }

    /// Lets the server's user change and delete what lies there.
    pub fn open_for_writing(&self) {
        if matches!(self.server, Server::Ftp(..)) {
            open_folder(&self.root());
        }
    }

    fn folder_on(&self, ftp: &Ftp) -> String {
        let root = self.root();
        let below = root
            .strip_prefix(&ftp.folder)
            .expect("it is in the server's");
        below.display().to_string()
    }

    /// Returns what connecting it takes.
    pub fn new_storage(&self) -> Value {
        match &self.server {
            Server::None => json!({
                "name": "Photographs",
                "kind": "fs",
                "access": "read_only",
                "scan_interval_seconds": 86_400,
                "settings": {"folder": self.root()},
            }),
            Server::Bucket(_, proxy) => json!({
                "name": "Photographs",
                "kind": "s3",
                "access": "read_only",
                "scan_interval_seconds": 86_400,
                "settings": {"provider": "custom", "bucket": BUCKET, "endpoint": proxy.url()},
                "credentials": {"access_key": ACCESS_KEY, "secret_key": SECRET_KEY},
            }),
            Server::SafeBucket(moto, proxy) => json!({
                "name": "Photographs",
                "kind": "s3",
                "access": "read_only",
                "scan_interval_seconds": 86_400,
                "settings": {
                    "provider": "custom",
                    "bucket": moto.bucket(),
                    "path_prefix": moto::FOLDER,
                    "endpoint": proxy.url(),
                },
                "credentials": {"access_key": "test", "secret_key": "test"},
            }),
            Server::Ftp(ftp, proxy) => json!({
                "name": "Photographs",
                "kind": "ftp",
                "access": "read_only",
                "scan_interval_seconds": 86_400,
                "settings": {
                    "host": "127.0.0.1",
                    "port": proxy.port(),
                    "security": "plain",
                    "acknowledge_insecure": true,
                    "folder": self.folder_on(ftp),
                },
                "credentials": {"user": ftp.url.username(), "password": ftp.url.password()},
            }),
        }
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    /// Puts files there that look long settled.
    pub fn fill(&self, files: &[AlbumFile]) {
        for file in files {
            self.put(&file.path, &file.bytes);
        }
    }

    pub fn put(&self, path: &str, bytes: &[u8]) {
        match self.moto() {
            Some(moto) => moto.put(&moto::key(path), bytes),
            None => write_old(&self.path(path), bytes),
        }
    }

    /// Returns the bytes of a file, none where it is not there.
    pub fn read(&self, path: &str) -> Option<Vec<u8>> {
        match self.moto() {
            Some(moto) => moto.get(&moto::key(path)),
            None => fs::read(self.path(path)).ok(),
        }
    }

    /// Writes over a file; it was last changed a minute ago.
    pub fn change(&self, path: &str, bytes: &[u8]) {
        if let Some(moto) = self.moto() {
            return moto.put(&moto::key(path), bytes);
        }
        write_aged(&self.path(path), bytes, Duration::from_mins(1));
    }

    /// Touches a file as a program would that still writes it.
    pub fn write_now(&self, path: &str, bytes: &[u8]) {
        write_aged(&self.path(path), bytes, Duration::ZERO);
    }

    pub fn rename(&self, from: &str, to: &str) {
        if self.moto().is_some() {
            let bytes = self
                .read(from)
                .unwrap_or_else(|| panic!("{from} is not there"));
            self.put(to, &bytes);
            return self.remove(from);
        }
        let (from, to) = (self.path(from), self.path(to));
        fs::create_dir_all(to.parent().unwrap_or(Path::new("/"))).expect("a folder can be made");
        fs::rename(&from, &to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
    }

    pub fn remove(&self, path: &str) {
        if let Some(moto) = self.moto() {
            return moto.delete(&moto::key(path));
        }
        let path = self.path(path);
        fs::remove_file(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    /// Takes the folder or bucket away, with all that is in it.
    pub fn take_away(&self) {
        fs::rename(self.root(), self.aside()).expect("a folder can be renamed");
    }

    /// Puts an empty folder where the connected one was, as when a disk is not mounted.
    pub fn replace_by_empty(&self) {
        self.take_away();
        fs::create_dir(self.root()).expect("a folder can be made");
    }

    /// Puts a file where the connected folder was.
    pub fn replace_by_file(&self) {
        self.take_away();
        fs::write(self.root(), b"no folder").expect("a file can be written");
    }

    /// Brings back what was taken away.
    pub fn bring_back(&self) {
        let _ = fs::remove_file(self.root());
        let _ = fs::remove_dir_all(self.root());
        fs::rename(self.aside(), self.root()).expect("a folder can be renamed");
    }

    fn aside(&self) -> PathBuf {
        self.home.path().join("aside")
    }

    /// Returns how many seconds ago a file was changed.
    pub fn age(&self, path: &str) -> Duration {
        let modified = fs::metadata(self.path(path)).and_then(|data| data.modified());
        let modified = modified.expect("the file is there");
        SystemTime::now()
            .duration_since(modified)
            .unwrap_or_default()
    }
}

/// Lets everybody change what lies in a folder and in those below it.
fn open_folder(folder: &Path) {
    let all = fs::Permissions::from_mode(0o777);
    fs::set_permissions(folder, all).expect("the folder is ours");
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("a folder can be listed").path();
        if path.is_dir() {
            open_folder(&path);
        }
    }
}
