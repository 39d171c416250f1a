//! Bytes that come in become pieces in central storage, and the end of the upload moves after each
//! of them is durable (ARCHITECTURE 4.11).
//!
//! One piece at a time is in memory. What a request brings that breaks off counts up to the last
//! piece that was complete. A request with a checksum counts as a whole or not at all.

use std::{error::Error as StdError, sync::Arc};

use axum::{extract::FromRef, http::StatusCode};
use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt};
use sha2::{Digest, Sha256};
use stowage_db::{
    Database, DbError, Tx,
    repo::{UploadChunk, UploadRow},
};
use stowage_domain::{Clock, Ids, UploadState, next_chunk};
use stowage_failpoints::{Failed, Failpoint, failpoint};
use stowage_proto::job::ImportUpload;
use stowage_rpc::{ErrorCode, Problem};
use stowage_storage::{ErrorKind, ObjectPath, Storage, StorageError, WriteMode, bytes_of};
use tracing::warn;

use super::{Checksum, admission::NO_ROOM};
use crate::{
    GatewayConfig,
    problem::{Answer, Kind, kinds},
    state::Gateway,
};

/// Why bytes were not taken.
#[derive(Debug)]
pub(crate) enum NotTaken {
    /// The body ended in the middle.
    BrokenOff,
    /// More came than was announced.
    TooLong,
    ChecksumMismatch,
    /// Somebody else moved the upload meanwhile.
    Moved,
    Storage(StorageError),
    Db(DbError),
}

const BROKEN_OFF: Kind = Kind::named(
    ErrorCode::Invalid,
    "upload-broken-off",
    "The body ended before all of it had come",
);
pub(crate) const TOO_LONG: Kind = Kind::named(
    ErrorCode::Invalid,
    "upload-too-long",
    "More bytes come than were announced",
)
.with_status(StatusCode::PAYLOAD_TOO_LARGE);
const MISMATCH: Kind = Kind::named(
    ErrorCode::Invalid,
    "checksum-mismatch",
    "The bytes are not those that were meant",
);
pub(crate) const ELSEWHERE: Kind = Kind::named(
    ErrorCode::Conflict,
    "upload-offset",
    "The upload goes on elsewhere; ask where with HEAD",
);

/// What tus answers where a checksum does not match.
pub(crate) const CHECKSUM_MISMATCH: u16 = 460;

impl Answer for NotTaken {
    fn kinds() -> Vec<Kind> {
        let own = vec![BROKEN_OFF, TOO_LONG, mismatch(), ELSEWHERE, NO_ROOM];
        [own, DbError::kinds()].concat()
    }

    fn problem(self) -> Problem {
        match self {
            Self::BrokenOff => BROKEN_OFF.problem(),
            Self::TooLong => TOO_LONG.problem(),
            Self::ChecksumMismatch => mismatch().problem(),
            Self::Moved => ELSEWHERE.problem(),
            Self::Storage(error) if error.kind() == ErrorKind::Full => NO_ROOM.problem(),
            Self::Storage(error) => {
                crate::problem::log(&error, "a piece of an upload could not be written");
                kinds::UNAVAILABLE.problem()
            }
            Self::Db(error) => error.problem(),
        }
    }
}

fn mismatch() -> Kind {
    let status = StatusCode::from_u16(CHECKSUM_MISMATCH).expect("a number of three digits");
    MISMATCH.with_status(status)
}

impl From<DbError> for NotTaken {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl From<StorageError> for NotTaken {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<Failed> for NotTaken {
    fn from(failed: Failed) -> Self {
        Self::Storage(StorageError::new(
            ErrorKind::Unreachable,
            failed.to_string(),
        ))
    }
}

/// Takes bytes of uploads.
#[derive(Debug)]
pub(crate) struct Receiver {
    config: Arc<GatewayConfig>,
    db: Database,
    central: Arc<dyn Storage>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

/// A piece as it came.
struct Piece {
    bytes: Bytes,
    sha256: Vec<u8>,
}

/// A body, of which some may have been looked at already.
struct Incoming<S> {
    body: S,
    rest: Bytes,
    checksum: Option<Checksum>,
}

impl Receiver {
    fn new(gateway: &Gateway) -> Self {
        Self {
            config: Arc::clone(&gateway.config),
            db: gateway.db.clone(),
            central: Arc::clone(&gateway.central),
            clock: Arc::clone(&gateway.clock),
            ids: Arc::clone(&gateway.ids),
        }
    }

