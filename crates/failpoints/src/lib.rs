//! Places in the code where tests let a process die, stand still or fail (ADR 19).
//!
//! Owns the list of all failpoints (`list.rs`) and what happens at one (`act.rs`). Knows nothing of
//! the rest. Inert unless a process is told otherwise when it starts, which only debug builds
//! accept.
//!
//! To add one: its line in `list.rs`, and `failpoint(Failpoint::…).await?` before or after what
//! leaves the process. The harness in `tests/faults` enumerates the list, and fails on a failpoint
//! that is never passed.

mod act;
mod list;

use std::sync::OnceLock;

pub use act::{Act, Plan, PlanError};
pub use list::Failpoint;

static PLAN: OnceLock<Plan> = OnceLock::new();

/// A failpoint was told to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("failed on purpose at {0}")]
pub struct Failed(pub Failpoint);

/// Makes a plan that of this process, for as long as it runs. A release build refuses any.
pub fn install(plan: Plan) -> Result<(), PlanError> {
    if plan.is_empty() {
        return Ok(());
    }
    if !cfg!(debug_assertions) {
        return Err(PlanError::Release);
    }
    tracing::warn!("failpoints are set: {plan}");
    PLAN.set(plan).map_err(|_| PlanError::Twice)
}

/// Does what the plan of this process says of a place; nothing where there is no plan.
pub async fn failpoint(point: Failpoint) -> Result<(), Failed> {
    match PLAN.get() {
        Some(plan) => plan.pass(point).await,
        None => Ok(()),
    }
}
