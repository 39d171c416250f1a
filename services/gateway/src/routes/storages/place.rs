//! Where storages lie to each other: what overlaps is refused, and the place of a storage that was
//! removed with its entries kept is that storage again (SPEC D1, D9).

use serde_json::Value;
use stowage_db::{DbError, Tx, repo::StorageRow};
use stowage_domain::{Access, Relation, Root, StorageId, StorageKind, StorageStatus};
use stowage_rpc::{ErrorCode, Problem};

use crate::problem::{Answer, Kind};

/// Where a storage is to be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) kind: StorageKind,
    /// JSON.
    pub(crate) settings: &'a str,
    /// Who is signed in as there, where the kind knows users.
    pub(crate) user: Option<&'a str>,
    pub(crate) access: Access,
}

/// The storage with this name has that place, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Overlap(pub(super) String);

const OVERLAPS: Kind = Kind::named(
    ErrorCode::Conflict,
    "storage-overlaps",
    "Another storage has that place, or a part of it",
);

impl Answer for Overlap {
    fn kinds() -> Vec<Kind> {
        vec![OVERLAPS]
    }

    fn problem(self) -> Problem {
        OVERLAPS.problem().with_detail(format!(
            "the storage {:?} contains that place, lies in it, or is the same, and one of the two is \
             written to; choose a place outside of it, or connect both read-only",
            self.0
        ))
    }
}

/// The place carries the marker of another library, written at this time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Foreign(pub(super) String);

const FOREIGN: Kind = Kind::named(
    ErrorCode::Conflict,
    "storage-of-another-library",
    "The place belongs to another library",
);

impl Answer for Foreign {
    fn kinds() -> Vec<Kind> {
        vec![FOREIGN]
    }

    fn problem(self) -> Problem {
        FOREIGN.problem().with_detail(format!(
            "the marker file .stowage there was written for another library on {}; if that no \
             longer uses it, take the place over",
            self.0
        ))
    }
}

/// What was found at a place.
pub(crate) enum Neighbours {
    None,
    /// A storage that was removed with its entries kept.
    Former(StorageId),
    Overlap(Overlap),
}

/// Looks for storages at a place, but `me`.
pub(crate) async fn neighbours(
    tx: &Tx,
    place: &Place<'_>,
    me: Option<StorageId>,
) -> Result<Neighbours, DbError> {
    let root = root_of(place.kind, place.settings);
    for overview in tx.storages().list().await? {
        let other = overview.storage;
        if Some(other.id) == me || other.kind != place.kind {
            continue;
        }
        let relation = root.relation(&root_of(other.kind, &other.settings));
        if relation == Relation::Apart || is_of_another_user(tx, &other, place.user).await? {
            continue;
        }
        let is_parted = !other.is_on && overview.health.status == StorageStatus::Disconnected;
        if is_parted && relation == Relation::Same {
            return Ok(Neighbours::Former(other.id));
        }
        let is_written = [other.access, place.access].contains(&Access::ReadWrite);
        if is_written && !is_parted {
            return Ok(Neighbours::Overlap(Overlap(other.name)));
        }
    }
    Ok(Neighbours::None)
}

/// Returns where a storage's root lies, as its settings say it.
fn root_of(kind: StorageKind, settings: &str) -> Root {
    let settings: Value = serde_json::from_str(settings).unwrap_or_default();
    let text = |field: &str| settings[field].as_str().unwrap_or_default().to_lowercase();
    let path = |field: &str| settings[field].as_str().unwrap_or_default();
    match kind {
        StorageKind::S3 => {
            let service = match text("endpoint") {
                endpoint if !endpoint.is_empty() => endpoint.trim_end_matches('/').to_owned(),
                _ if text("provider") == "aws" => "aws".to_owned(),
                _ => format!("{}:{}", text("provider"), text("region")),
            };
            let bucket = path("bucket");
            Root::new(format!("s3:{service}/{bucket}"), path("path_prefix"))
        }
        StorageKind::Ftp => {
            let port = settings["port"].as_u64().unwrap_or(21);
            Root::new(format!("ftp:{}:{port}", text("host")), path("folder"))
        }
        _ => Root::new(kind.as_str(), path("folder")),
    }
}

/// Returns whether an FTP server shows the other storage to another user, whose folders are others.
async fn is_of_another_user(
    tx: &Tx,
    other: &StorageRow,
    user: Option<&str>,
) -> Result<bool, DbError> {
    let (Some(user), StorageKind::Ftp) = (user, other.kind) else {
        return Ok(false);
    };
    let identity = tx.scans().identity(other.id).await?;
    let names_users = identity.filter(|identity| identity.starts_with("ftp:"));
    Ok(names_users.is_some_and(|identity| !identity.contains(&format!("/{user}/"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relation(kind: StorageKind, one: &str, other: &str) -> Relation {
        root_of(kind, one).relation(&root_of(kind, other))
    }

    #[test]
    fn d27_photos_does_not_overlap_photos2() {
        let prefix = |prefix: &str| {
            format!(
                r#"{{"provider":"custom","bucket":"b","endpoint":"http://S3.local/","path_prefix":"{prefix}"}}"#
            )
        };
        let compare =
            |one: &str, other: &str| relation(StorageKind::S3, &prefix(one), &prefix(other));
        assert_eq!(compare("photos/", "photos2/"), Relation::Apart);
        assert_eq!(compare("photos", "photos/"), Relation::Same);
        assert_eq!(compare("", "photos"), Relation::Nested);
        let elsewhere = r#"{"provider":"custom","bucket":"b","endpoint":"http://other.local"}"#;
        assert_eq!(
            relation(StorageKind::S3, &prefix(""), elsewhere),
            Relation::Apart
        );
    }

    #[test]
    fn the_same_place_in_other_words_is_the_same() {
        let aws =
            |region: &str| format!(r#"{{"provider":"aws","bucket":"b","region":"{region}"}}"#);
        assert_eq!(
            relation(StorageKind::S3, &aws("eu-west-1"), &aws("us-east-1")),
            Relation::Same,
            "the names of Amazon's buckets are the world's"
        );
        let fs = |folder: &str| format!(r#"{{"folder":"{folder}"}}"#);
        assert_eq!(
            relation(StorageKind::Fs, &fs("/srv/photos"), &fs("/srv/photos/")),
            Relation::Same
        );
        let ftp = |port: &str| format!(r#"{{"host":"NAS.local","security":"ftps"{port}}}"#);
        assert_eq!(
            relation(StorageKind::Ftp, &ftp(""), &ftp(r#","port":21"#)),
            Relation::Same
        );
    }
}
