//! Answers of a service in this process that go on by themselves, as a socket's would.

use bytes::Bytes;
use futures::{StreamExt, stream};
use http_body_util::{BodyExt, StreamBody};
use tokio::{sync::mpsc, task::JoinSet};
use tonic::body::Body;

/// Frames that wait for the caller before the service waits, too.
const AHEAD: usize = 1;

/// Gives a body a task of its own, which ends when the returned body is dropped.
///
/// A stream that is only polled while its caller waits for it may stop in the middle of anything:
/// first in line for a connection that the caller then waits for, for one, and neither ever goes
/// on.
pub(crate) fn detach(mut body: Body) -> Body {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let mut task = JoinSet::new();
    task.spawn(async move {
        while let Some(frame) = body.frame().await {
            if sender.send(frame).await.is_err() {
                return;
            }
        }
    });
    let frames = stream::unfold((receiver, task), async |(mut receiver, task)| {
        let frame: Result<http_body::Frame<Bytes>, tonic::Status> = receiver.recv().await?;
        Some((frame, (receiver, task)))
    });
    Body::new(StreamBody::new(frames.boxed()))
}
