//! What is promised about names: kept to the byte, or refused.

use bytes::Bytes;
use futures::{StreamExt, stream};

use super::{Failure, Outcome, Subject, Verdict, ensure, same, subject::name_it};
use crate::{ErrorKind, StorageError, WriteMode, bytes_of};

/// Names that somebody's file system, protocol or library has stumbled over.
pub fn hostile_names() -> Vec<String> {
    let mut names: Vec<String> = [
        " leading blank",
        "trailing blank ",
        "\u{a0}no-break\u{a0}",
        "two  blanks",
        "trailing dot.",
        "...",
        "..two dots",
        ".hidden",
        "-dash",
        "~tilde",
        "#hash",
        "a+b.jpg",
        "a&b=c?d.jpg",
        "100%.jpg",
        "test%46.txt",
        "percent%2Fslash",
        "%",
        "%%",
        "quote'\"`.jpg",
        "back\\slash.jpg",
        "colon:star*pipe|less<more>.jpg",
        "semi;comma,at@.jpg",
        "$dollar!",
        "[brackets]{braces}(round)",
        "^caret",
        "tab\there",
        "line\nbreak",
        "return\rhere",
        "bell\u{7}",
        "escape\u{1b}[31m",
        "\u{1}first control",
        "delete\u{7f}",
        "c1\u{85}control",
        "e\u{301}.jpg",
        "\u{fb}.jpg",
        "\u{43a}\u{43b}\u{44e}\u{447}.jpg",
        "\u{65e5}\u{672c}.jpg",
        "\u{1f4f7} \u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}.jpg",
        "\u{200b}zero width",
        "\u{202e}gpj.right to left",
        "\u{feff}byte order mark",
        "\u{fffd}replacement",
        "CON",
        "nul.txt",
        "aux.",
        "com1",
        "a//b",
        "folder /trailing blank in a folder",
        " /blank folder",
        "dots .../x",
    ]
    .map(str::to_owned)
    .into();
    names.push("x".repeat(255));
    names.push("\u{e9}".repeat(127));
    names.push("x".repeat(256));
    names
}

/// A name is kept to the byte, listed as it was given, or refused: never changed.
pub async fn keeps_hostile_names_or_refuses_them(subject: &Subject) -> Verdict {
    let mut kept = Vec::new();
    let mut wrong = Vec::new();
    for name in hostile_names() {
        if subject.is_mangled(&name) {
            println!("skipped the name {name:?}: this server changes it");
            continue;
        }
        match keep(subject, &name).await {
            Ok(true) => kept.push(name),
            Ok(false) if subject.may_refuse(&name) => {}
            Ok(false) => wrong.push(format!("{name:?} was refused, which was not declared")),
            Err(Failure(what)) => wrong.push(what),
        }
    }
    for name in &kept {
        match subject.get(name).await {
            Ok(content) if content == name.as_bytes() => {}
            Ok(content) => wrong.push(format!("{name:?} came back as {content:?}")),
            Err(Failure(what)) => wrong.push(what),
        }
    }
    let listed = subject.names().await?;
    kept.sort_unstable();
    let missing: Vec<_> = kept.iter().filter(|name| !listed.contains(name)).collect();
    let strange: Vec<_> = listed.iter().filter(|name| !kept.contains(name)).collect();
    let is_listed_well = missing.is_empty() && strange.is_empty() && listed == kept;
    if !is_listed_well {
        wrong.push(format!(
            "not listed: {missing:?}; listed and never written: {strange:?}"
        ));
    }
    for name in &kept {
        if let Err(Failure(what)) = subject.remove(name).await {
            wrong.push(format!("deleting {what}"));
        }
    }
    let left = subject.names().await?;
    if !left.is_empty() {
        wrong.push(format!("left after deleting: {left:?}"));
    }
    ensure(wrong.is_empty(), || wrong.join("\n"))?;
    Ok(Outcome::Passed)
}

/// Writes a name with itself as content; returns whether it was taken.
async fn keep(subject: &Subject, name: &str) -> Result<bool, Failure> {
    let path = subject.path(name)?;
    let content = Bytes::copy_from_slice(name.as_bytes());
    let size = content.len() as u64;
    match subject
        .storage()
        .write(&path, size, bytes_of(content), WriteMode::Replace)
        .await
    {
        Ok(object) => {
            same(
                "the path of what was written",
                &object.path.as_str(),
                &path.as_str(),
            )?;
            Ok(true)
        }
        Err(error) if subject.may_refuse(name) || is_refusal(&error) => {
            match subject.storage().stat(&path).await {
                Ok(object) => Err(Failure(format!(
                    "{name:?} was refused and is there: {object:?}"
                ))),
                Err(error) if error.is_not_found() || is_refusal(&error) => Ok(false),
                Err(error) => Err(name_it(name, error)),
            }
        }
        Err(error) => Err(name_it(name, error)),
    }
}

