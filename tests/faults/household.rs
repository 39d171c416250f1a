//! A library over four storages and a collector, and the people who use it while it is struck.

use std::{path::PathBuf, sync::Arc, time::Duration};

use serde_json::{Value, json};
use stowage_tests::{
    Chance, Kind, Library, Mode, Options, Oracle, Place, SmallDisk, Stowage, eventually,
    fixtures::Picture,
};
use tempfile::TempDir;

/// How long a person keeps trying while something is broken.
const PATIENCE: Duration = Duration::from_secs(90);

/// Which place is what in the household.
pub(crate) const FOLDER: usize = 0;
pub(crate) const FTP: usize = 1;
const BUCKET: usize = 2;
pub(crate) const COLLECTOR: usize = 3;
/// Its server deletes on condition, which the other bucket's does not.
pub(crate) const SAFE_BUCKET: usize = 4;

const KINDS: [Kind; 5] = [
    Kind::Folder,
    Kind::Ftp,
    Kind::Bucket,
    Kind::Folder,
    Kind::SafeBucket,
];

/// One place, and which storage it is.
pub(crate) struct Home {
    pub(crate) place: Place,
    pub(crate) storage: String,
    pub(crate) spot: usize,
}

/// Everything that a round plays with.
pub(crate) struct Household {
    pub(crate) stowage: Stowage,
    /// The main storage's, where somebody could make a disk for it.
    pub(crate) main_disk: Option<SmallDisk>,
    /// Central storage's.
    pub(crate) disk: Option<SmallDisk>,
    pub(crate) people: People,
    _backup: TempDir,
}

/// Who uses the library. They notice faults by being told to try again, and by nothing else.
pub(crate) struct People {
    pub(crate) library: Library,
    pub(crate) homes: Arc<Vec<Home>>,
    pub(crate) oracle: Oracle,
    pub(crate) chance: Chance,
    /// Of the next picture: no two are the same.
    number: u32,
}

impl Household {
    /// Six processes; a folder, an FTP server that new originals go to, two buckets, and a folder
    /// that is a collector; none where a server is missing.
    pub(crate) async fn new() -> Option<Self> {
        let mut places = Vec::new();
        for kind in KINDS {
            places.push((kind, Place::new(kind).await?));
        }
        let mut options = Options::default().with("STOWAGE_DATABASE__DURABLE", "true");
        // Wherever originals wait for their delivery, they are backed up, and it goes with them.
        let backup = tempfile::tempdir().ok()?;
        options = options.with("STOWAGE_COLD_BACKUP__KIND", "folder").with(
            "STOWAGE_COLD_BACKUP__FOLDER",
            &backup.path().display().to_string(),
        );
        let main_disk = SmallDisk::over(&places[FTP].1.root(), 32);
        let disk = SmallDisk::new();
        options.central = disk.as_ref().map(|disk| PathBuf::from(disk.path()));
        options.folders = places.iter().map(|(_, place)| place.allowed()).collect();
        let mut stowage = Stowage::start(Mode::Distributed, &options).await?;
        let library = Library::set_up(&mut stowage).await;
        let mut people = People {
            library,
            homes: Arc::default(),
            oracle: Oracle::default(),
            chance: Chance::seeded(),
            number: 0,
        };
        let mut homes = Vec::new();
        for (kind, place) in places {
            homes.push(people.move_in(kind, place).await);
        }
        people.homes = Arc::new(homes);
        people.deliver().await;
        Some(Self {
            stowage,
            main_disk,
            disk,
            people,
            _backup: backup,
        })
    }
}

impl People {
    async fn move_in(&mut self, kind: Kind, place: Place) -> Home {
        let spot = self.oracle.watch(&format!("{kind:?}"), &place);
        let first = self.picture();
        // No two places have a file of the same path: what is marked as gone is told by it.
        let path = format!("first-{spot}.jpg");
        place.put(&path, &first);
        self.oracle.wrote(spot, &path, &first);
        place.open_for_writing();
        let storage = self.library.import_writable(&place, "delete").await;
        // A storage that nobody tested is tested by its first deletion: a strike would hit the test.
        let test = format!("/storages/{storage}/test");
        self.library.post(&test, json!({})).await;
        Home {
            place,
            storage,
            spot,
        }
    }

    /// Sends what is new to the FTP server, and empties the collector into it.
    async fn deliver(&mut self) {
        let main = &self.homes[FTP].storage;
        self.library.choose_main(Some(main)).await;
        let collector = &self.homes[COLLECTOR];
        self.oracle.collects(collector.spot);
        let collects = json!({ "delivery": { "moves_to_main": true } });
        let path = format!("/storages/{}", collector.storage);
        self.library.patch(&path, collects).await;
    }

    pub(crate) fn picture(&mut self) -> Vec<u8> {
        self.number += 1;
        Picture::numbered(self.number).jpeg()
    }

    /// A few minutes of a busy life: files come by every way, some go to the bin and out of it,
    /// some are overwritten or removed while they are in it, and the bin is emptied.
    pub(crate) async fn live(&mut self) {
        self.fill();
        self.send().await;
        self.scan().await;
        self.tidy_up().await;
    }

    /// New files in each place.
    fn fill(&mut self) {
        for at in 0..self.homes.len() {
            self.fill_place(at);
        }
    }

