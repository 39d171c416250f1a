//! Calls between services, and how errors look at every edge.
//!
//! Owns [`Transport`], which is a service in this process or a channel to another one; deadlines,
//! the trace context and the caller's token on the wire; [`ErrorCode`], mapped once to HTTP and
//! gRPC; [`Problem`], the body of every HTTP error. Knows no service and generates nothing: the
//! clients and servers are tonic's own, from `stowage-proto`.
//!
//! A server raises its limits with [`MAX_MESSAGE_BYTES`], and so does a client:
//! `StorageServiceClient::new(transport).max_decoding_message_size(MAX_MESSAGE_BYTES)`.

mod call;
mod code;
mod detached;
mod door;
mod problem;
mod remote;
mod server;
mod settings;
mod trace;
mod transport;
mod workspace;

pub use code::ErrorCode;
pub use door::Caller;
pub use problem::{PROBLEM_JSON, Problem};
pub use remote::{RemoteError, status_of};
pub use server::{ServeError, serve};
pub use settings::{ChannelConfig, ListenConfig};
pub use trace::trace_id;
pub use transport::{CallError, StdError, Transport, channel, check, in_process};
pub use workspace::{WORKSPACE_KEY, for_workspace, workspace_of};

/// How large one gRPC message may be, in both directions.
pub const MAX_MESSAGE_BYTES: usize = 8 * 1024 * 1024;
