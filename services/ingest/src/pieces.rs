//! The pieces of an upload, read as the one file that they are.

use std::{future::Future, sync::Arc};

use async_stream::try_stream;
use futures::StreamExt;
use sha2::{Digest, Sha256};
use stowage_db::repo::UploadChunk;
use stowage_storage::{ByteStream, ErrorKind, Object, ObjectPath, Read, Storage, StorageError};

/// Returns the file that the pieces make up; `object` says what it is. Reading fails at a piece
/// that is missing, or not what it was when it came.
pub(crate) fn joined(object: Object, chunks: Vec<UploadChunk>, central: Arc<dyn Storage>) -> Read {
    let open = move |path: ObjectPath| {
        let central = Arc::clone(&central);
        async move { Ok(central.read(&path, None).await?.body) }
    };
    Read {
        body: body_of(object.size, chunks, open),
        object,
    }
}

fn body_of<Opening>(
    size: u64,
    chunks: Vec<UploadChunk>,
    open: impl Fn(ObjectPath) -> Opening + Send + 'static,
) -> ByteStream
where
    Opening: Future<Output = Result<ByteStream, StorageError>> + Send,
{
    let pieces = try_stream! {
        let mut end = 0;
        for chunk in chunks {
            if chunk.begins_at != end {
                Err(damaged(&chunk.key, "is not where the one before it ends"))?;
            }
            end += chunk.size;
            let path = ObjectPath::new(chunk.key.clone())
                .map_err(|_| StorageError::not_found(&chunk.key))?;
            let mut body = open(path).await?;
            let mut hash = Sha256::new();
            while let Some(bytes) = body.next().await {
                let bytes = bytes?;
                hash.update(&bytes);
                yield bytes;
            }
            if hash.finalize().as_slice() != chunk.sha256 {
                Err(damaged(&chunk.key, "is not what it was when it came"))?;
            }
        }
        if end != size {
            Err(damaged("the last", "is missing"))?;
        }
    };
    pieces.boxed()
}

fn damaged(key: &str, why: &str) -> StorageError {
    let what = format!("piece {key:?} of an upload {why}");
    StorageError::new(ErrorKind::Unexpected, what)
}

#[cfg(test)]
mod tests {
    use stowage_domain::{Ids, UploadId, UuidV7};
    use stowage_storage::bytes_of;

    use super::*;

    /// Pieces whose bytes are those of their keys.
    fn chunks(parts: &[&str]) -> Vec<UploadChunk> {
        let upload = UploadId(UuidV7.next());
        let mut begins_at = 0;
        let chunk = |part: &&str| {
            let size = part.len() as u64;
            begins_at += size;
            UploadChunk {
                id: UuidV7.next(),
                upload,
                begins_at: begins_at - size,
                size,
                sha256: Sha256::digest(part).to_vec(),
                key: (*part).to_owned(),
            }
        };
        parts.iter().map(chunk).collect()
    }

    async fn read(size: u64, chunks: Vec<UploadChunk>) -> Option<String> {
        let open = async |path: ObjectPath| Ok(bytes_of(path.as_str().to_owned()));
        let mut body = body_of(size, chunks, move |path| Box::pin(open(path)));
        let mut whole = Vec::new();
        while let Some(bytes) = body.next().await {
            whole.extend_from_slice(&bytes.ok()?);
        }
        Some(String::from_utf8(whole).unwrap())
    }

    #[tokio::test]
    async fn pieces_are_one_file() {
        let whole = read(11, chunks(&["to", "be", "or not "])).await;
        assert_eq!(whole.as_deref(), Some("tobeor not "));
        assert_eq!(read(0, chunks(&[])).await.as_deref(), Some(""));
    }

    #[tokio::test]
    async fn a_piece_that_is_missing_or_damaged_is_noticed() {
        for missing in 0..3 {
            let mut fewer = chunks(&["to", "be", "or not "]);
            fewer.remove(missing);
            assert_eq!(read(11, fewer).await, None, "without {missing}");
        }
        let mut other = chunks(&["to", "be", "or not "]);
        other[1].sha256[0] ^= 1;
        assert_eq!(read(11, other).await, None);
    }
}
