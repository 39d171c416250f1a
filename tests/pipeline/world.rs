//! One application, one place with photographs, one library over it.

use std::{fs, time::Duration};

use serde_json::Value;
use stowage_tests::{
    Kind, Library, Mode, Options, Outcome, Place, Rclone, Stowage, eventually, fixtures::AlbumFile,
};

/// How long a storage may take to be seen as it is: a few tries, a second apart.
pub(crate) const NOTICED: Duration = Duration::from_mins(1);

/// What a test plays with.
pub(crate) struct World {
    pub(crate) stowage: Stowage,
    /// The server of central storage, where that is a bucket.
    _central: Option<Rclone>,
    pub(crate) place: Place,
    pub(crate) library: Library,
}

impl World {
    /// Starts it all, with an empty place; none where a server is missing.
    pub(crate) async fn new(mode: Mode, kind: Kind) -> Option<Self> {
        let place = Place::new(kind).await?;
        let options = Options::folder(place.allowed());
        Self::start(mode, place, None, options).await
    }

    /// Starts six processes whose central storage is a bucket; its objects are files of the folder
    /// that is central storage's otherwise.
    pub(crate) async fn over_bucket(kind: Kind) -> Option<Self> {
        const BUCKET: &str = "central";
        let place = Place::new(kind).await?;
        let served = place.allowed().join("server of central storage");
        fs::create_dir_all(served.join(BUCKET)).expect("a folder can be made");
        let rclone = Rclone::start(&served, &served).await?;
        let (access_key, secret_key) = Rclone::keys();
        let mut options = Options::folder(place.allowed())
            .with("STOWAGE_CENTRAL__KIND", "s3")
            .with("STOWAGE_CENTRAL__PROVIDER", "custom")
            .with("STOWAGE_CENTRAL__BUCKET", BUCKET)
            .with("STOWAGE_CENTRAL__ENDPOINT", &rclone.url())
            .with("STOWAGE_CENTRAL__ACCESS_KEY", access_key)
            .with("STOWAGE_CENTRAL__SECRET_KEY", secret_key);
        options.central = Some(served.join(BUCKET));
        Self::start(Mode::Distributed, place, Some(rclone), options).await
    }

    async fn start(
        mode: Mode,
        place: Place,
        central: Option<Rclone>,
        options: Options,
    ) -> Option<Self> {
        let stowage = Stowage::start(mode, &options).await?;
        let world = Self::over(stowage, place).await;
        Some(Self {
            _central: central,
            ..world
        })
    }

    /// Sets a library up.
    pub(crate) async fn over(mut stowage: Stowage, place: Place) -> Self {
        let library = Library::set_up(&mut stowage).await;
        Self {
            stowage,
            _central: None,
            place,
            library,
        }
    }

    /// Fills the place and imports all of it. Returns the storage's id.
    pub(crate) async fn import(&self, album: &[AlbumFile]) -> String {
        self.place.fill(album);
        self.library.import(&self.place).await
    }

    /// Scans until nothing is left to do, and returns the scan.
    pub(crate) async fn rescan(&self, storage: &str) -> Value {
        let scan = self.library.scan(storage).await;
        self.library.wait_until_idle().await;
        scan
    }

    /// Scans once, whatever is left to do.
    pub(crate) async fn rescan_once(&self, storage: &str) -> Value {
        self.library.scan(storage).await
    }

    /// Fails unless the library holds exactly this album.
    pub(crate) async fn assert_holds(&self, album: &[AlbumFile]) {
        let outcome = Outcome::read(self.library.rows()).await;
        outcome.assert_is(album, self.stowage.central());
        let listed = self.library.assets().await;
        assert_eq!(listed.len(), album.len(), "assets that the interface lists");
    }

    /// Returns all rows of the tables that no outage may touch.
    pub(crate) async fn catalog(&self) -> Vec<String> {
        let rows = self.library.rows();
        let mut catalog = rows.table("asset").await;
        catalog.extend(rows.table("remote_object").await);
        catalog
    }

    /// Waits until the storage stands like this, and returns it.
    pub(crate) async fn wait_for_status(&self, storage: &str, wanted: &[&str]) -> Value {
        eventually(&format!("the storage is {wanted:?}"), NOTICED, async || {
            let view = self
                .library
                .try_get(&format!("/storages/{storage}"))
                .await?;
            let status = view["status"].as_str().unwrap_or_default();
            if wanted.contains(&status) {
                Ok(view)
            } else {
                Err(view.to_string())
            }
        })
        .await
    }
}
