//! What reading promises.

use std::ops::Range;

use bytes::Bytes;
use stowage_domain::scan::is_vague as is_vague_revision;

use super::{Failure, Outcome, Subject, Verdict, ensure, pattern, same};
use crate::ErrorKind;

/// What is read is what was written, to the byte.
pub async fn reads_back_what_was_written(subject: &Subject) -> Verdict {
    let content = pattern(1, 300_000);
    subject.put("photo.jpg", content.clone()).await?;
    ensure(subject.get("photo.jpg").await? == content, || {
        "the content differs".into()
    })?;
    Ok(Outcome::Passed)
}

/// An object may have no bytes at all.
pub async fn reads_an_empty_object(subject: &Subject) -> Verdict {
    let written = subject.put("empty", Bytes::new()).await?;
    same("the size written", &written.size, &0)?;
    same("the content", &subject.get("empty").await?, &Bytes::new())?;
    same(
        "the names listed",
        &subject.names().await?,
        &vec!["empty".to_owned()],
    )?;
    let body = range_of(subject, "empty", 0..10).await?;
    same("the first ten bytes of nothing", &body, &Bytes::new())?;
    Ok(Outcome::Passed)
}

async fn range_of(subject: &Subject, name: &str, range: Range<u64>) -> Result<Bytes, Failure> {
    let read = subject
        .storage()
        .read(&subject.path(name)?, Some(range))
        .await?;
    Ok(read.into_bytes(u64::MAX).await?)
}

/// A range gives exactly its bytes, and the facts of the whole object.
pub async fn reads_any_range_of_an_object(subject: &Subject) -> Verdict {
    let content = pattern(2, 200_000);
    let written = subject.put("photo.jpg", content.clone()).await?;
    for range in [
        0..1,
        0..200_000,
        1..2,
        199_999..200_000,
        65_535..131_073,
        70_000..70_000,
    ] {
        let path = subject.path("photo.jpg")?;
        let read = subject.storage().read(&path, Some(range.clone())).await?;
        same(
            &format!("the size told with {range:?}"),
            &read.object.size,
            &200_000,
        )?;
        same(
            &format!("the revision told with {range:?}"),
            &read.object.revision,
            &written.revision,
        )?;
        let body = read.into_bytes(u64::MAX).await?;
        let expected = content.slice(range.start as usize..range.end as usize);
        ensure(body == expected, || {
            format!("range {range:?} gives {} other bytes", body.len())
        })?;
    }
    Ok(Outcome::Passed)
}

/// Of a range that reaches past the end, what is there is given.
pub async fn a_range_past_the_end_is_cut_at_the_end(subject: &Subject) -> Verdict {
    let content = pattern(3, 1_000);
    subject.put("photo.jpg", content.clone()).await?;
    let part = range_of(subject, "photo.jpg", 900..5_000).await?;
    same("the last hundred bytes", &part, &content.slice(900..))?;
    for range in [1_000..1_001, 5_000..6_000] {
        let part = range_of(subject, "photo.jpg", range.clone()).await?;
        same(&format!("range {range:?}"), &part, &Bytes::new())?;
    }
    Ok(Outcome::Passed)
}

/// Reading what is not there fails with `NotFound`.
pub async fn reading_nothing_is_not_found(subject: &Subject) -> Verdict {
    subject.put("other.jpg", "x").await?;
    for name in [
        "photo.jpg",
        "no/such/folder/photo.jpg",
        "other.jpg/photo.jpg",
    ] {
        for range in [None, Some(0..5), Some(5..5)] {
            match subject.storage().read(&subject.path(name)?, range).await {
                Ok(_) => return Err(Failure(format!("{name:?} was read"))),
                Err(error) => same("the error's kind", &error.kind(), &ErrorKind::NotFound)?,
            }
        }
    }
    Ok(Outcome::Passed)
}

/// Asking for the facts of what is not there fails with `NotFound`.
pub async fn stat_of_nothing_is_not_found(subject: &Subject) -> Verdict {
    subject.put("other.jpg", "x").await?;
    for name in [
        "photo.jpg",
        "other.jp",
        "other.jpg2",
        "no/such/folder/photo.jpg",
    ] {
        subject.is_absent(name).await?;
    }
    Ok(Outcome::Passed)
}

/// A folder is neither an object nor in the way of being told that there is none.
pub async fn a_folder_is_no_object(subject: &Subject) -> Verdict {
    subject.put("folder/photo.jpg", "x").await?;
    subject.is_absent("folder").await?;
    subject.remove("folder").await?;
    same(
        "what is left",
        &subject.get("folder/photo.jpg").await?,
        &Bytes::from("x"),
    )?;
    Ok(Outcome::Passed)
}

/// Writing, listing, asking and reading give the same id, path, size and revision. A listing that
/// cannot tell the revision says that of itself.
pub async fn all_answers_tell_the_same_facts(subject: &Subject) -> Verdict {
    let written = subject.put("a/photo.jpg", pattern(4, 5_000)).await?;
    let path = subject.path("a/photo.jpg")?;
    let asked = subject.storage().stat(&path).await?;
    let read = subject.storage().read(&path, None).await?;
    let listed = subject.objects().await?;
    same("the number of objects listed", &listed.len(), &1)?;
    same("the path", &written.path.as_str(), &path.as_str())?;
    same("the size", &written.size, &5_000)?;
    for (who, object) in [
        ("stat", &asked),
        ("read", &read.object),
        ("list", &listed[0]),
    ] {
        same(
            &format!("the id by {who}"),
            &object.remote_id,
            &written.remote_id,
        )?;
        same(&format!("the path by {who}"), &object.path, &written.path)?;
        same(&format!("the size by {who}"), &object.size, &written.size)?;
        let is_vague = who == "list" && !subject.storage().capability().exact_listing;
        if is_vague {
            ensure(is_vague_revision(&object.revision), || {
                format!("{} by {who} does not say that it is vague", object.revision)
            })?;
        } else {
            same(
                &format!("the revision by {who}"),
                &object.revision,
                &written.revision,
            )?;
        }
        ensure(object.modified_at.is_some(), || {
            format!("{who} gives no time")
        })?;
    }
    Ok(Outcome::Passed)
}

/// The identity says which place it is, and does not change with its content.
pub async fn says_the_same_identity_every_time(subject: &Subject) -> Verdict {
    let before = subject.storage().identify().await?;
    subject.put("photo.jpg", "x").await?;
    let after = subject.storage().identify().await?;
    ensure(!before.0.is_empty(), || "the identity is empty".into())?;
    same("the identity after a write", &after, &before)?;
    Ok(Outcome::Passed)
}
