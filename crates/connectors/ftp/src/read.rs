//! Reading a file, going on where a connection broke, and noticing when the file changes.

use std::{ops::Range, sync::Arc};

use bytes::{Bytes, BytesMut};
use futures::{StreamExt, stream};
use stowage_storage::{ByteStream, ErrorKind, Object, ObjectPath, Read, StorageError};
use tokio::{io::AsyncReadExt, time::timeout};

use crate::{
    error::Failure,
    facts::{check_name, find},
    pool::{Lease, Pool},
    session::Transfer,
};

/// What is handed on at once, at most.
const CHUNK: usize = 256 * 1024;

/// How often a read goes on with another connection without having come any further.
const RESUMES: u32 = 2;

pub(crate) async fn stat(pool: &Arc<Pool>, path: &ObjectPath) -> Result<Object, StorageError> {
    if check_name(path).is_err() {
        return Err(StorageError::not_found(path.as_str()));
    }
    let mut lease = pool.lend().await?;
    let found = find(&mut lease, path.as_str()).await;
    let found = lease.end(found);
    found
        .map_err(|failure| failure.into_error(&format!("look at {:?}", path.as_str())))?
        .ok_or_else(|| StorageError::not_found(path.as_str()))
}

pub(crate) async fn read(
    pool: &Arc<Pool>,
    path: &ObjectPath,
    range: Option<Range<u64>>,
) -> Result<Read, StorageError> {
    if check_name(path).is_err() {
        return Err(StorageError::not_found(path.as_str()));
    }
    let mut lease = pool.lend().await?;
    let object = match find(&mut lease, path.as_str()).await {
        Ok(Some(object)) => object,
        other => {
            let failed = lease.end(other);
            return Err(failed.map_or_else(
                |failure| failure.into_error(&format!("look at {:?}", path.as_str())),
                |_| StorageError::not_found(path.as_str()),
            ));
        }
    };
    let range = range.unwrap_or(0..object.size);
    let end = range.end.min(object.size);
    let start = range.start.min(end);
    let mut reading = Reading {
        pool: Arc::clone(pool),
        object: object.clone(),
        next: start,
        end,
        open: None,
        resumes: 0,
    };
    if start == end {
        lease.give_back();
        let body = stream::empty().boxed();
        return Ok(Read { object, body });
    }
    reading.begin(lease).await?;
    Ok(Read {
        object,
        body: body(reading),
    })
}

struct Reading {
    pool: Arc<Pool>,
    object: Object,
    next: u64,
    end: u64,
    open: Option<(Lease, Transfer)>,
    resumes: u32,
}

fn body(reading: Reading) -> ByteStream {
    stream::try_unfold(Some(reading), |state| async move {
        let Some(mut reading) = state else {
            return Ok(None);
        };
        let chunk = reading.chunk().await?;
        let is_last = reading.next == reading.end;
        Ok(Some((chunk, (!is_last).then_some(reading))))
    })
    .boxed()
}

impl Reading {
    fn failed(&self, failure: Failure) -> StorageError {
        failure.into_error(&format!("read {:?}", self.object.path))
    }

    fn changed(&self) -> StorageError {
        StorageError::new(
            ErrorKind::Conflict,
            format!("object {:?} changed while it was read", self.object.path),
        )
    }

    async fn begin(&mut self, mut lease: Lease) -> Result<(), StorageError> {
        match lease.begin_read(&self.object.path, self.next).await {
            Ok(transfer) => {
                self.open = Some((lease, transfer));
                Ok(())
            }
            Err(Failure::Refused(refusal)) if refusal.is_about_file() => {
                // It was there a moment ago.
                let there = find(&mut lease, &self.object.path).await;
                match lease.end(there) {
                    Ok(None) => Err(StorageError::not_found(&self.object.path)),
                    Ok(Some(_)) => Err(self.failed(Failure::Refused(refusal))),
                    Err(failure) => Err(self.failed(failure)),
                }
            }
            Err(failure) => {
                let failure: Result<(), Failure> = lease.end(Err(failure));
                failure.map_err(|failure| self.failed(failure))
            }
        }
    }

    /// Reads the next chunk; before the last one is handed on, the server has to say that it was.
    async fn chunk(&mut self) -> Result<Bytes, StorageError> {
        loop {
            let failure = match self.try_chunk().await {
                Ok(Some(chunk)) => return Ok(chunk),
                Ok(None) => return Err(self.changed()),
                Err(failure) => failure,
            };
            self.open = None;
            if !failure.may_pass() || self.resumes == RESUMES {
                return Err(self.failed(failure));
            }
            self.resumes += 1;
            tracing::debug!(at = self.next, "going on with a read on another connection");
            let mut lease = self.pool.lend().await?;
            match find(&mut lease, &self.object.path).await {
                Ok(Some(now)) if now.revision == self.object.revision => {}
                Ok(Some(_)) => return Err(self.changed()),
                Ok(None) => return Err(StorageError::not_found(&self.object.path)),
                Err(failure) => return Err(self.failed(failure)),
            }
            self.begin(lease).await?;
        }
    }

    /// Reads what has come in. None when the file ended early.
    async fn try_chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        let limit = self.pool.dialer.net.timeouts.stall;
        let Some((_, transfer)) = &mut self.open else {
            return Err(Failure::broken(ErrorKind::Unreachable, "nothing is open"));
        };
        let wanted = usize::try_from(self.end - self.next).unwrap_or(usize::MAX);
        let mut chunk = BytesMut::with_capacity(wanted.min(CHUNK));
        let is_short = loop {
            let room = (chunk.capacity() - chunk.len()) as u64;
            if room == 0 {
                break false;
            }
            let mut bounded = (&mut *transfer).take(room);
            let read = timeout(limit, bounded.read_buf(&mut chunk)).await;
            match read.map_err(|_| Failure::silent(limit)) {
                Ok(Ok(0)) => break true,
                Ok(Ok(_)) if chunk.len() < CHUNK / 4 => {}
                Ok(Ok(_)) => break false,
                // Many servers end TLS without a word; their answer says whether it was all.
                Ok(Err(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => break true,
                // What came before the break is good.
                Ok(Err(_)) | Err(_) if !chunk.is_empty() => break false,
                Ok(Err(error)) => return Err(error.into()),
                Err(failure) => return Err(failure),
            }
        };
        let came = chunk.len() as u64;
        if self.next + came == self.end {
            // With the last chunk the server has to say that all went well. Nothing is lost when
            // it does not: the chunk is read once more.
            if !self.close().await? {
                return Ok(None);
            }
        } else if is_short && came == 0 {
            self.close().await?;
            return Ok(None);
        }
        self.next += came;
        if came > 0 {
            self.resumes = 0;
        }
        Ok(Some(chunk.freeze()))
    }

    /// Ends the transfer. False when there was more than the file had at first.
    async fn close(&mut self) -> Result<bool, Failure> {
        let Some((mut lease, mut transfer)) = self.open.take() else {
            return Ok(true);
        };
        if self.end < self.object.size {
            // A stretch: the rest is not wanted, and the server may complain as it likes.
            drop(transfer);
            let answers = lease.nudge().await;
            let _ = lease.end(answers);
            return Ok(true);
        }
        let limit = self.pool.dialer.net.timeouts.stall;
        let more = timeout(limit, transfer.read(&mut [0; 1])).await;
        if matches!(more, Ok(Ok(1..))) {
            return Ok(false);
        }
        let ended = lease.finish(transfer).await;
        lease.end(ended)?;
        Ok(true)
    }
}
