//! Listings in byte order, from places that list in an order of their own.
//!
//! Sorted stretches go to temporary files that have no name, and are merged from there. In memory
//! are one stretch and one object per file: 32 MiB, however large the storage.

use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
    fs::File,
    io::{BufRead, BufReader, BufWriter, Seek, Write},
};

use async_stream::try_stream;
use futures::{StreamExt, TryStreamExt, pin_mut};

use crate::{ErrorKind, ListPage, Listing, Object, StorageError};

/// Objects in a page that was put together here.
const PAGE: usize = 1_000;

/// Roughly how many bytes of objects are held before they go to a file.
const STRETCH: usize = 32 * 1024 * 1024;

/// Sorts a listing by remote id. Of an object that is listed twice, the later word counts.
pub fn external_sort(listing: Listing) -> Listing {
    sort_in_stretches(listing, STRETCH)
}

fn sort_in_stretches(listing: Listing, stretch: usize) -> Listing {
    try_stream! {
        let mut runs = Vec::new();
        let mut held: Vec<Object> = Vec::new();
        let mut weight = 0;
        pin_mut!(listing);
        while let Some(mut page) = listing.try_next().await? {
            let objects = std::mem::take(&mut page.objects);
            weight += objects.iter().map(weigh).sum::<usize>();
            held.extend(objects);
            if !page.skipped.is_empty() || !page.unreadable.is_empty() {
                yield page;
            }
            if weight > stretch {
                let objects = std::mem::take(&mut held);
                runs.push(blocking(move || spill(objects)).await?);
                weight = 0;
            }
        }
        let mut merge = blocking(move || Merge::new(runs, held)).await?;
        loop {
            let (page, next) = blocking(move || Ok((merge.page()?, merge))).await?;
            merge = next;
            if page.is_empty() {
                break;
            }
            yield ListPage { objects: page, ..ListPage::default() };
        }
    }
    .boxed()
}

fn weigh(object: &Object) -> usize {
    size_of::<Object>() + object.remote_id.len() + object.path.len() + object.revision.len()
}

async fn blocking<T, F>(work: F) -> Result<T, StorageError>
where
    F: FnOnce() -> std::io::Result<T> + Send + 'static,
    T: Send + 'static,
{
    let done = match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(std::io::Error::other(error)),
    };
    done.map_err(|error| {
        StorageError::new(
            ErrorKind::Full,
            "could not sort a listing in the temporary folder",
        )
        .with_source(error)
    })
}

/// Sorts by remote id, keeping the last of each.
fn sort(objects: &mut Vec<Object>) {
    objects.reverse();
    objects.sort_by(|one, other| one.remote_id.cmp(&other.remote_id));
    objects.dedup_by(|later, kept| later.remote_id == kept.remote_id);
}

fn spill(mut objects: Vec<Object>) -> std::io::Result<File> {
    sort(&mut objects);
    let mut file = BufWriter::new(tempfile::tempfile()?);
    for object in &objects {
        serde_json::to_writer(&mut file, object)?;
        file.write_all(b"\n")?;
    }
    let mut file = file
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error)?;
    file.rewind()?;
    Ok(file)
}

enum Run {
    Spilled(BufReader<File>),
    Held(std::vec::IntoIter<Object>),
}

impl Run {
    fn next(&mut self) -> std::io::Result<Option<Object>> {
        match self {
            Self::Held(objects) => Ok(objects.next()),
            Self::Spilled(file) => {
                let mut line = String::new();
                if file.read_line(&mut line)? == 0 {
                    return Ok(None);
                }
                Ok(Some(serde_json::from_str(&line)?))
            }
        }
    }
}

