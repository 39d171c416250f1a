//! A direct look at single originals, and what it changes (SPEC D5, W4).
//!
//! The storage proves itself before and after; only then does "not there" count. What a scan would
//! hold, because too much is gone at once, is left to a scan here, too.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::extract::FromRef;
use futures::{StreamExt, stream};
use stowage_db::{
    Database, DbError, Tx,
    repo::{ObjectRow, StorageRow},
};
use stowage_domain::{
    AssetId, Clock, Finding, Look, StorageId, StorageKind, WorkspaceId, judge_look,
    scan::{Absence, AbsentSet, Seen, is_vague, judge_absence},
};
use stowage_jobs::{Bus, NewJob, Priority, announce_all};
use stowage_proto::{
    event::Topic,
    job::{ImportObject, ScanTrigger},
};

use crate::{connector::Connector, routes::storages::enqueue_scan, state::Gateway};

/// Objects that one storage is asked for at a time.
const AT_A_TIME: usize = 8;

/// How long a storage may take over one question before it counts as away.
const PATIENCE: Duration = Duration::from_secs(10);

/// Looks for originals in their storages.
#[derive(Clone)]
pub(crate) struct Checker {
    db: Database,
    connector: Connector,
    bus: Arc<dyn Bus>,
    clock: Arc<dyn Clock>,
}

/// What a look at one place of an asset found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Checked {
    pub(super) asset: AssetId,
    pub(super) storage: StorageId,
    pub(super) storage_name: String,
    pub(super) path: String,
    pub(super) outcome: Outcome,
    /// A mark was set or taken away.
    pub(super) is_changed: bool,
    pub(super) is_scan_queued: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    There,
    Held,
    Gone,
    /// The storage could not be asked, for this reason.
    Away(String),
}

/// What one storage is asked.
struct Asked {
    storage: StorageRow,
    /// What it proved to be when it was first scanned.
    identity: Option<String>,
    objects: Vec<ObjectRow>,
}

/// What one object's storage answered.
enum Answer {
    There(Box<Seen>),
    Gone,
    Away(String),
}

impl FromRef<Gateway> for Checker {
    fn from_ref(state: &Gateway) -> Self {
        Self {
            db: state.db.clone(),
            connector: state.connector.clone(),
            bus: Arc::clone(&state.bus),
            clock: Arc::clone(&state.clock),
        }
    }
}

impl Checked {
    pub(super) fn is_there(&self) -> bool {
        matches!(self.outcome, Outcome::There | Outcome::Held)
    }
}

impl Checker {
    /// Looks for every original of these assets in customers' storages.
    pub(super) async fn check(
        &self,
        workspace: WorkspaceId,
        assets: &[AssetId],
    ) -> Result<Vec<Checked>, DbError> {
        let mut checked = Vec::new();
        for asked in self.places(workspace, assets).await? {
            let answers = self.ask(workspace, &asked).await;
            checked.extend(self.conclude(workspace, &asked, answers).await?);
        }
        let changed = checked.iter().filter(|look| look.is_changed);
        let changed: Vec<String> = changed.map(|look| look.asset.to_string()).collect();
        if !changed.is_empty() {
            announce_all(&*self.bus, workspace, Topic::Asset, changed).await;
        }
        Ok(checked)
    }

    /// Returns where the originals are, or were, by storage.
    async fn places(
        &self,
        workspace: WorkspaceId,
        assets: &[AssetId],
    ) -> Result<Vec<Asked>, DbError> {
        let tx = self.db.read_in(workspace).await?;
        let mut by_storage: BTreeMap<StorageId, Vec<ObjectRow>> = BTreeMap::new();
        for asset in assets {
            for object in tx.objects().of_asset(*asset).await? {
                by_storage.entry(object.storage).or_default().push(object);
            }
        }
        let mut places = Vec::with_capacity(by_storage.len());
        for (id, objects) in by_storage {
            let storage = tx.storages().get(id).await?;
            if storage.kind == StorageKind::Central {
                continue;
            }
            places.push(Asked {
                identity: tx.scans().identity(id).await?,
                storage,
                objects,
            });
        }
        Ok(places)
    }

    /// Asks a storage for its objects, between two proofs that it is the one that is meant.
    async fn ask(&self, workspace: WorkspaceId, asked: &Asked) -> Vec<Answer> {
        let away = |why: String| {
            let answers = asked.objects.iter().map(|_| Answer::Away(why.clone()));
            answers.collect::<Vec<_>>()
        };
        if !asked.storage.is_on {
            return away("the storage is switched off".to_owned());
        }
        if let Err(why) = self.prove(workspace, asked).await {
            return away(why);
        }
        let questions: Vec<_> = asked
            .objects
            .iter()
            .map(|object| self.stat(workspace, object))
            .collect();
        let answers: Vec<Answer> = stream::iter(questions).buffered(AT_A_TIME).collect().await;
        if answers.iter().any(|answer| matches!(answer, Answer::Gone))
            && let Err(why) = self.prove(workspace, asked).await
        {
            return away(why);
        }
        answers
    }

