//! Writing a file in one step: a temporary file beside it, then a rename.

use std::{
    fs::File,
    io::Write as _,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
};

use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use rand::Rng;
use rustix::{
    fs::{
        AtFlags, Mode, OFlags, RenameFlags, fdatasync, fstat, linkat, openat, renameat,
        renameat_with, unlinkat,
    },
    io::Errno,
};
use stowage_storage::{ByteStream, ErrorKind, Object, ObjectPath, StorageError, WriteMode};

use crate::{
    backend::blocking,
    config::FsOptions,
    error::failed,
    tree::{Made, create_folders, is_file, look, object, open_root, split, sync_chain},
};

/// Small chunks are gathered to this size before they go to a blocking thread.
const GATHER: usize = 512 * 1024;

/// A file that nobody sees yet. Dropped before it was put in place, it leaves nothing behind.
pub(crate) struct Draft {
    folder: OwnedFd,
    name: String,
    made: Vec<Made>,
    is_done: bool,
}

impl Drop for Draft {
    fn drop(&mut self) {
        if self.is_done {
            return;
        }
        if let Err(errno) = unlinkat(&self.folder, self.name.as_str(), AtFlags::empty()) {
            tracing::debug!(error = %errno, "could not remove a temporary file");
        }
        // Innermost first. One that somebody else uses by now is not empty and stays.
        for made in self.made.drain(..).rev() {
            if unlinkat(&made.parent, made.name.as_str(), AtFlags::REMOVEDIR).is_err() {
                break;
            }
        }
    }
}

pub(crate) async fn write(
    root: PathBuf,
    options: FsOptions,
    path: ObjectPath,
    size: u64,
    mut body: ByteStream,
    mode: WriteMode,
) -> Result<Object, StorageError> {
    let target = path.clone();
    let folder = root.clone();
    let (draft, mut file) = blocking(move || begin(&folder, &target, mode)).await?;
    let mut written = 0;
    let mut gathered = BytesMut::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk?;
        written += chunk.len() as u64;
        if written > size {
            return Err(StorageError::wrong_length(path.as_str(), size, written));
        }
        if chunk.len() >= GATHER && gathered.is_empty() {
            file = append(file, chunk, &path).await?;
            continue;
        }
        gathered.extend_from_slice(&chunk);
        if gathered.len() >= GATHER {
            file = append(file, gathered.split().freeze(), &path).await?;
        }
    }
    if written != size {
        return Err(StorageError::wrong_length(path.as_str(), size, written));
    }
    let rest = gathered.freeze();
    blocking(move || {
        let file = append_now(file, &rest, path.as_str())?;
        finish(&root, draft, file, options, &path, mode)
    })
    .await
}

async fn append(file: File, chunk: Bytes, path: &ObjectPath) -> Result<File, StorageError> {
    let shown = path.to_string();
    blocking(move || append_now(file, &chunk, &shown)).await
}

fn append_now(mut file: File, chunk: &[u8], path: &str) -> Result<File, StorageError> {
    file.write_all(chunk)
        .map_err(|error| match Errno::from_io_error(&error) {
            Some(errno) => failed("write", path, errno),
            None => StorageError::new(ErrorKind::Unexpected, format!("could not write {path:?}"))
                .with_source(error),
        })?;
    Ok(file)
}

/// Makes the folders and the temporary file.
pub(crate) fn begin(
    root: &Path,
    path: &ObjectPath,
    mode: WriteMode,
) -> Result<(Draft, File), StorageError> {
    let parts = split(path)?;
    let fail = |errno| failed("write", path.as_str(), errno);
    let mut attempts_left = 3;
    loop {
        let (folder, made) = create_folders(open_root(root)?, &parts.folders).map_err(fail)?;
        check_target(&folder, parts.name, path, mode)?;
        let name = format!(".stowage-tmp-{:032x}", rand::rng().random::<u128>());
        let draft = Draft {
            folder,
            name,
            made,
            is_done: false,
        };
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        match openat(
            &draft.folder,
            draft.name.as_str(),
            flags,
            Mode::from_raw_mode(0o666),
        ) {
            Ok(file) => return Ok((draft, File::from(file))),
            // Somebody removed the folder as empty between our finding it and using it.
            Err(Errno::NOENT) if attempts_left > 0 => attempts_left -= 1,
            Err(errno) => return Err(fail(errno)),
        }
    }
}

/// Refuses early what the rename would refuse, or should not do: replace a link or a device.
fn check_target(
    folder: &OwnedFd,
    name: &str,
    path: &ObjectPath,
    mode: WriteMode,
) -> Result<(), StorageError> {
    let refuse = |errno| Err(failed("write", path.as_str(), errno));
    match (look(folder, name), mode) {
        (Ok(_), WriteMode::CreateOnly) => refuse(Errno::EXIST),
        (Ok(stat), WriteMode::Replace) if !is_file(&stat) => Err(StorageError::new(
            ErrorKind::Conflict,
            format!(
                "could not write {:?}: something that is no file has this name",
                path.as_str()
            ),
        )),
        (Ok(_), WriteMode::Replace) | (Err(Errno::NOENT), _) => Ok(()),
        (Err(errno), _) => refuse(errno),
    }
}

pub(crate) fn finish(
    root: &Path,
    mut draft: Draft,
    file: File,
    options: FsOptions,
    path: &ObjectPath,
    mode: WriteMode,
) -> Result<Object, StorageError> {
    let fail = |errno| failed("write", path.as_str(), errno);
    if options.fsync {
        fdatasync(&file).map_err(fail)?;
    }
    // Taken from the descriptor: the facts of our content, whoever renames over it next.
    let stat = fstat(&file).map_err(fail)?;
    let name = path.name();
    match mode {
        WriteMode::Replace => {
            renameat(&draft.folder, draft.name.as_str(), &draft.folder, name).map_err(fail)?;
        }
        WriteMode::CreateOnly => place_new(&draft, name).map_err(fail)?,
    }
    draft.is_done = true;
    if options.fsync {
        let parts = split(path)?;
        sync_chain(open_root(root)?, &parts.folders).map_err(fail)?;
    }
    Ok(object(path.to_string(), &stat))
}

/// Gives the temporary file its name unless that is taken.
fn place_new(draft: &Draft, name: &str) -> Result<(), Errno> {
    let temporary = draft.name.as_str();
    let flags = RenameFlags::NOREPLACE;
    match renameat_with(&draft.folder, temporary, &draft.folder, name, flags) {
        // Not every file system knows the flag; a hard link has the same promise.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            linkat(
                &draft.folder,
                temporary,
                &draft.folder,
                name,
                AtFlags::empty(),
            )?;
            unlinkat(&draft.folder, temporary, AtFlags::empty())
        }
        other => other,
    }
}
