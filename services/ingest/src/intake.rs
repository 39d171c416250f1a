//! The one read of an original: its bytes, its hash and its type.

use std::{
    fs::File,
    io::{self, BufReader, Cursor, Seek, Write},
};

use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use sha2::{Digest, Sha256};
use stowage_media::{FileClass, FileType, sniff};
use stowage_storage::{ByteStream, ErrorKind, Object, Read as StorageRead, StorageError};

/// How much of a file's beginning is looked at to tell its type. Bytes.
const HEAD: usize = 4_096;

/// Chunks in which a copy on disk is read again.
const CHUNK: usize = 512 * 1024;

/// An original that was read.
pub(crate) struct Intake {
    pub(crate) object: Object,
    pub(crate) file_type: FileType,
    /// None when it was too large to be worth reading.
    pub(crate) read: Option<Whole>,
}

/// All of a file's bytes, and their hash.
pub(crate) struct Whole {
    pub(crate) sha256: Vec<u8>,
    pub(crate) size: u64,
    content: Content,
}

enum Content {
    Memory(Bytes),
    Disk(File),
}

/// Where to stop holding and reading.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) memory_bytes: u64,
    pub(crate) unsupported_read_bytes: u64,
}

/// Reads an original to its end, unless no picture can be made of it and it is very large.
pub(crate) async fn take_in(
    read: StorageRead,
    name: &str,
    limits: Limits,
) -> Result<Intake, StorageError> {
    let StorageRead { object, mut body } = read;
    let mut held = Held::new(object.size, limits.memory_bytes)?;
    let mut hash = Sha256::new();
    let mut head = BytesMut::new();
    let mut file_type = None;
    while let Some(chunk) = body.next().await {
        let chunk = chunk?;
        if file_type.is_none() {
            head.extend_from_slice(&chunk[..chunk.len().min(HEAD)]);
            if head.len() >= HEAD {
                let known = sniff(&head, name);
                let is_worthless = matches!(known.class, FileClass::Unsupported)
                    && object.size > limits.unsupported_read_bytes;
                if is_worthless {
                    return Ok(Intake {
                        object,
                        file_type: known,
                        read: None,
                    });
                }
                file_type = Some(known);
            }
        }
        hash.update(&chunk);
        held = held.add(chunk).await?;
    }
    let size = held.size();
    if size != object.size {
        return Err(StorageError::new(
            ErrorKind::Conflict,
            format!("object {:?} changed while it was read", object.path),
        ));
    }
    let file_type = file_type.unwrap_or_else(|| sniff(&head, name));
    let content = held.finish()?;
    let read = Some(Whole {
        sha256: hash.finalize().to_vec(),
        size,
        content,
    });
    Ok(Intake {
        object,
        file_type,
        read,
    })
}

impl Whole {
    /// Returns the bytes as a body for central storage.
    pub(crate) fn body(&self) -> Result<ByteStream, StorageError> {
        match &self.content {
            Content::Memory(bytes) => Ok(stowage_storage::bytes_of(bytes.clone())),
            Content::Disk(file) => {
                let mut file = file.try_clone().map_err(|error| scratch_error(&error))?;
                file.rewind().map_err(|error| scratch_error(&error))?;
                let file = tokio::fs::File::from_std(file);
                let chunks = tokio_util::io::ReaderStream::with_capacity(file, CHUNK);
                Ok(chunks
                    .map(|chunk| chunk.map_err(|error| scratch_error(&error)))
                    .boxed())
            }
        }
    }

    /// Runs `look` over the bytes, where blocking is allowed.
    pub(crate) async fn inspect<T: Send + 'static>(
        &self,
        look: impl FnOnce(&mut dyn Seekable) -> T + Send + 'static,
    ) -> Result<T, StorageError> {
        let mut reader: Box<dyn Seekable + Send> = match &self.content {
            Content::Memory(bytes) => Box::new(Cursor::new(bytes.clone())),
            Content::Disk(file) => {
                let mut file = file.try_clone().map_err(|error| scratch_error(&error))?;
                file.rewind().map_err(|error| scratch_error(&error))?;
                Box::new(BufReader::new(file))
            }
        };
        tokio::task::spawn_blocking(move || look(reader.as_mut()))
            .await
            .map_err(|error| scratch_error(&io::Error::other(error)))
    }
}