    async fn prove(&self, workspace: WorkspaceId, asked: &Asked) -> Result<(), String> {
        let expected = asked.identity.as_deref().unwrap_or_default();
        let proof = self
            .connector
            .identify(workspace, asked.storage.id, expected);
        match tokio::time::timeout(PATIENCE, proof).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(error.message().to_owned()),
            Err(_) => Err(slow()),
        }
    }

    async fn stat(&self, workspace: WorkspaceId, object: &ObjectRow) -> Answer {
        let question = self.connector.stat(workspace, object.storage, &object.path);
        match tokio::time::timeout(PATIENCE, question).await {
            Ok(Ok(Some(found))) => Answer::There(Box::new(found.into())),
            Ok(Ok(None)) => Answer::Gone,
            Ok(Err(error)) => Answer::Away(error.message().to_owned()),
            Err(_) => Answer::Away(slow()),
        }
    }

    /// Writes down what the answers come to, as far as they may be acted on at once.
    async fn conclude(
        &self,
        workspace: WorkspaceId,
        asked: &Asked,
        answers: Vec<Answer>,
    ) -> Result<Vec<Checked>, DbError> {
        let tx = self.db.begin_in(workspace).await?;
        let mut needs_scan = false;
        let may_mark = self.may_mark(&tx, asked, &answers).await?;
        let mut checked = Vec::with_capacity(answers.len());
        for (object, answer) in asked.objects.iter().zip(answers) {
            let (outcome, effect) = apply(&tx, &asked.storage, object, answer, may_mark).await?;
            needs_scan |= effect == Effect::Scan;
            checked.push(Checked {
                asset: object.asset.unwrap_or(AssetId(object.id.0)),
                storage: asked.storage.id,
                storage_name: asked.storage.name.clone(),
                path: object.path.clone(),
                outcome,
                is_changed: effect == Effect::Changed,
                is_scan_queued: effect == Effect::Scan,
            });
        }
        if needs_scan {
            let (id, trigger) = (asked.storage.id, ScanTrigger::Request);
            enqueue_scan(&tx, workspace, id, trigger, "").await?;
        }
        tx.commit().await?;
        Ok(checked)
    }

    /// Returns whether a scan that missed as much would set the marks at once.
    async fn may_mark(&self, tx: &Tx, asked: &Asked, answers: &[Answer]) -> Result<bool, DbError> {
        let mut left = AbsentSet::default();
        for (object, answer) in asked.objects.iter().zip(answers) {
            if object.present && matches!(answer, Answer::Gone) {
                left.add(object.id);
            }
        }
        if left.count == 0 || asked.identity.is_none() {
            return Ok(false);
        }
        let present = tx.objects().count_present(asked.storage.id).await?;
        let proof = asked.storage.proof();
        let verdict = judge_absence(present, left, None, proof, self.clock.now());
        let is_held = tx.scans().hold(asked.storage.id).await?.is_some();
        Ok(verdict == Absence::Mark && !is_held)
    }
}

/// What a look changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Nothing,
    Changed,
    /// A scan has to decide.
    Scan,
}

async fn apply(
    tx: &Tx,
    storage: &StorageRow,
    asked: &ObjectRow,
    answer: Answer,
    may_mark: bool,
) -> Result<(Outcome, Effect), DbError> {
    let (look, seen) = match answer {
        Answer::There(seen) => (Look::There, Some(seen)),
        Answer::Gone => (Look::Gone, None),
        Answer::Away(why) => return Ok((Outcome::Away(why), Effect::Nothing)),
    };
    // As it stands now: a scan may have come to its own conclusion meanwhile.
    let Some(object) = tx.objects().find(asked.id).await? else {
        return Ok((Outcome::Gone, Effect::Nothing));
    };
    let finding = judge_look(object.presence(), look, storage.behaviour.on_return);
    Ok(match (finding, seen) {
        (Finding::Returned, Some(seen)) => {
            let is_settled = take_back(tx, storage, &object, &seen).await?;
            let effect = if is_settled {
                Effect::Changed
            } else {
                Effect::Scan
            };
            (Outcome::There, effect)
        }
        (Finding::Held, _) => {
            let is_news = object.back_since.is_none();
            if is_news {
                tx.objects().mark_back(object.id, true).await?;
            }
            let effect = if is_news {
                Effect::Changed
            } else {
                Effect::Nothing
            };
            (Outcome::Held, effect)
        }
        (Finding::Left, _) if may_mark => {
            tx.objects()
                .mark_absent(object.id, &object.revision)
                .await?;
            (Outcome::Gone, Effect::Changed)
        }
        (Finding::Left, _) => (Outcome::Gone, Effect::Scan),
        (Finding::Gone, _) => {
            if object.back_since.is_some() {
                tx.objects().mark_back(object.id, false).await?;
            }
            (Outcome::Gone, Effect::Nothing)
        }
        (Finding::There | Finding::Returned, _) => (Outcome::There, Effect::Nothing),
    })
}

/// Takes the mark away, and has the file read where it changed. False where only a listing shows
/// whether it did.
async fn take_back(
    tx: &Tx,
    storage: &StorageRow,
    object: &ObjectRow,
    seen: &Seen,
) -> Result<bool, DbError> {
    if is_vague(&object.revision) {
        if seen.size != object.size {
            return Ok(false);
        }
        tx.objects().mark_returned(object.id).await?;
        return Ok(true);
    }
    if seen.revision == object.revision {
        tx.objects().mark_returned(object.id).await?;
        return Ok(true);
    }
    tx.objects().update_seen(object.id, seen).await?;
    let import = ImportObject {
        remote_object_id: object.id.to_string(),
        again: false,
        scan_run_id: String::new(),
    };
    let job = NewJob::of(Some(storage.workspace), &import).with_priority(Priority::Interactive);
    tx.jobs().enqueue_one(job).await?;
    Ok(true)
}

fn slow() -> String {
    format!(
        "the storage did not answer within {} seconds",
        PATIENCE.as_secs()
    )
}
