//! One subscription to the bus for the whole process, fanned out to the watchers of each workspace.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures::StreamExt;
use stowage_domain::{Clock, WorkspaceId};
use stowage_jobs::{Bus, Event};
use stowage_runtime::Shutdown;
use stowage_secrets::Token;
use tokio::{
    sync::broadcast,
    time::{Instant, sleep, sleep_until},
};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::room::{Hint, Numbered, Room};

/// How long changes are gathered before they are told.
const GATHER: Duration = Duration::from_millis(250);
/// How long a workspace that nobody watches is remembered, for those who come back.
const REMEMBER: Duration = Duration::from_mins(10);
const RECONNECT: Duration = Duration::from_secs(2);

/// All watchers of this process.
#[derive(Debug)]
pub(crate) struct Hub {
    /// Says which process numbered a hint: numbers of another one mean nothing here.
    epoch: String,
    last: AtomicU64,
    rooms: Mutex<HashMap<WorkspaceId, Room>>,
    clock: Arc<dyn Clock>,
    /// Fires when watchers should go.
    pub(crate) stopping: CancellationToken,
}

/// What a new watcher starts with.
#[derive(Debug)]
pub(crate) struct Subscription {
    /// What was told since the watcher was here last.
    pub(crate) missed: Vec<Numbered>,
    /// The number that a watcher resumes from when nothing follows.
    pub(crate) number: u64,
    pub(crate) hints: broadcast::Receiver<Numbered>,
}

impl Hub {
    /// Opens the hub and begins to listen to the bus, until `shutdown`. Inside a runtime only.
    pub(crate) fn start(
        bus: Arc<dyn Bus>,
        clock: Arc<dyn Clock>,
        shutdown: &Shutdown,
    ) -> Arc<Self> {
        let hub = Arc::new(Self::new(clock, shutdown.soft.clone()));
        let listening = listen(Arc::downgrade(&hub), bus);
        let stop = shutdown.soft.clone();
        shutdown.spawn("live-events", async move {
            stop.run_until_cancelled_owned(listening).await;
        });
        hub
    }

    fn new(clock: Arc<dyn Clock>, stopping: CancellationToken) -> Self {
        let mut epoch = Token::generate().expose().to_owned();
        epoch.truncate(8);
        Self {
            epoch,
            last: AtomicU64::new(0),
            rooms: Mutex::default(),
            clock,
            stopping,
        }
    }