fn is_refusal(error: &StorageError) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Unsupported | ErrorKind::InvalidSettings
    )
}

async fn keeps_apart(subject: &Subject, names: &[&str]) -> Verdict {
    for name in names {
        let content = Bytes::copy_from_slice(name.as_bytes());
        subject.put(name, content).await?;
    }
    for name in names {
        let content = Bytes::copy_from_slice(name.as_bytes());
        same(&format!("{name:?}"), &subject.get(name).await?, &content)?;
    }
    let mut expected: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    expected.sort_unstable();
    same("the listing", &subject.names().await?, &expected)?;
    Ok(Outcome::Passed)
}

/// Composed and decomposed letters are two names.
pub async fn keeps_names_that_differ_by_normalisation_apart(subject: &Subject) -> Verdict {
    keeps_apart(
        subject,
        &[
            "\u{e9}.jpg",
            "e\u{301}.jpg",
            "\u{212b}",
            "\u{c5}",
            "A\u{30a}",
        ],
    )
    .await
}

/// Capital and small letters are two names.
pub async fn keeps_names_that_differ_by_case_apart(subject: &Subject) -> Verdict {
    keeps_apart(
        subject,
        &[
            "photo.jpg",
            "Photo.jpg",
            "PHOTO.JPG",
            "stra\u{df}e",
            "STRASSE",
        ],
    )
    .await
}

/// Objects lie as deep as their paths say.
pub async fn holds_deeply_nested_objects(subject: &Subject) -> Verdict {
    let deep = format!("{}photo.jpg", "folder/".repeat(60));
    subject.put(&deep, "x").await?;
    same("the listing", &subject.names().await?, &vec![deep.clone()])?;
    same("the content", &subject.get(&deep).await?, &Bytes::from("x"))?;
    subject.remove(&deep).await?;
    subject.is_absent(&deep).await?;
    Ok(Outcome::Passed)
}

/// The big list of naughty strings, where it lies beside this repository: kept or refused, each in a
/// folder of its own, since some would be the folders of others.
pub async fn keeps_naughty_strings_or_refuses_them(subject: &Subject) -> Verdict {
    let list = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/photos/names/blns.json"
    );
    let Ok(text) = std::fs::read_to_string(list) else {
        return Ok(super::skip("../shared/photos/names/blns.json is not there"));
    };
    let strings: Vec<String> = serde_json::from_str(&text)
        .map_err(|error| Failure(format!("blns.json is not a list of strings: {error}")))?;
    // What a server is known to do to one such name, it does to all of them.
    let changes_controls = subject.is_mangled("bell\u{7}");
    let refuses = |name: &str| subject.may_refuse(name) || subject.is_mangled(name);
    let has_slashes = refuses("back\\slash.jpg");
    let has_folders = refuses("a//b");
    let is_short = refuses(&"x".repeat(256));
    let has_lines = refuses("line\nbreak");
    let is_asked = |text: &str| {
        if text.is_empty() {
            return false;
        }
        let is_empty = text.contains("//") || text.starts_with('/') || text.ends_with('/');
        !(changes_controls && text.contains(char::is_control)
            || has_slashes && text.contains('\\')
            || has_folders && is_empty
            || is_short && text.split('/').any(|segment| segment.len() > 255)
            || has_lines && text.contains(['\r', '\n']))
    };
    let names: Vec<String> = strings
        .iter()
        .enumerate()
        .filter(|(_, text)| is_asked(text))
        .map(|(number, text)| format!("{number:03}/{text}"))
        .filter(|name| subject.path(name).is_ok())
        .collect();
    let written: Vec<Result<Option<String>, Failure>> = stream::iter(names)
        .map(|name| async move {
            let is_kept = keep(subject, &name).await?;
            Ok(is_kept.then_some(name))
        })
        .buffer_unordered(8)
        .collect()
        .await;
    let written: Result<Vec<Option<String>>, Failure> = written.into_iter().collect();
    let kept: Vec<String> = written?.into_iter().flatten().collect();
    println!("{} of {} strings are kept", kept.len(), strings.len());
    ensure(kept.len() > strings.len() / 2, || {
        format!("only {} of {} strings are kept", kept.len(), strings.len())
    })?;
    let mut wrong = Vec::new();
    for name in &kept {
        if subject.get(name).await? != name.as_bytes() {
            wrong.push(format!("{name:?} came back as something else"));
        }
    }
    let mut listed = subject.names().await?;
    let mut expected = kept;
    expected.sort_unstable();
    listed.sort_unstable();
    for name in expected.iter().filter(|name| !listed.contains(name)) {
        wrong.push(format!("{name:?} is not listed"));
    }
    for name in listed.iter().filter(|name| !expected.contains(name)) {
        wrong.push(format!("{name:?} was never written"));
    }
    ensure(wrong.is_empty(), || wrong.join("\n"))?;
    Ok(Outcome::Passed)
}