/// What metadata is read from.
pub(crate) trait Seekable: io::BufRead + Seek {}

impl<T: io::BufRead + Seek> Seekable for T {}

/// Bytes as they come in.
enum Held {
    Memory(BytesMut),
    Disk { file: File, size: u64 },
}

impl Held {
    fn new(expected: u64, memory_bytes: u64) -> Result<Self, StorageError> {
        if expected <= memory_bytes {
            return Ok(Self::Memory(BytesMut::with_capacity(expected as usize)));
        }
        let file = tempfile::tempfile().map_err(|error| scratch_error(&error))?;
        Ok(Self::Disk { file, size: 0 })
    }

    async fn add(self, chunk: Bytes) -> Result<Self, StorageError> {
        match self {
            Self::Memory(mut bytes) => {
                bytes.extend_from_slice(&chunk);
                Ok(Self::Memory(bytes))
            }
            Self::Disk { mut file, size } => {
                let written = tokio::task::spawn_blocking(move || {
                    file.write_all(&chunk)?;
                    Ok(Self::Disk {
                        file,
                        size: size + chunk.len() as u64,
                    })
                });
                written
                    .await
                    .map_err(io::Error::other)
                    .flatten()
                    .map_err(|error| scratch_error(&error))
            }
        }
    }

    fn size(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::Disk { size, .. } => *size,
        }
    }

    fn finish(self) -> Result<Content, StorageError> {
        match self {
            Self::Memory(bytes) => Ok(Content::Memory(bytes.freeze())),
            Self::Disk { mut file, .. } => {
                file.flush().map_err(|error| scratch_error(&error))?;
                Ok(Content::Disk(file))
            }
        }
    }
}

/// Our own scratch space failed; what was read is still where it came from.
fn scratch_error(error: &io::Error) -> StorageError {
    let kind = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorKind::Full,
        _ => ErrorKind::Unexpected,
    };
    StorageError::new(
        kind,
        format!("could not keep the file on the scratch disk: {error}"),
    )
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use futures::stream;

    use super::*;

    const LIMITS: Limits = Limits {
        memory_bytes: 8,
        unsupported_read_bytes: 5_000,
    };

    fn object(size: u64) -> Object {
        Object {
            remote_id: "a.bin".into(),
            path: "a.bin".into(),
            size,
            modified_at: None,
            revision: "1".into(),
        }
    }

    fn reading(size: u64, chunks: &[&'static [u8]]) -> StorageRead {
        let chunks: Vec<_> = chunks
            .iter()
            .map(|chunk| Ok(Bytes::from_static(chunk)))
            .collect();
        StorageRead {
            object: object(size),
            body: stream::iter(chunks).boxed(),
        }
    }

    fn bytes_of(whole: Whole) -> Vec<u8> {
        match whole.content {
            Content::Memory(bytes) => bytes.to_vec(),
            Content::Disk(mut file) => {
                let mut bytes = Vec::new();
                file.rewind().unwrap();
                file.read_to_end(&mut bytes).unwrap();
                bytes
            }
        }
    }

    #[tokio::test]
    async fn memory_and_disk_hold_the_same_bytes() {
        for (size, chunks) in [(5, [b"he".as_slice(), b"llo"]), (11, [b"hello ", b"world"])] {
            let whole = take_in(reading(size, &chunks), "a.bin", LIMITS)
                .await
                .unwrap()
                .read;
            let whole = whole.unwrap();
            assert_eq!(whole.sha256, Sha256::digest(chunks.concat()).to_vec());
            assert_eq!(bytes_of(whole), chunks.concat());
        }
    }

    #[tokio::test]
    async fn a_file_that_grew_or_shrank_meanwhile_is_a_conflict() {
        for size in [4, 6] {
            let error = take_in(reading(size, &[b"hello"]), "a.bin", LIMITS)
                .await
                .err()
                .unwrap();
            assert_eq!(error.kind(), ErrorKind::Conflict);
        }
    }

    #[tokio::test]
    async fn a_huge_file_without_pictures_is_not_read_to_its_end() {
        static BLOCK: [u8; 4_096] = [1; 4_096];
        let intake = take_in(reading(8_192, &[&BLOCK, &BLOCK]), "a.bin", LIMITS)
            .await
            .unwrap();
        assert!(intake.read.is_none());
    }
}
