//! `GET /workspaces/{workspace_id}/events`

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{Stream, StreamExt, future::select, stream};
use serde_json::json;
use stowage_domain::Permission;
use tokio::{sync::broadcast::error::RecvError, time::sleep};

use crate::{
    events::{Hint, Hub, Numbered, Subscription},
    extract::{Member, MemberError, Refused, WorkspacePath},
    problem::route_error,
};

const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// After this the browser comes back by itself, and is asked again who it is.
const LONGEST: Duration = Duration::from_mins(15);

route_error! {
    /// What watching a workspace answers when it is not allowed.
    RouteError, after [MemberError], from [Refused] {}
}

/// Watch a workspace: server-sent hints of what changed, with ids only.
///
/// Events are `asset`, `storage` and `scan`, whose data is `{"ids": […]}`, and `reset`, which says
/// to fetch everything anew. `Last-Event-ID` resumes.
#[utoipa::path(
    get,
    path = "/workspaces/{workspace_id}/events",
    tag = "events",
    operation_id = "watch_events",
    params(
        WorkspacePath,
        ("Last-Event-ID" = Option<String>, Header, description = "The last event that was seen"),
    ),
    responses(
        (status = 200, description = "Events", content_type = "text/event-stream", body = String),
        RouteError,
    )
)]
pub(crate) async fn watch(
    State(hub): State<Arc<Hub>>,
    member: Member,
    headers: HeaderMap,
) -> Result<Response, RouteError> {
    let workspace = member.must(Permission::View)?;
    let last = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok());
    let subscription = hub.watch(workspace, last);
    let stopping = hub.stopping.clone();
    let end = async move {
        select(
            Box::pin(stopping.cancelled_owned()),
            Box::pin(sleep(LONGEST)),
        )
        .await;
    };
    let events = events(hub, subscription).take_until(Box::pin(end));
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // nginx would hold events back.
        (
            HeaderName::from_static("x-accel-buffering"),
            HeaderValue::from_static("no"),
        ),
    ];
    let sse = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    Ok((headers, sse).into_response())
}

fn events(
    hub: Arc<Hub>,
    subscription: Subscription,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let Subscription {
        missed,
        number,
        hints,
    } = subscription;
    // An id without data: a browser that hears nothing else can still resume from here.
    let start = Event::default().id(hub.id_of(number)).comment("watching");
    let missed: Vec<Event> = missed.into_iter().map(|hint| event(&hub, &hint)).collect();
    let live = stream::unfold((hub, hints), async |(hub, mut hints)| {
        let told = match hints.recv().await {
            Ok(numbered) => event(&hub, &numbered),
            // The last ones are remembered; what fell out in between is gone.
            Err(RecvError::Lagged(_)) => Event::default().event("reset").data("{}"),
            Err(RecvError::Closed) => return None,
        };
        Some((told, (hub, hints)))
    });
    stream::iter(missed)
        .chain(stream::iter([start]))
        .chain(live)
        .map(Ok)
}

fn event(hub: &Hub, numbered: &Numbered) -> Event {
    let event = Event::default().id(hub.id_of(numbered.number));
    match &numbered.hint {
        Hint::Changed { name, ids } => event.event(name).data(json!({ "ids": ids }).to_string()),
        Hint::Reset => event.event("reset").data("{}"),
    }
}
