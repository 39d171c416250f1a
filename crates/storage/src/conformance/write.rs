//! What writing promises.

use bytes::Bytes;

use super::{
    Failure, Outcome, Subject, Verdict, ensure, pattern, same, skip,
    subject::{chunked, failing_body},
};
use crate::{DeleteCondition, ErrorKind, WriteMode, bytes_of};

/// A write replaces the whole object, also by a shorter one.
pub async fn a_write_replaces_the_whole_object(subject: &Subject) -> Verdict {
    for size in [50_000, 10, 90_000, 0, 1] {
        let content = pattern(size as u64, size);
        subject.put("photo.jpg", content.clone()).await?;
        ensure(subject.get("photo.jpg").await? == content, || {
            format!("{size} bytes differ")
        })?;
    }
    same(
        "the objects",
        &subject.names().await?,
        &vec!["photo.jpg".to_owned()],
    )?;
    Ok(Outcome::Passed)
}

/// Other content of the same size has another revision, the same object asked twice has not.
pub async fn a_changed_object_has_another_revision(subject: &Subject) -> Verdict {
    let mut seen = Vec::new();
    for seed in 1..=4 {
        let written = subject.put("photo.jpg", pattern(seed, 1_000)).await?;
        let path = subject.path("photo.jpg")?;
        for _ in 0..2 {
            let asked = subject.storage().stat(&path).await?;
            same("the revision asked for", &asked.revision, &written.revision)?;
        }
        ensure(!seen.contains(&written.revision), || {
            format!("{} came again", written.revision)
        })?;
        seen.push(written.revision);
    }
    Ok(Outcome::Passed)
}

/// Objects of all sizes arrive whole, in whatever pieces they are handed in.
pub async fn writes_objects_of_every_size(subject: &Subject) -> Verdict {
    let mebi = 1024 * 1024;
    for size in [
        1,
        65_536,
        65_537,
        mebi,
        8 * mebi,
        16 * mebi,
        16 * mebi + 1,
        20 * mebi,
    ] {
        let content = pattern(size as u64, size);
        let path = subject.path("video.mov")?;
        let body = chunked(&content);
        let mode = WriteMode::Replace;
        let written = subject
            .storage()
            .write(&path, size as u64, body, mode)
            .await?;
        let asked = subject.storage().stat(&path).await?;
        same("the size", &asked.size, &(size as u64))?;
        same("the revision", &asked.revision, &written.revision)?;
        ensure(subject.get("video.mov").await? == content, || {
            format!("{size} bytes differ")
        })?;
    }
    Ok(Outcome::Passed)
}

/// A source that fails half-way leaves no object, and an older one as it was.
pub async fn a_small_body_that_fails_leaves_everything_as_it_was(subject: &Subject) -> Verdict {
    leaves_everything_as_it_was(subject, 300_000, 200_000).await
}

/// The same for objects that are uploaded in parts.
pub async fn a_large_body_that_fails_leaves_everything_as_it_was(subject: &Subject) -> Verdict {
    let mebi = 1024 * 1024;
    leaves_everything_as_it_was(subject, 30 * mebi, 20 * mebi as usize).await
}

async fn leaves_everything_as_it_was(subject: &Subject, announced: u64, comes: usize) -> Verdict {
    let storage = subject.storage();
    subject.put("old.jpg", "as it was").await?;
    let content = pattern(5, comes);
    for name in ["old.jpg", "new.jpg", "new folder/new.jpg"] {
        let path = subject.path(name)?;
        let body = failing_body(&content);
        let written = storage
            .write(&path, announced, body, WriteMode::Replace)
            .await;
        ensure(written.is_err(), || {
            format!("{name:?} was written from a broken source")
        })?;
    }
    same(
        "the older content",
        &subject.get("old.jpg").await?,
        &Bytes::from("as it was"),
    )?;
    subject.is_absent("new.jpg").await?;
    same(
        "the objects",
        &subject.names().await?,
        &vec!["old.jpg".to_owned()],
    )?;
    let folders = storage.folders(Some(&subject.folder()?)).await?;
    same("the folders", &folders, &Vec::<String>::new())?;
    Ok(Outcome::Passed)
}

/// A body that is shorter or longer than announced is refused and leaves nothing.
pub async fn a_body_of_another_length_is_refused(subject: &Subject) -> Verdict {
    for (announced, comes) in [
        (1_000, 999),
        (1_000, 1_001),
        (0, 1),
        (1, 0),
        (200_000, 70_000),
    ] {
        let path = subject.path("photo.jpg")?;
        let body = chunked(&pattern(6, comes));
        let written = subject
            .storage()
            .write(&path, announced, body, WriteMode::Replace)
            .await;
        ensure(written.is_err(), || {
            format!("{comes} bytes passed for {announced}")
        })?;
        subject.is_absent("photo.jpg").await?;
    }
    Ok(Outcome::Passed)
}

/// Create-only fails with `AlreadyExists` where an object is, and leaves that object alone.
pub async fn create_only_never_replaces(subject: &Subject) -> Verdict {
    let storage = subject.storage();
    let path = subject.path("photo.jpg")?;
    let first = storage
        .write(&path, 5, bytes_of("first"), WriteMode::CreateOnly)
        .await;
    if !storage.capability().write_create_only {
        let kind = first.err().map(|error| error.kind());
        same(
            "the error without the capability",
            &kind,
            &Some(ErrorKind::Unsupported),
        )?;
        subject.is_absent("photo.jpg").await?;
        return Ok(skip(
            "the connection cannot write on condition that nothing is there",
        ));
    }
    first?;
    let second = storage
        .write(&path, 6, bytes_of("second"), WriteMode::CreateOnly)
        .await;
    let kind = second.err().map(|error| error.kind());
    same(
        "the error of the second write",
        &kind,
        &Some(ErrorKind::AlreadyExists),
    )?;
    same(
        "the content",
        &subject.get("photo.jpg").await?,
        &Bytes::from("first"),
    )?;
    Ok(Outcome::Passed)
}

/// A read-only connection writes and deletes nothing and says `Unsupported`.
pub async fn a_read_only_connection_refuses_to_write(subject: &Subject) -> Verdict {
    let storage = subject.storage();
    if storage.capability().write {
        return Ok(skip("the connection may write"));
    }
    let path = subject.path("photo.jpg")?;
    for mode in [WriteMode::Replace, WriteMode::CreateOnly] {
        match storage.write(&path, 1, bytes_of("x"), mode).await {
            Ok(_) => return Err(Failure("a read-only connection wrote".into())),
            Err(error) => same("the error's kind", &error.kind(), &ErrorKind::Unsupported)?,
        }
    }
    for condition in [
        DeleteCondition::OwnKey,
        DeleteCondition::Unchanged("x".into()),
    ] {
        match storage.delete(&path, condition).await {
            Ok(()) => return Err(Failure("a read-only connection deleted".into())),
            Err(error) => same("the error's kind", &error.kind(), &ErrorKind::Unsupported)?,
        }
    }
    Ok(Outcome::Passed)
}
