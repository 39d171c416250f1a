//! What became of an album: every file exactly one asset, with its pictures in their place.

use std::{collections::BTreeMap, path::Path};

use crate::{
    Rows,
    fixtures::{AlbumFile, Fate},
};

/// What the tables say of every file.
#[derive(Debug)]
pub struct Outcome {
    files: BTreeMap<String, Found>,
    assets: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    asset: String,
    read_state: String,
    render_state: String,
    reason: String,
    sha256: String,
    /// Keys and sizes in central storage.
    renditions: Vec<(String, u64)>,
}

impl Outcome {
    /// Reads what became of all files.
    pub async fn read(rows: &Rows) -> Self {
        let asset = rows.id("a.id");
        let objects = rows
            .texts(&format!(
                "select o.path, {asset}, a.read_state, r.state, \
                 coalesce(a.reason, r.reason, ''), {sha256} from remote_object o \
                 left join asset a on a.id = o.asset_id \
                 left join rendering r on r.asset_id = a.id and r.version = a.version",
                sha256 = rows.hex("a.sha256")
            ))
            .await;
        let renditions = rows
            .texts(&format!(
                "select {}, object_key, cast(size as text) from rendition order by width",
                rows.id("asset_id")
            ))
            .await;
        let mut by_asset: BTreeMap<String, Vec<(String, u64)>> = BTreeMap::new();
        for row in renditions {
            let size = row[2].parse().unwrap_or_default();
            by_asset
                .entry(row[0].clone())
                .or_default()
                .push((row[1].clone(), size));
        }
        let mut files = BTreeMap::new();
        for row in objects {
            let found = Found {
                asset: row[1].clone(),
                read_state: row[2].clone(),
                render_state: row[3].clone(),
                reason: row[4].clone(),
                sha256: row[5].clone(),
                renditions: by_asset.get(&row[1]).cloned().unwrap_or_default(),
            };
            let twin = files.insert(row[0].clone(), found);
            assert!(twin.is_none(), "two rows for {}", row[0]);
        }
        Self {
            files,
            assets: rows.count("select count(*) from asset").await,
        }
    }

    /// Fails unless every file of `album` became exactly one asset as it should, whose three
    /// pictures lie in `central`, and there is nothing else.
    pub fn assert_is(&self, album: &[AlbumFile], central: &Path) {
        let missing: Vec<_> = album
            .iter()
            .filter(|file| !self.files.contains_key(&file.path))
            .collect();
        let missing: Vec<_> = missing.iter().map(|file| &file.path).collect();
        assert!(missing.is_empty(), "lost: {missing:?}");
        assert_eq!(self.files.len(), album.len(), "files that nobody put there");
        assert_eq!(
            self.assets,
            album.len() as u64,
            "assets, for {} files",
            album.len()
        );
        let mut assets: Vec<_> = self.files.values().map(|found| &found.asset).collect();
        assets.sort_unstable();
        assets.dedup();
        assert_eq!(assets.len(), album.len(), "two files share an asset");
        for file in album {
            let found = &self.files[&file.path];
            assert_eq!(found.fate(), Some(file.fate), "{}: {found:?}", file.path);
            assert_eq!(
                found.sha256,
                sha256(&file.bytes),
                "{}: {found:?}",
                file.path
            );
            found.assert_pictures(&file.path, central);
        }
    }
}

impl Found {
    fn fate(&self) -> Option<Fate> {
        match (self.read_state.as_str(), self.render_state.as_str()) {
            ("renderable", "ready") => Some(Fate::Ready),
            ("broken", _) | ("renderable", "failed") => Some(Fate::Failed),
            ("unsupported", _) => Some(Fate::Unsupported),
            _ => None,
        }
    }

    fn assert_pictures(&self, path: &str, central: &Path) {
        let expected = if self.fate() == Some(Fate::Ready) {
            3
        } else {
            0
        };
        assert_eq!(
            self.renditions.len(),
            expected,
            "pictures of {path}: {self:?}"
        );
        if expected == 0 {
            assert!(!self.reason.is_empty(), "{path} has no reason: {self:?}");
        }
        for (key, size) in &self.renditions {
            let stored = std::fs::metadata(central.join(key))
                .map(|data| data.len())
                .ok();
            assert_eq!(stored, Some(*size), "{key} of {path}");
        }
    }
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    hex::encode(Sha256::digest(bytes))
}
