//! What a clean, complete scan concludes of the objects that it did not see (SPEC D5).

use std::time::Duration;

use stowage_domain::{
    RemoteObjectId,
    scan::{Absence, HoldState, judge_absence},
};
use stowage_storage::{ErrorKind, StorageError};
use tracing::warn;

use super::{Scan, Stop};

/// Objects marked in one transaction.
const BATCH: usize = 500;

/// Absent objects that are each asked for before they are marked; of more, as many are sampled.
const ASKED: usize = 1_000;

impl Scan<'_> {
    /// Judges absence. Returns when to look again, if sooner than usual.
    pub(super) async fn judge(&mut self, present: u64) -> Result<Option<Duration>, Stop> {
        let now = self.deps.clock.now();
        let hold = self.lease.hold;
        let proof = self.storage.proof();
        match judge_absence(present, self.absent_set, hold.as_ref(), proof, now) {
            Absence::None => {
                if hold.is_some() {
                    self.set_hold(None).await?;
                }
                Ok(None)
            }
            Absence::Held(new) if new.state == HoldState::Asking => {
                if hold != Some(new) {
                    warn!(
                        storage.id = %self.storage.id,
                        scan.absent = new.absent.count,
                        "{} of {} objects are gone from storage {}, which cannot prove itself: \
                         a person has to confirm it",
                        new.absent.count, new.objects, self.storage.id
                    );
                    self.set_hold(Some(new)).await?;
                }
                Ok(None)
            }
            Absence::Held(new) => {
                warn!(
                    storage.id = %self.storage.id,
                    scan.absent = new.absent.count,
                    "{} of {} objects vanished from storage {}: nothing is marked until a second \
                     scan agrees", new.absent.count, present, self.storage.id
                );
                self.set_hold(Some(new)).await?;
                Ok(Some(self.config.recheck_held_after))
            }
            Absence::Mark => {
                self.mark().await?;
                if hold.is_some() {
                    self.set_hold(None).await?;
                }
                Ok(None)
            }
        }
    }

    async fn set_hold(&self, hold: Option<stowage_domain::scan::Hold>) -> Result<(), Stop> {
        let tx = self.begin().await?;
        tx.scans()
            .hold_lease(&self.lease, self.config.lease)
            .await?;
        tx.scans().set_hold(&self.lease, hold.as_ref()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What came back and was held is gone once more: nobody is told any longer that it is there.
    pub(super) async fn note_left_again(&mut self) -> Result<(), Stop> {
        let left = std::mem::take(&mut self.left_again);
        for batch in left.chunks(BATCH) {
            let tx = self.begin().await?;
            tx.scans()
                .hold_lease(&self.lease, self.config.lease)
                .await?;
            let mut marked = Vec::new();
            for id in batch {
                marked.extend(tx.objects().mark_back(*id, false).await?);
            }
            tx.commit().await?;
            self.announce_assets(&marked).await;
        }
        Ok(())
    }

    /// Marks what is absent, after asking the storage for each, or for a sample of very many.
    async fn mark(&mut self) -> Result<(), Stop> {
        let absent = std::mem::take(&mut self.absent);
        let step = absent.len().div_ceil(ASKED).max(1);
        for (position, batch) in absent.chunks(BATCH).enumerate() {
            let rows = self.rows(batch).await?;
            let mut gone = Vec::with_capacity(rows.len());
            for (offset, (id, path, revision)) in rows.into_iter().enumerate() {
                let is_asked = (position * BATCH + offset).is_multiple_of(step);
                if is_asked && self.is_there(&path).await? {
                    if step > 1 {
                        return Err(short_listing(&path).into());
                    }
                    warn!(
                        storage.id = %self.storage.id,
                        "an object that storage {} did not list is there: not marked",
                        self.storage.id
                    );
                    continue;
                }
                gone.push((id, revision));
            }
            let tx = self.begin().await?;
            tx.scans()
                .hold_lease(&self.lease, self.config.lease)
                .await?;
            let mut marked = Vec::new();
            for (id, revision) in &gone {
                marked.extend(tx.objects().mark_absent(*id, revision).await?);
            }
            self.counts.missing += gone.len() as i64;
            tx.scans().progress(self.run.id, &self.counts).await?;
            tx.commit().await?;
            self.announce_assets(&marked).await;
        }
        Ok(())
    }

    async fn rows(
        &self,
        ids: &[RemoteObjectId],
    ) -> Result<Vec<(RemoteObjectId, String, String)>, Stop> {
        let tx = self.deps.db.read_in(self.storage.workspace).await?;
        let mut rows = Vec::with_capacity(ids.len());
        for id in ids {
            if let Some(row) = tx.objects().find(*id).await? {
                rows.push((row.id, row.path, row.revision));
            }
        }
        Ok(rows)
    }

    /// Only a plain "not there" is an answer; anything else ends the scan without a mark.
    async fn is_there(&self, path: &str) -> Result<bool, StorageError> {
        match self.deps.storage.stat(self.target(), path).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// One of a sample is there: then the others may be, too.
fn short_listing(path: &str) -> StorageError {
    StorageError::new(
        ErrorKind::Unexpected,
        format!("the listing left out {path:?}, which is there: nothing more is marked"),
    )
}
