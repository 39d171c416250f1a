//! What a page of the listing changes, written in one transaction under the scan's fence.

use std::time::{Duration, Instant};

use stowage_db::repo::NewObject;
use stowage_domain::{
    RemoteObjectId, Timestamp,
    scan::{Known, Seen, Verdict, merge, settled_at},
};
use stowage_jobs::{NewJob, Priority};
use stowage_proto::{event::Topic, job::ImportObject};
use tracing::instrument;

use super::{Scan, Stop, walk::Walk};

/// Rows changed in one transaction, so that others get their turn.
const ROWS: usize = 2_000;

/// How often a scan that changes nothing says how far it is.
const PROGRESS: Duration = Duration::from_secs(2);

/// The changes of a page.
#[derive(Default)]
struct Changes<'a> {
    new: Vec<NewObject>,
    updated: Vec<(RemoteObjectId, &'a Seen)>,
    returned: Vec<RemoteObjectId>,
    /// Back at their path, and kept marked.
    back: Vec<RemoteObjectId>,
}

impl Changes<'_> {
    fn is_empty(&self) -> bool {
        self.new.is_empty()
            && self.updated.is_empty()
            && self.returned.is_empty()
            && self.back.is_empty()
    }
}

impl Scan<'_> {
    /// Merges one page with the catalog's rows of the same stretch.
    #[instrument(name = "scan.page", skip_all, fields(scan.objects = page.len()))]
    pub(super) async fn merge_page(&mut self, walk: &mut Walk, page: &[Seen]) -> Result<(), Stop> {
        let Some(last) = page.last() else {
            return Ok(());
        };
        walk.check_order(page)?;
        let known = walk
            .take_to(self.deps, &self.storage, Some(&last.remote_id))
            .await?;
        self.counts.listed += page.len() as i64;
        self.counts.bytes += page.iter().map(|seen| seen.size as i64).sum::<i64>();
        let changes = self.compare(page, &known);
        self.write(&changes).await
    }

    /// Whatever the catalog still holds behind the listing's end was not listed.
    pub(super) async fn drain(&mut self, walk: &mut Walk) -> Result<(), Stop> {
        loop {
            let known = walk.take_to(self.deps, &self.storage, None).await?;
            if known.is_empty() {
                return Ok(());
            }
            self.compare(&[], &known);
        }
    }

    fn compare<'p>(&mut self, page: &'p [Seen], known: &'p [Known]) -> Changes<'p> {
        let mut changes = Changes::default();
        for verdict in merge(page, known, self.storage.behaviour.on_return) {
            match verdict {
                Verdict::New(seen) => {
                    let id = self.deps.ids.next().into();
                    changes.new.push(NewObject {
                        id,
                        seen: seen.clone(),
                    });
                }
                Verdict::Changed {
                    seen,
                    known,
                    returned,
                } => {
                    self.counts.returned += i64::from(returned);
                    changes.updated.push((known.id, seen));
                }
                Verdict::Returned { known } => changes.returned.push(known.id),
                Verdict::Unchanged => self.counts.unchanged += 1,
                Verdict::Absent(known) => {
                    self.absent.push(known.id);
                    self.absent_set.add(known.id);
                }
                Verdict::Held { known, is_news } => {
                    if is_news {
                        changes.back.push(known.id);
                    }
                }
                Verdict::LeftAgain(known) => self.left_again.push(known.id),
                Verdict::StillAbsent => {}
            }
        }
        self.counts.new += changes.new.len() as i64;
        self.counts.changed += changes.updated.len() as i64;
        self.counts.returned += changes.returned.len() as i64;
        changes
    }

    /// Writes a page's changes and prolongs the lease; a page without any only does the latter, and
    /// that not more often than there is need, since each commit waits for the disk.
    async fn write(&mut self, changes: &Changes<'_>) -> Result<(), Stop> {
        let now = self.deps.clock.now();
        let is_empty = changes.is_empty();
        for new in chunks(&changes.new) {
            let tx = self.begin().await?;
            tx.scans()
                .hold_lease(&self.lease, self.config.lease)
                .await?;
            tx.objects().insert_many(self.storage.id, new, now).await?;
            let imports = new.iter().map(|new| self.import(new.id, &new.seen, now));
            tx.jobs().enqueue_all(imports.collect()).await?;
            tx.scans().progress(self.run.id, &self.counts).await?;
            tx.commit().await?;
        }
        for updated in chunks(&changes.updated) {
            let tx = self.begin().await?;
            tx.scans()
                .hold_lease(&self.lease, self.config.lease)
                .await?;
            for (id, seen) in updated {
                tx.objects().update_seen(*id, seen).await?;
            }
            let imports = updated.iter().map(|(id, seen)| self.import(*id, seen, now));
            tx.jobs().enqueue_all(imports.collect()).await?;
            tx.commit().await?;
        }
        let is_quiet = self.written_at.elapsed() < PROGRESS.min(self.config.lease / 3);
        if is_empty && is_quiet {
            return Ok(());
        }
        self.written_at = Instant::now();
        if !changes.returned.is_empty() || !changes.back.is_empty() || is_empty {
            let tx = self.begin().await?;
            tx.scans()
                .hold_lease(&self.lease, self.config.lease)
                .await?;
            let mut marked = Vec::new();
            for id in &changes.returned {
                marked.extend(tx.objects().mark_returned(*id).await?);
            }
            for id in &changes.back {
                marked.extend(tx.objects().mark_back(*id, true).await?);
            }
            tx.scans().progress(self.run.id, &self.counts).await?;
            tx.commit().await?;
            self.announce_assets(&marked).await;
        }
        if !is_empty {
            self.announce(Topic::Scan).await;
        }
        Ok(())
    }

    /// An import is due once the file has settled. Those of a first look ring like any other.
    fn import(&self, id: RemoteObjectId, seen: &Seen, now: Timestamp) -> NewJob {
        let job = ImportObject {
            remote_object_id: id.to_string(),
            again: false,
            scan_run_id: self.run.id.to_string(),
        };
        let due = settled_at(seen.modified_at, self.storage.kind.settle(), now);
        let new = NewJob::of(Some(self.storage.workspace), &job).with_priority(Priority::Normal);
        if due > now { new.due_at(due) } else { new }
    }
}

fn chunks<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    rows.chunks(ROWS)
}