    /// Adds a body to an upload, and returns the upload as it is then.
    pub(crate) async fn take<E>(
        &self,
        mut upload: UploadRow,
        body: impl Stream<Item = Result<Bytes, E>> + Unpin,
        checksum: Option<Checksum>,
    ) -> Result<UploadRow, NotTaken> {
        let waits_for_checksum = checksum.is_some();
        let mut incoming = Incoming {
            body,
            rest: Bytes::new(),
            checksum,
        };
        let mut waiting = Vec::new();
        let mut end = upload.offset;
        let taken = async {
            while let Some(piece) = incoming.next(next_chunk(end, upload.size)).await? {
                if end + piece.bytes.len() as u64 == upload.size {
                    incoming.must_end().await?;
                }
                let chunk = self.write(&upload, end, piece).await?;
                end += chunk.size;
                waiting.push(chunk);
                if !waits_for_checksum {
                    self.advance(&mut upload, &waiting).await?;
                    waiting.clear();
                }
            }
            let is_right = incoming.checksum.take().is_none_or(Checksum::matches);
            if !is_right {
                return Err(NotTaken::ChecksumMismatch);
            }
            // An upload of no bytes is complete when it begins.
            if !waiting.is_empty() || upload.size == 0 {
                self.advance(&mut upload, &waiting).await?;
            }
            Ok(())
        };
        let taken: Result<(), NotTaken> = taken.await;
        if let Err(error) = taken {
            self.drop_all(&upload, &waiting).await;
            return Err(error);
        }
        Ok(upload)
    }

    /// Fails where a body brings bytes that nobody wants.
    pub(crate) async fn refuse_more<E>(
        &self,
        body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<(), NotTaken> {
        let mut incoming = Incoming {
            body,
            rest: Bytes::new(),
            checksum: None,
        };
        incoming.must_end().await
    }

    /// Makes an upload complete where it is: its size was only known when it ended.
    pub(crate) async fn end_here(&self, mut upload: UploadRow) -> Result<UploadRow, NotTaken> {
        let tx = self.db.begin_in(upload.workspace).await?;
        if !tx.uploads().end_here(upload.id, self.clock.now()).await? {
            return Err(NotTaken::Moved);
        }
        enqueue_import(&tx, &upload).await?;
        tx.commit().await?;
        upload.size = upload.offset;
        upload.state = UploadState::Complete;
        Ok(upload)
    }

    /// Gives an upload up that failed in a way that nobody can go on from.
    pub(crate) async fn give_up(&self, upload: &UploadRow) {
        let given_up = async {
            let tx = self.db.begin_in(upload.workspace).await?;
            let way = (UploadState::Receiving, UploadState::Cancelled);
            let now = self.clock.now();
            tx.uploads().become_state(upload.id, way, now).await?;
            tx.commit_quietly().await
        };
        let given_up: Result<(), DbError> = given_up.await;
        if let Err(error) = given_up {
            let error = &error as &dyn StdError;
            warn!(error, "could not give up an upload; it expires");
        }
    }

    /// Writes a piece, its row first.
    async fn write(
        &self,
        upload: &UploadRow,
        begins_at: u64,
        piece: Piece,
    ) -> Result<UploadChunk, NotTaken> {
        let id = self.ids.next();
        let chunk = UploadChunk {
            id,
            upload: upload.id,
            begins_at,
            size: piece.bytes.len() as u64,
            sha256: piece.sha256,
            key: format!("w/{}/spool/{id}", upload.workspace),
        };
        let tx = self.db.begin_in(upload.workspace).await?;
        tx.upload_chunks().insert(&chunk).await?;
        tx.commit_quietly().await?;
        failpoint(Failpoint::PieceAnnounced).await?;
        let path = ObjectPath::new(chunk.key.clone()).expect("made of ids");
        let body = bytes_of(piece.bytes);
        let written = self
            .central
            .write(&path, chunk.size, body, WriteMode::Replace)
            .await;
        if let Err(error) = written {
            self.drop_all(upload, std::slice::from_ref(&chunk)).await;
            return Err(error.into());
        }
        failpoint(Failpoint::PieceWritten).await?;
        metrics::counter!("stowage_upload_bytes_total").increment(chunk.size);
        Ok(chunk)
    }

    /// Moves the end of the upload behind pieces that are durable. With the last of them, what
    /// comes next is queued.
    async fn advance(
        &self,
        upload: &mut UploadRow,
        chunks: &[UploadChunk],
    ) -> Result<(), NotTaken> {
        let from = upload.offset;
        let to = from + chunks.iter().map(|chunk| chunk.size).sum::<u64>();
        let now = self.clock.now();
        let expires_at = now + self.config.upload_expires_after;
        let tx = self.db.begin_in(upload.workspace).await?;
        if !tx
            .uploads()
            .advance(upload.id, (from, to), now, expires_at)
            .await?
        {
            return Err(NotTaken::Moved);
        }
        for chunk in chunks {
            tx.upload_chunks().keep(chunk.id).await?;
        }
        if to == upload.size {
            enqueue_import(&tx, upload).await?;
            upload.state = UploadState::Complete;
        }
        tx.commit().await?;
        failpoint(Failpoint::PieceKept).await?;
        upload.offset = to;
        upload.expires_at = expires_at;
        Ok(())
    }

    /// Gives pieces to the reaper. Where that fails, it finds them by their age.
    async fn drop_all(&self, upload: &UploadRow, chunks: &[UploadChunk]) {
        if chunks.is_empty() {
            return;
        }
        let dropped = async {
            let tx = self.db.begin_in(upload.workspace).await?;
            for chunk in chunks {
                tx.upload_chunks().drop_staged(chunk.id).await?;
            }
            tx.commit_quietly().await
        };
        let dropped: Result<(), DbError> = dropped.await;
        if let Err(error) = dropped {
            let error = &error as &dyn StdError;
            warn!(
                error,
                "could not drop pieces of an upload; they go by their age"
            );
        }
    }
}

async fn enqueue_import(tx: &Tx, upload: &UploadRow) -> Result<(), DbError> {
    let job = ImportUpload {
        upload_id: upload.id.to_string(),
    };
    tx.jobs().enqueue(&job).await?;
    Ok(())
}

impl FromRef<Gateway> for Receiver {
    fn from_ref(gateway: &Gateway) -> Self {
        Self::new(gateway)
    }
}

impl<S, E> Incoming<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    /// Returns the next piece, of at most `most` bytes; none where the body is at its end.
    async fn next(&mut self, most: u64) -> Result<Option<Piece>, NotTaken> {
        let most = most as usize;
        let mut held = BytesMut::new();
        // Whole at once: growing would hold the piece twice.
        let room = |held: &mut BytesMut| held.reserve(most - held.len());
        let mut hash = Sha256::new();
        while let Some(mut bytes) = self.some().await? {
            if most == 0 {
                return Err(NotTaken::TooLong);
            }
            let part = bytes.split_to(bytes.len().min(most - held.len()));
            self.rest = bytes;
            hash.update(&part);
            if let Some(checksum) = &mut self.checksum {
                checksum.update(&part);
            }
            room(&mut held);
            held.extend_from_slice(&part);
            if held.len() == most {
                break;
            }
        }
        if held.is_empty() {
            return Ok(None);
        }
        Ok(Some(Piece {
            bytes: held.freeze(),
            sha256: hash.finalize().to_vec(),
        }))
    }

