//! Reading a file, and noticing when it changes meanwhile.

use std::{fs::File, ops::Range, os::fd::OwnedFd, os::unix::fs::FileExt, path::Path};

use bytes::{Bytes, BytesMut};
use futures::{StreamExt, stream};
use rustix::{
    fs::{Mode, OFlags, Stat, fstat, openat},
    io::Errno,
};
use stowage_storage::{ByteStream, ErrorKind, Object, ObjectPath, Read, StorageError};

use crate::{
    backend::blocking,
    error::{failed, means_absent},
    tree::{descend, is_file, is_same, look, object, open_root, split},
};

/// Large enough that hopping to a blocking thread does not count.
const CHUNK: u64 = 512 * 1024;

/// Opens the folder that holds a path and returns it with the file's name, or nothing when there
/// certainly is no such object.
pub(crate) fn open_parent<'a>(
    root: &Path,
    path: &'a ObjectPath,
) -> Result<Option<(OwnedFd, &'a str)>, StorageError> {
    let opened = open_root(root)?;
    let Ok(parts) = split(path) else {
        return Ok(None);
    };
    match descend(opened, &parts.folders) {
        Ok(folder) => Ok(Some((folder, parts.name))),
        Err(errno) if means_absent(errno) => Ok(None),
        Err(errno) => Err(failed("reach", path.as_str(), errno)),
    }
}

pub(crate) fn stat(root: &Path, path: &ObjectPath) -> Result<Object, StorageError> {
    let Some((folder, name)) = open_parent(root, path)? else {
        return Err(StorageError::not_found(path.as_str()));
    };
    match look(folder, name) {
        Ok(stat) if is_file(&stat) => Ok(object(path.to_string(), &stat)),
        Ok(_) => Err(StorageError::not_found(path.as_str())),
        Err(errno) if means_absent(errno) => Err(StorageError::not_found(path.as_str())),
        Err(errno) => Err(failed("look at", path.as_str(), errno)),
    }
}

/// Opens a regular file for reading.
pub(crate) fn open_file(
    root: &Path,
    path: &ObjectPath,
) -> Result<(File, Stat, OwnedFd), StorageError> {
    let Some((folder, name)) = open_parent(root, path)? else {
        return Err(StorageError::not_found(path.as_str()));
    };
    // NONBLOCK: opening a pipe that somebody swapped in must not wait for its other end.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = openat(&folder, name, flags, Mode::empty()).map_err(|errno| {
        let is_absent = means_absent(errno) || errno == Errno::NXIO;
        if is_absent {
            StorageError::not_found(path.as_str())
        } else {
            failed("open", path.as_str(), errno)
        }
    })?;
    let stat = fstat(&file).map_err(|errno| failed("look at", path.as_str(), errno))?;
    if !is_file(&stat) {
        return Err(StorageError::not_found(path.as_str()));
    }
    Ok((File::from(file), stat, folder))
}

struct Reading {
    file: File,
    stat: Stat,
    path: String,
    next: u64,
    end: u64,
}

pub(crate) fn read(
    root: &Path,
    path: &ObjectPath,
    range: Option<Range<u64>>,
) -> Result<Read, StorageError> {
    let (file, stat, _folder) = open_file(root, path)?;
    let size = stat.st_size as u64;
    let range = range.unwrap_or(0..size);
    let end = range.end.min(size);
    let reading = Reading {
        file,
        stat,
        path: path.to_string(),
        next: range.start.min(end),
        end,
    };
    Ok(Read {
        object: object(path.to_string(), &stat),
        body: body(reading),
    })
}

fn body(reading: Reading) -> ByteStream {
    stream::try_unfold(Some(reading), |state| async move {
        let Some(reading) = state else {
            return Ok(None);
        };
        blocking(move || next_chunk(reading)).await
    })
    .boxed()
}

type Next = Option<(Bytes, Option<Reading>)>;

/// Reads a chunk; with the last one, makes sure that the file is what it was at the start.
fn next_chunk(mut reading: Reading) -> Result<Next, StorageError> {
    let wanted = (reading.end - reading.next).min(CHUNK);
    let mut chunk = BytesMut::zeroed(wanted as usize);
    reading
        .file
        .read_exact_at(&mut chunk, reading.next)
        .map_err(|error| {
            if error.kind() == std::io::ErrorKind::UnexpectedEof {
                return changed(&reading.path);
            }
            match Errno::from_io_error(&error) {
                Some(errno) => failed("read", &reading.path, errno),
                None => StorageError::new(
                    ErrorKind::Unexpected,
                    format!("could not read {:?}", reading.path),
                )
                .with_source(error),
            }
        })?;
    reading.next += wanted;
    if reading.next < reading.end {
        return Ok(Some((chunk.freeze(), Some(reading))));
    }
    let after = fstat(&reading.file).map_err(|errno| failed("look at", &reading.path, errno))?;
    if !is_same(&reading.stat, &after) {
        return Err(changed(&reading.path));
    }
    Ok((!chunk.is_empty()).then(|| (chunk.freeze(), None)))
}

pub(crate) fn changed(path: &str) -> StorageError {
    StorageError::new(
        ErrorKind::Conflict,
        format!("object {path:?} changed while it was read"),
    )
}
