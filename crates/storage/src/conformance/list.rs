//! What listing promises.

use futures::{StreamExt, TryStreamExt, stream};

use super::{Failure, Outcome, Subject, Verdict, ensure, same, skip};
use crate::names::OWN_PREFIX;

async fn put_all(subject: &Subject, names: &[String]) -> Result<(), Failure> {
    stream::iter(names.iter().map(Ok))
        .try_for_each_concurrent(
            16,
            |name| async move { subject.put(name, "x").await.map(drop) },
        )
        .await
}

/// 2,500 objects in one flat folder are listed once each, over page boundaries.
pub async fn lists_every_object_of_a_large_flat_folder_once(subject: &Subject) -> Verdict {
    let names: Vec<String> = (0..2_500).map(|n| format!("{n:04}.jpg")).collect();
    put_all(subject, &names).await?;
    let folder = subject.folder()?;
    let pages = subject.list(Some(&folder)).await?;
    ensure(
        pages.iter().all(|page| page.objects.len() <= 10_000),
        || "a page is too large".into(),
    )?;
    ensure(pages.iter().all(|page| page.unreadable.is_empty()), || {
        "parts are unreadable".into()
    })?;
    let listed: Vec<String> = pages
        .iter()
        .flat_map(|page| &page.objects)
        .map(|object| subject.name(&object.path).to_owned())
        .collect();
    ensure(listed == names, || {
        format!("{} objects were listed, or in disorder", listed.len())
    })?;
    Ok(Outcome::Passed)
}

/// The order is that of the whole paths' bytes: `a.txt` comes before `a/b`.
pub async fn lists_in_the_byte_order_of_whole_paths(subject: &Subject) -> Verdict {
    let mut names: Vec<String> = [
        "a/b",
        "a.txt",
        "a-b",
        "a/b.c/d",
        "a/b/c",
        "a0",
        "A",
        "Z/z",
        "aa",
        "a/0",
        "b/c/d/e/f",
        "b/c/d.e",
        "b/c-d",
        "z",
        "\u{e9}/x",
        "\u{ffee}",
        "\u{10000}",
        "a b/c",
        "a b",
        "a!b",
    ]
    .map(str::to_owned)
    .into();
    // A folder of a name is a file of that name on no file system.
    names.retain(|name| name != "a/b" && name != "a b");
    put_all(subject, &names).await?;
    names.sort_unstable();
    same("the listing", &subject.names().await?, &names)?;
    Ok(Outcome::Passed)
}

/// `photos/` has nothing of `photos2/`, nor of an object that is called `photos.jpg`.
pub async fn lists_one_folder_and_nothing_of_its_neighbours(subject: &Subject) -> Verdict {
    for name in [
        "photos/a",
        "photos/b/c",
        "photos2/a",
        "photos.jpg",
        "photo/a",
        "photos-b/a",
    ] {
        subject.put(name, "x").await?;
    }
    let folder = subject.path("photos")?;
    let pages = subject.list(Some(&folder)).await?;
    let listed: Vec<&str> = pages
        .iter()
        .flat_map(|page| &page.objects)
        .map(|object| subject.name(&object.path))
        .collect();
    same("the folder", &listed, &vec!["photos/a", "photos/b/c"])?;
    let root: Vec<_> = subject
        .list(None)
        .await?
        .into_iter()
        .flat_map(|page| page.objects)
        .collect();
    let found = root
        .iter()
        .filter(|object| object.path.contains(folder.as_str()))
        .count();
    same("the same folder within the root", &found, &5)?;
    Ok(Outcome::Passed)
}

/// A folder that is not there lists nothing.
pub async fn lists_nothing_where_nothing_is(subject: &Subject) -> Verdict {
    subject.put("photos2/a", "x").await?;
    for name in ["photos", "photos2/a", "photos2/b/c"] {
        let folder = subject.path(name)?;
        let pages = subject.list(Some(&folder)).await?;
        ensure(pages.iter().all(|page| page.objects.is_empty()), || {
            format!("{name}: {pages:?}")
        })?;
    }
    Ok(Outcome::Passed)
}

/// A listing goes on behind any object, where the connection can do that.
pub async fn goes_on_behind_any_object(subject: &Subject) -> Verdict {
    let names = ["a", "b/c", "b/d", "e"].map(str::to_owned);
    put_all(subject, &names).await?;
    let folder = subject.folder()?;
    let objects = subject.objects().await?;
    for (place, object) in objects.iter().enumerate() {
        let Some(rest) = subject
            .storage()
            .list_after(Some(&folder), &object.remote_id)
        else {
            return Ok(skip("the connection cannot go on with a listing"));
        };
        let rest: Vec<_> = rest
            .map_ok(|page| page.objects)
            .try_collect::<Vec<_>>()
            .await?
            .concat();
        ensure(rest == objects[place + 1..], || {
            format!("behind {}: {rest:?}", object.path)
        })?;
    }
    Ok(Outcome::Passed)
}

/// The folders of a folder are named once each, sorted, and without what lies below.
pub async fn names_the_folders_of_a_folder(subject: &Subject) -> Verdict {
    for name in ["b/x", "a/x", "a/y", "c/d/e/x", "file", "\u{e9} e/x"] {
        subject.put(name, "x").await?;
    }
    let storage = subject.storage();
    let named = storage.folders(Some(&subject.folder()?)).await?;
    same(
        "the folders",
        &named,
        &["a", "b", "c", "\u{e9} e"].map(str::to_owned).to_vec(),
    )?;
    let below = storage.folders(Some(&subject.path("c")?)).await?;
    same("the folders below", &below, &vec!["d".to_owned()])?;
    let root = storage.folders(None).await?;
    let own = subject.folder()?;
    ensure(root.iter().any(|name| name == own.as_str()), || {
        format!("{own} is not in {root:?}")
    })?;
    Ok(Outcome::Passed)
}

/// Stowage's own objects can be read, and are not listed; system files are mentioned as skipped.
pub async fn leaves_out_our_own_objects(subject: &Subject) -> Verdict {
    let own = format!("{OWN_PREFIX}-probe-1");
    let in_own_folder = format!("{OWN_PREFIX}/marker");
    for name in [
        "photo.jpg",
        &own,
        &in_own_folder,
        "folder/Thumbs.db",
        "@eaDir/photo.jpg",
    ] {
        subject.put(name, "x").await?;
    }
    subject.get(&own).await?;
    let folder = subject.folder()?;
    let pages: Vec<_> = stream::iter(subject.list(Some(&folder)).await?)
        .collect()
        .await;
    let listed: Vec<&str> = pages
        .iter()
        .flat_map(|page| &page.objects)
        .map(|it| subject.name(&it.path))
        .collect();
    same("the objects", &listed, &vec!["photo.jpg"])?;
    let mut skipped: Vec<&str> = pages
        .iter()
        .flat_map(|page| &page.skipped)
        .map(|it| subject.name(&it.path))
        .collect();
    skipped.sort_unstable();
    ensure(
        skipped.len() == 2 && skipped[0].starts_with("@eaDir"),
        || format!("{skipped:?}"),
    )?;
    ensure(skipped[1] == "folder/Thumbs.db", || format!("{skipped:?}"))?;
    Ok(Outcome::Passed)
}
