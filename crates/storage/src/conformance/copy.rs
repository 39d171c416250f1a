//! What copies promise that a place makes by itself.

use sha2::{Digest, Sha256};

use super::{Failure, Outcome, Subject, Verdict, pattern, same, skip};
use crate::{Copied, ErrorKind, Object, Origin, Pinned, StorageError, WriteMode};

const INCAPABLE: &str = "the connection does not copy by itself";

fn pinned(object: &Object) -> Pinned {
    Pinned {
        revision: object.revision.clone(),
        size: object.size,
    }
}

fn origin(subject: &Subject, name: &str) -> Result<Origin, Failure> {
    let origin = subject.storage().origin(&subject.path(name)?);
    origin.ok_or_else(|| Failure(format!("{name:?} is no origin of a copy")))
}

/// Copies as transfers do: to a free name, where the place can insist on it.
async fn copy(
    subject: &Subject,
    from: &str,
    pinned: &Pinned,
    to: &str,
) -> Result<Result<Copied, StorageError>, Failure> {
    let (origin, path) = (origin(subject, from)?, subject.path(to)?);
    let mode = if subject.storage().capability().write_create_only {
        WriteMode::CreateOnly
    } else {
        WriteMode::Replace
    };
    Ok(subject.storage().copy(&origin, pinned, &path, mode).await)
}

/// A copy is the object that was named, whole, whatever its size and name; the object stays.
pub async fn a_copy_is_the_object_that_was_named(subject: &Subject) -> Verdict {
    if !subject.storage().capability().copy {
        return Ok(skip(INCAPABLE));
    }
    let mebi = 1024 * 1024;
    let sizes = [0, 1, 50_000, 20 * mebi];
    let names = [
        "plain.jpg",
        "a b+c%2Fd.jpg",
        "élan & 100%.jpg",
        "deep/er/in.jpg",
    ];
    for (size, name) in sizes.into_iter().zip(names) {
        let content = pattern(size as u64, size);
        let written = subject.put(name, content.clone()).await?;
        let to = format!("copies/{name}");
        let copied = copy(subject, name, &pinned(&written), &to).await??;
        same("the size", &copied.object.size, &(size as u64))?;
        let asked = subject.storage().stat(&subject.path(&to)?).await?;
        same("the revision", &asked.revision, &copied.object.revision)?;
        for name in [name, to.as_str()] {
            let is_same = subject.get(name).await? == content;
            same(&format!("that {name:?} is the same"), &is_same, &true)?;
        }
        if let Some(told) = copied.sha256 {
            let hash: [u8; 32] = Sha256::digest(&content).into();
            same("the hash that the place tells", &told, &hash)?;
        }
    }
    Ok(Outcome::Passed)
}

/// What changed since, or is gone, is not copied: nothing is written.
pub async fn what_is_not_as_it_was_pinned_is_not_copied(subject: &Subject) -> Verdict {
    if !subject.storage().capability().copy {
        return Ok(skip(INCAPABLE));
    }
    for size in [1_000, 1_001] {
        let old = subject.put("photo.jpg", pattern(1, 1_000)).await?;
        subject.put("photo.jpg", pattern(2, size)).await?;
        let refused = copy(subject, "photo.jpg", &pinned(&old), "copy.jpg").await?;
        let kind = refused.err().map(|error| error.kind());
        same("the error", &kind, &Some(ErrorKind::Conflict))?;
    }
    let written = subject.put("photo.jpg", "x").await?;
    subject.remove("photo.jpg").await?;
    let refused = copy(subject, "photo.jpg", &pinned(&written), "copy.jpg").await?;
    let kind = refused.err().map(|error| error.kind());
    same("the error", &kind, &Some(ErrorKind::NotFound))?;
    same(
        "the objects",
        &subject.names().await?,
        &Vec::<String>::new(),
    )?;
    Ok(Outcome::Passed)
}

/// A copy that insists on a free name never replaces what is there.
pub async fn a_copy_never_replaces_what_is_there(subject: &Subject) -> Verdict {
    let capability = subject.storage().capability();
    if !capability.copy || !capability.write_create_only {
        return Ok(skip(INCAPABLE));
    }
    let written = subject.put("photo.jpg", pattern(1, 1_000)).await?;
    subject.put("copy.jpg", "somebody's own").await?;
    let refused = copy(subject, "photo.jpg", &pinned(&written), "copy.jpg").await?;
    let kind = refused.err().map(|error| error.kind());
    same("the error", &kind, &Some(ErrorKind::AlreadyExists))?;
    let kept = subject.get("copy.jpg").await?;
    same("the content", &kept.as_ref(), &b"somebody's own".as_slice())?;
    Ok(Outcome::Passed)
}

/// What another provider keeps, and what this place cannot copy, is refused before anything is
/// written: whoever asked reads and writes.
pub async fn what_cannot_be_copied_is_left_to_reading_and_writing(subject: &Subject) -> Verdict {
    let written = subject.put("photo.jpg", "x").await?;
    let path = subject.path("copy.jpg")?;
    let storage = subject.storage();
    let elsewhere = Origin {
        keeper: "somebody else".to_owned(),
        root: "their-bucket".to_owned(),
        path: "photo.jpg".to_owned(),
    };
    let mut origins = vec![elsewhere];
    if !storage.capability().copy {
        origins.extend(storage.origin(&subject.path("photo.jpg")?));
    }
    for origin in origins {
        let refused = storage
            .copy(&origin, &pinned(&written), &path, WriteMode::Replace)
            .await;
        let kind = refused.err().map(|error| error.kind());
        same("the error", &kind, &Some(ErrorKind::Unsupported))?;
    }
    subject.is_absent("copy.jpg").await?;
    Ok(Outcome::Passed)
}