    fn fill_place(&mut self, at: usize) {
        for _ in 0..2 {
            let bytes = self.picture();
            let path = format!("{}/IMG_{:05}.jpg", self.number % 3, self.number);
            let home = &self.homes[at];
            home.place.put(&path, &bytes);
            home.place.open_for_writing();
            self.oracle.wrote(home.spot, &path, &bytes);
        }
    }

    pub(crate) async fn send(&mut self) {
        for _ in 0..2 {
            let bytes = self.picture();
            let name = format!("sent-{:05}.jpg", self.number);
            self.library.send(&name, &bytes).await;
            self.oracle.sent(&name, &bytes);
        }
    }

    /// Sends large files, and puts one into the collector.
    pub(crate) async fn send_large_ones(&mut self) {
        let large = |people: &mut Self| {
            people.number += 1;
            Picture::numbered(people.number).sized(1600, 1200).jpeg()
        };
        for _ in 0..2 {
            let bytes = large(self);
            let name = format!("large-{:05}.jpg", self.number);
            self.library.send(&name, &bytes).await;
            self.oracle.sent(&name, &bytes);
        }
        let bytes = large(self);
        let path = format!("large/IMG_{:05}.jpg", self.number);
        let home = &self.homes[COLLECTOR];
        home.place.put(&path, &bytes);
        self.oracle.wrote(home.spot, &path, &bytes);
    }

    /// Asks for a scan of each storage, until it is taken.
    pub(crate) async fn scan(&self) {
        for home in self.homes.iter() {
            self.ask(&format!("/storages/{}/scan", home.storage), json!({}))
                .await;
        }
    }

    pub(crate) async fn ask(&self, path: &str, body: Value) -> Value {
        eventually(path, PATIENCE, async || {
            self.library.try_post(path, body.clone()).await
        })
        .await
    }

    /// The asset of a content, once it is there.
    async fn asset_of(&self, content: &str) -> String {
        let rows = self.library.rows();
        let sql = format!(
            "select {} from asset where {} = '{content}' and lifecycle = 'live'",
            rows.id("id"),
            rows.hex("sha256")
        );
        eventually("a file is an asset", PATIENCE, async || {
            let found = rows.try_texts(&sql).await;
            let found = found.map_err(|error| error.to_string())?.concat();
            let Some(id) = found.first() else {
                return Err(self.about(content).await);
            };
            let id: uuid::Uuid = id.parse().map_err(|_| format!("{id} is no id"))?;
            Ok(id.to_string())
        })
        .await
    }

    /// Says what the catalog knows of a content, for who waits for it in vain.
    async fn about(&self, content: &str) -> String {
        let rows = self.library.rows();
        let names = (0..self.homes.len()).flat_map(|at| self.oracle.files(self.homes[at].spot));
        let path = names.into_iter().find(|(_, found)| found == content);
        let assets = format!(
            "select name, lifecycle from asset where {} = '{content}'",
            rows.hex("sha256")
        );
        let jobs = "select kind, state, error from job where state <> 'done'";
        let objects = path
            .as_ref()
            .map_or_else(String::new, |(path, _)| path.clone());
        let objects = format!(
            "select path, cast(present as text), revision, imported_revision from remote_object \
             where path = '{objects}'"
        );
        let scans = "select state, error from scan_run order by started_at desc limit 4";
        let mut said = vec![format!("{path:?}")];
        for sql in [&assets, jobs, &objects, scans] {
            said.push(format!("{:?}", rows.try_texts(sql).await));
        }
        said.join("\n")
    }

    /// Takes one file of a place by chance.
    fn one_of(&mut self, at: usize) -> Option<(String, String)> {
        let files = self.oracle.files(self.homes[at].spot);
        let at = self.chance.below(files.len() as u64) as usize;
        files.into_iter().nth(at)
    }

    pub(crate) async fn bin(&self, content: &str) -> String {
        let id = self.asset_of(content).await;
        self.ask("/assets/trash", json!({ "ids": [id] })).await;
        id
    }

    async fn tidy_up(&mut self) {
        // Put in the bin, and taken out again.
        if let Some((_, content)) = self.one_of(0) {
            let id = self.bin(&content).await;
            self.ask("/assets/restore", json!({ "ids": [id] })).await;
        }
        // Sent, and not wanted after all: this one now.
        let sent = self.oracle.uploads();
        if let Some(content) = sent.first().filter(|_| sent.len() > 1) {
            let id = self.bin(content).await;
            self.oracle.purged(content);
            self.ask("/bin/purge", json!({ "ids": [id] })).await;
        }
        for at in [FOLDER, FTP, BUCKET, SAFE_BUCKET] {
            self.tidy_up_place(at).await;
        }
        self.ask("/bin/empty", json!({})).await;
    }

    /// One goes, one is removed by its owner while it is in the bin, one is overwritten there.
    async fn tidy_up_place(&mut self, at: usize) {
        let spot = self.homes[at].spot;
        if let Some((_, content)) = self.one_of(at) {
            self.bin(&content).await;
            self.oracle.purged(&content);
        }
        let has_many = self.oracle.files(spot).len() > 3;
        if has_many && let Some((path, content)) = self.one_of(at) {
            self.bin(&content).await;
            self.oracle.purged(&content);
            self.homes[at].place.remove(&path);
            self.oracle.removed(spot, &path);
        }
        if let Some((path, content)) = self.one_of(at) {
            self.bin(&content).await;
            self.oracle.purged(&content);
            let bytes = self.picture();
            self.homes[at].place.change(&path, &bytes);
            self.oracle.wrote(spot, &path, &bytes);
        }
    }
}