    fn next(&self) -> u64 {
        self.last.fetch_add(1, Ordering::SeqCst) + 1
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<WorkspaceId, Room>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets somebody watch a workspace, from where `last_event_id` says.
    pub(crate) fn watch(
        &self,
        workspace: WorkspaceId,
        last_event_id: Option<&str>,
    ) -> Subscription {
        let mut rooms = self.rooms();
        let now = self.last.load(Ordering::SeqCst);
        let at = self.clock.now();
        let room = rooms.entry(workspace).or_insert_with(|| Room::new(now, at));
        room.last_used = at;
        let missed = match last_event_id {
            None => Vec::new(),
            Some(id) => self
                .number_of(id)
                .and_then(|number| room.since(number))
                .unwrap_or_else(|| {
                    vec![Numbered {
                        number: now,
                        hint: Hint::Reset,
                    }]
                }),
        };
        Subscription {
            missed,
            number: now,
            hints: room.watch(),
        }
    }

    /// Writes a number as the id of an event.
    pub(crate) fn id_of(&self, number: u64) -> String {
        format!("{}-{number}", self.epoch)
    }

    fn number_of(&self, id: &str) -> Option<u64> {
        let (epoch, number) = id.rsplit_once('-')?;
        let number = number.parse().ok()?;
        (epoch == self.epoch && number <= self.last.load(Ordering::SeqCst)).then_some(number)
    }

    /// Keeps an event for the next telling. False when nobody watches its workspace.
    fn gather(&self, event: Event) -> bool {
        let topic = event.topic();
        let Ok(workspace) = event.workspace_id.parse() else {
            return false;
        };
        let mut rooms = self.rooms();
        let Some(room) = rooms.get_mut(&workspace) else {
            return false;
        };
        room.gather(topic, event.ids);
        true
    }

    fn tell(&self) {
        let now = self.clock.now();
        self.rooms().retain(|_, room| {
            room.tell(|| self.next());
            if room.is_watched() {
                room.last_used = now;
            }
            now.since(room.last_used) < REMEMBER
        });
    }

    fn reset(&self) {
        for room in self.rooms().values_mut() {
            room.reset(self.next());
        }
    }
}

/// Follows the bus, through its failures, as long as there is a hub.
async fn listen(hub: Weak<Hub>, bus: Arc<dyn Bus>) {
    let mut failures = 0;
    loop {
        match bus.events().await {
            Ok(mut events) => {
                if failures > 0
                    && let Some(hub) = hub.upgrade()
                {
                    hub.reset();
                }
                failures = 0;
                let mut tell_at: Option<Instant> = None;
                loop {
                    let due = async {
                        match tell_at {
                            Some(at) => sleep_until(at).await,
                            None => std::future::pending().await,
                        }
                    };
                    tokio::select! {
                        event = events.next() => {
                            let Some(event) = event else { break };
                            let Some(hub) = hub.upgrade() else { return };
                            if hub.gather(event) && tell_at.is_none() {
                                tell_at = Some(Instant::now() + GATHER);
                            }
                        }
                        () = due => {
                            tell_at = None;
                            let Some(hub) = hub.upgrade() else { return };
                            hub.tell();
                        }
                    }
                }
            }
            Err(error) => {
                if failures == 0 {
                    let error = &error as &dyn std::error::Error;
                    warn!(
                        error,
                        "could not listen for live events: trying until it works"
                    );
                }
            }
        }
        failures += 1;
        sleep(RECONNECT).await;
        if hub.strong_count() == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use stowage_domain::SystemClock;
    use stowage_proto::event::Topic;
    use uuid::Uuid;

    use super::*;

    fn event(workspace: WorkspaceId, id: &str) -> Event {
        Event {
            workspace_id: workspace.to_string(),
            topic: Topic::Asset.into(),
            ids: vec![id.to_owned()],
        }
    }

    fn hub() -> (Hub, WorkspaceId) {
        (
            Hub::new(Arc::new(SystemClock), CancellationToken::new()),
            WorkspaceId(Uuid::from_u128(1)),
        )
    }

    #[tokio::test]
    async fn a_watcher_hears_of_its_own_workspace_only() {
        let (hub, mine) = hub();
        let theirs = WorkspaceId(Uuid::from_u128(2));
        let mut watching = hub.watch(mine, None);

        assert!(!hub.gather(event(theirs, "x")));
        assert!(hub.gather(event(mine, "a")));
        hub.tell();

        let told = watching.hints.recv().await.unwrap();
        assert_eq!(
            told.hint,
            Hint::Changed {
                name: "asset",
                ids: vec!["a".to_owned()]
            }
        );
        assert!(watching.hints.try_recv().is_err());
    }

    #[tokio::test]
    async fn who_comes_back_hears_what_was_missed() {
        let (hub, workspace) = hub();
        let first = hub.watch(workspace, None);
        let id = hub.id_of(first.number);
        drop(first);
        hub.gather(event(workspace, "a"));
        hub.tell();

        let again = hub.watch(workspace, Some(&id));

        assert_eq!(again.missed.len(), 1);
        assert_ne!(again.missed[0].hint, Hint::Reset);
    }

    #[tokio::test]
    async fn an_id_that_nobody_here_gave_means_fetch_anew() {
        let (hub, workspace) = hub();
        for id in ["other-1", "", "nonsense", &hub.id_of(99)] {
            let subscription = hub.watch(workspace, Some(id));
            assert_eq!(
                subscription.missed,
                [Numbered {
                    number: 0,
                    hint: Hint::Reset
                }],
                "{id:?}"
            );
        }
    }
}