    /// Fails where more comes.
    async fn must_end(&mut self) -> Result<(), NotTaken> {
        match self.some().await? {
            Some(_) => Err(NotTaken::TooLong),
            None => Ok(()),
        }
    }

    /// Returns what comes next, which is not empty.
    async fn some(&mut self) -> Result<Option<Bytes>, NotTaken> {
        if !self.rest.is_empty() {
            return Ok(Some(std::mem::take(&mut self.rest)));
        }
        while let Some(bytes) = self.body.next().await {
            let bytes = bytes.map_err(|_| NotTaken::BrokenOff)?;
            if !bytes.is_empty() {
                return Ok(Some(bytes));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;

    fn incoming(
        parts: &[Result<&'static str, ()>],
    ) -> Incoming<impl Stream<Item = Result<Bytes, ()>> + Unpin> {
        let parts: Vec<_> = parts.iter().map(|part| part.map(Bytes::from)).collect();
        Incoming {
            body: stream::iter(parts),
            rest: Bytes::new(),
            checksum: None,
        }
    }

    async fn next<S>(incoming: &mut Incoming<S>, most: u64) -> Option<String>
    where
        S: Stream<Item = Result<Bytes, ()>> + Unpin,
    {
        let piece = incoming.next(most).await.unwrap()?;
        assert_eq!(piece.sha256, Sha256::digest(&piece.bytes).to_vec());
        Some(String::from_utf8(piece.bytes.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_body_is_cut_wherever_it_was_cut_before() {
        let mut body = incoming(&[Ok("he"), Ok(""), Ok("llo wor"), Ok("ld")]);
        assert_eq!(next(&mut body, 4).await.as_deref(), Some("hell"));
        assert_eq!(next(&mut body, 4).await.as_deref(), Some("o wo"));
        assert_eq!(next(&mut body, 4).await.as_deref(), Some("rld"));
        assert_eq!(next(&mut body, 4).await, None);
    }

    #[tokio::test]
    async fn a_body_that_goes_on_too_long_is_noticed() {
        let mut body = incoming(&[Ok("hello"), Ok("!")]);
        assert_eq!(next(&mut body, 5).await.as_deref(), Some("hello"));
        assert!(matches!(body.must_end().await, Err(NotTaken::TooLong)));
        let mut body = incoming(&[Ok("hello")]);
        assert_eq!(next(&mut body, 5).await.as_deref(), Some("hello"));
        assert!(body.must_end().await.is_ok());
        let mut body = incoming(&[Ok("hello")]);
        assert!(matches!(body.next(0).await, Err(NotTaken::TooLong)));
    }

    #[tokio::test]
    async fn half_a_piece_is_no_piece() {
        let mut body = incoming(&[Ok("hello wo"), Err(())]);
        assert_eq!(next(&mut body, 5).await.as_deref(), Some("hello"));
        assert!(matches!(body.next(5).await, Err(NotTaken::BrokenOff)));
    }
}
