//! What holds when several act at once.

use bytes::Bytes;
use futures::{future::join_all, stream, stream::StreamExt};

use super::{Failure, Outcome, Subject, Verdict, ensure, pattern, same, skip};
use crate::{ErrorKind, StorageError, WriteMode, bytes_of};

const WRITERS: u64 = 8;

/// Of writers that insist on being the first, one wins and the others are told.
pub async fn concurrent_create_only_writes_have_one_winner(subject: &Subject) -> Verdict {
    let storage = subject.storage();
    if !storage.capability().write_create_only {
        return Ok(skip(
            "the connection cannot write on condition that nothing is there",
        ));
    }
    for round in 0..5 {
        let name = format!("{round}.jpg");
        let path = subject.path(&name)?;
        let writes = (0..WRITERS).map(|writer| {
            let body = bytes_of(pattern(writer, 20_000));
            storage.write(&path, 20_000, body, WriteMode::CreateOnly)
        });
        let answers: Vec<Result<_, StorageError>> = join_all(writes).await;
        let winners: Vec<usize> = (0..answers.len())
            .filter(|&writer| answers[writer].is_ok())
            .collect();
        same("the number of winners", &winners.len(), &1)?;
        for error in answers.into_iter().filter_map(Result::err) {
            same(
                "what the others are told",
                &error.kind(),
                &ErrorKind::AlreadyExists,
            )?;
        }
        let left = subject.get(&name).await?;
        ensure(left == pattern(winners[0] as u64, 20_000), || {
            "a loser's content is there".into()
        })?;
    }
    Ok(Outcome::Passed)
}

/// Whoever reads an object while it is replaced gets the old or the new, whole, or is told.
pub async fn readers_of_a_replaced_object_see_one_version_whole(subject: &Subject) -> Verdict {
    const SIZE: usize = 700_000;
    subject.put("photo.jpg", pattern(0, SIZE)).await?;
    let versions: Vec<Bytes> = (0..10).map(|seed| pattern(seed, SIZE)).collect();
    let write_all = async {
        for version in &versions {
            subject.put("photo.jpg", version.clone()).await?;
        }
        Ok::<(), Failure>(())
    };
    let read_some = async {
        for _ in 0..20 {
            let read = subject
                .storage()
                .read(&subject.path("photo.jpg")?, None)
                .await?;
            match read.into_bytes(u64::MAX).await {
                Ok(content) => {
                    ensure(versions.contains(&content), || {
                        "two versions were mixed".into()
                    })?;
                }
                Err(error) if error.is_temporary() || error.kind() == ErrorKind::Conflict => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok::<(), Failure>(())
    };
    let (written, read) = futures::join!(write_all, read_some);
    written?;
    read?;
    Ok(Outcome::Passed)
}

/// Writers that need the same new folders do not get in each other's way.
pub async fn concurrent_writes_into_new_folders_all_succeed(subject: &Subject) -> Verdict {
    let names: Vec<String> = (0..40)
        .map(|n| format!("{}/{}/photo {n}.jpg", n % 2, n % 4))
        .collect();
    let written: Vec<Result<(), Failure>> = stream::iter(names.clone())
        .map(|name| async move { subject.put(&name, "x").await.map(drop) })
        .buffer_unordered(16)
        .collect()
        .await;
    written.into_iter().collect::<Result<(), Failure>>()?;
    let mut expected = names.clone();
    expected.sort_unstable();
    same("the listing", &subject.names().await?, &expected)?;
    Ok(Outcome::Passed)
}