/// The next object of a run. Later runs come first among equals: theirs is the later word.
struct Head {
    object: Object,
    run: usize,
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> Ordering {
        let ids = self.object.remote_id.cmp(&other.object.remote_id);
        ids.then(other.run.cmp(&self.run))
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Head {}

struct Merge {
    runs: Vec<Run>,
    heads: BinaryHeap<Reverse<Head>>,
    last: Option<String>,
}

impl Merge {
    fn new(spilled: Vec<File>, mut held: Vec<Object>) -> std::io::Result<Self> {
        sort(&mut held);
        let files = spilled
            .into_iter()
            .map(|file| Run::Spilled(BufReader::new(file)));
        let runs = files.chain([Run::Held(held.into_iter())]).collect();
        let mut merge = Self {
            runs,
            heads: BinaryHeap::new(),
            last: None,
        };
        for run in 0..merge.runs.len() {
            merge.refill(run)?;
        }
        Ok(merge)
    }

    fn refill(&mut self, run: usize) -> std::io::Result<()> {
        if let Some(object) = self.runs[run].next()? {
            self.heads.push(Reverse(Head { object, run }));
        }
        Ok(())
    }

    fn page(&mut self) -> std::io::Result<Vec<Object>> {
        let mut page = Vec::new();
        while page.len() < PAGE {
            let Some(Reverse(Head { object, run })) = self.heads.pop() else {
                break;
            };
            self.refill(run)?;
            if self.last.as_ref() != Some(&object.remote_id) {
                self.last = Some(object.remote_id.clone());
                page.push(object);
            }
        }
        Ok(page)
    }
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;

    fn object(id: &str, revision: &str) -> Object {
        Object {
            remote_id: id.to_owned(),
            path: id.to_owned(),
            size: 1,
            modified_at: None,
            revision: revision.to_owned(),
        }
    }

    async fn sorted(pages: Vec<Vec<Object>>, stretch: usize) -> Vec<Object> {
        let pages = pages.into_iter().map(|objects| {
            Ok(ListPage {
                objects,
                ..ListPage::default()
            })
        });
        let listing = sort_in_stretches(stream::iter(pages.collect::<Vec<_>>()).boxed(), stretch);
        listing
            .map_ok(|page| page.objects)
            .try_concat()
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn sorts_in_memory_and_through_files_alike() {
        // 7 and 5,003 share no factor: every number once, in no order.
        let ids: Vec<Object> = (0..5_003)
            .map(|n| object(&format!("{:05}", n * 7 % 5_003), "r"))
            .collect();
        let pages: Vec<Vec<Object>> = ids.chunks(100).map(<[Object]>::to_vec).collect();
        let expected: Vec<String> = (0..5_003).map(|n| format!("{n:05}")).collect();
        for stretch in [usize::MAX, 100_000, 1] {
            let found = sorted(pages.clone(), stretch).await;
            let found: Vec<String> = found.into_iter().map(|object| object.remote_id).collect();
            assert_eq!(found, expected, "with stretches of {stretch} bytes");
        }
    }

    #[tokio::test]
    async fn of_an_object_listed_twice_the_later_word_counts() {
        let pages = vec![
            vec![object("b", "old"), object("a", "1")],
            vec![object("b", "new"), object("c", "1")],
        ];
        for stretch in [usize::MAX, 1] {
            let found = sorted(pages.clone(), stretch).await;
            let found: Vec<_> = found
                .iter()
                .map(|it| (&*it.remote_id, &*it.revision))
                .collect();
            assert_eq!(found, [("a", "1"), ("b", "new"), ("c", "1")]);
        }
    }

    #[tokio::test]
    async fn sorts_by_bytes() {
        let names = [
            "a/b",
            "a.txt",
            "a",
            "\u{e9}",
            "z",
            "Z",
            "\u{10000}",
            "\u{ffee}",
        ];
        let found = sorted(
            vec![names.iter().map(|name| object(name, "r")).collect()],
            1,
        )
        .await;
        let found: Vec<&str> = found.iter().map(|it| it.remote_id.as_str()).collect();
        assert_eq!(
            found,
            [
                "Z",
                "a",
                "a.txt",
                "a/b",
                "z",
                "\u{e9}",
                "\u{ffee}",
                "\u{10000}"
            ]
        );
    }

    #[tokio::test]
    async fn an_error_of_the_listing_is_an_error_of_the_sorted_one() {
        let pages = vec![
            Ok(ListPage {
                objects: vec![object("a", "1")],
                ..ListPage::default()
            }),
            Err(StorageError::new(ErrorKind::Timeout, "gone")),
        ];
        let found: Result<Vec<_>, _> = external_sort(stream::iter(pages).boxed())
            .try_collect()
            .await;
        assert_eq!(found.unwrap_err().kind(), ErrorKind::Timeout);
    }
}
