//! What deleting promises.

use bytes::Bytes;

use super::{Failure, Outcome, Subject, Verdict, pattern, same, skip};
use crate::{DeleteCondition, ErrorKind};

/// A deleted object is neither found nor listed.
pub async fn a_deleted_object_is_gone(subject: &Subject) -> Verdict {
    subject.put("photo.jpg", "x").await?;
    subject.remove("photo.jpg").await?;
    subject.is_absent("photo.jpg").await?;
    same(
        "the objects",
        &subject.names().await?,
        &Vec::<String>::new(),
    )?;
    Ok(Outcome::Passed)
}

/// Deleting what is gone, or never was, succeeds.
pub async fn deleting_twice_is_deleting(subject: &Subject) -> Verdict {
    subject.put("photo.jpg", "x").await?;
    for name in [
        "photo.jpg",
        "photo.jpg",
        "never.jpg",
        "no/such/folder/never.jpg",
    ] {
        subject.remove(name).await?;
    }
    Ok(Outcome::Passed)
}

async fn delete_if(subject: &Subject, name: &str, revision: &str) -> Result<(), ErrorKind> {
    let path = subject.path(name).map_err(|_| ErrorKind::Unexpected)?;
    let condition = DeleteCondition::Unchanged(revision.to_owned());
    subject
        .storage()
        .delete(&path, condition)
        .await
        .map_err(|error| error.kind())
}

/// An object that still has its revision is deleted, and so is one that is gone already.
pub async fn an_unchanged_object_is_deleted_on_condition(subject: &Subject) -> Verdict {
    let written = subject.put("photo.jpg", pattern(1, 1_000)).await?;
    let first = delete_if(subject, "photo.jpg", &written.revision).await;
    if !subject.storage().capability().delete_if_unchanged {
        same(
            "the answer without the capability",
            &first,
            &Err(ErrorKind::Unsupported),
        )?;
        subject.get("photo.jpg").await?;
        return Ok(skip("the connection cannot delete on condition"));
    }
    same("the first delete", &first, &Ok(()))?;
    subject.is_absent("photo.jpg").await?;
    same(
        "the second",
        &delete_if(subject, "photo.jpg", &written.revision).await,
        &Ok(()),
    )?;
    Ok(Outcome::Passed)
}

/// An object that has changed stays, and the answer is `Conflict`.
pub async fn a_changed_object_is_not_deleted_on_condition(subject: &Subject) -> Verdict {
    if !subject.storage().capability().delete_if_unchanged {
        return Ok(skip("the connection cannot delete on condition"));
    }
    let old = subject.put("photo.jpg", pattern(1, 1_000)).await?;
    let new = subject.put("photo.jpg", pattern(2, 1_000)).await?;
    let answer = delete_if(subject, "photo.jpg", &old.revision).await;
    same("the answer", &answer, &Err(ErrorKind::Conflict))?;
    let left = subject.get("photo.jpg").await?;
    super::ensure(left == pattern(2, 1_000), || {
        "another content is left".into()
    })?;
    same(
        "a delete with the new revision",
        &delete_if(subject, "photo.jpg", &new.revision).await,
        &Ok(()),
    )?;
    Ok(Outcome::Passed)
}

/// Neighbours, objects below and objects above stay where they are.
pub async fn deletes_nothing_but_the_object(subject: &Subject) -> Verdict {
    let names = ["a/b/c", "a/b/d", "a/b2", "a/x", "b"];
    for name in names {
        subject.put(name, name).await?;
    }
    for name in ["a/b", "a", "a/b/c/d", "a/b/c"] {
        subject.remove(name).await?;
    }
    for name in &names[1..] {
        same(
            name,
            &subject.get(name).await?,
            &Bytes::copy_from_slice(name.as_bytes()),
        )
        .map_err(|Failure(what)| Failure(format!("after deletes around it, {what}")))?;
    }
    subject.is_absent("a/b/c").await?;
    Ok(Outcome::Passed)
}
