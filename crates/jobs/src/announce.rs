//! Live events, as services send them.

use stowage_domain::WorkspaceId;
use stowage_proto::event::{Event, Topic};
use tracing::debug;

use crate::Bus;

/// Tells whoever watches `workspace` that something changed. A hint that is lost costs a reload,
/// no more, so failures are not the caller's.
pub async fn announce(bus: &dyn Bus, workspace: WorkspaceId, topic: Topic, id: impl ToString) {
    announce_all(bus, workspace, topic, vec![id.to_string()]).await;
}

/// Tells whoever watches `workspace` that several things changed, in one hint.
pub async fn announce_all(bus: &dyn Bus, workspace: WorkspaceId, topic: Topic, ids: Vec<String>) {
    let event = Event {
        workspace_id: workspace.to_string(),
        topic: topic.into(),
        ids,
    };
    if let Err(error) = bus.announce(event).await {
        debug!(
            error = &error as &dyn std::error::Error,
            "could not announce a change"
        );
    }
}
