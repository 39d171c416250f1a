//! What a connection test found, step by step.

use serde::Serialize;
use stowage_proto::storage::{ProbeResponse, StepStatus};
use utoipa::ToSchema;

/// A connection test.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProbeReport {
    /// No step failed.
    ok: bool,
    steps: Vec<ProbeStep>,
}

/// One step of a connection test.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProbeStep {
    /// A word that stays the same, such as `credentials`.
    name: String,
    title: String,
    status: ProbeStatus,
    reason: Option<String>,
    /// What a person can do about it.
    remedy: Option<String>,
    milliseconds: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ProbeStatus {
    Ok,
    /// Not tried: the connection is read-only, or an earlier step failed.
    Skipped,
    Failed,
}

impl ProbeReport {
    pub(super) fn of(steps: Vec<ProbeResponse>) -> Self {
        let steps: Vec<ProbeStep> = steps.into_iter().map(ProbeStep::of).collect();
        let has_failed = steps.iter().any(|step| step.status == ProbeStatus::Failed);
        Self {
            ok: !has_failed && !steps.is_empty(),
            steps,
        }
    }
}

impl ProbeStep {
    fn of(step: ProbeResponse) -> Self {
        let status = match step.status() {
            StepStatus::Ok => ProbeStatus::Ok,
            StepStatus::Skipped => ProbeStatus::Skipped,
            StepStatus::Failed | StepStatus::Unspecified => ProbeStatus::Failed,
        };
        let filled = |text: String| Some(text).filter(|text| !text.is_empty());
        Self {
            name: step.name,
            title: step.title,
            status,
            reason: filled(step.reason),
            remedy: filled(step.remedy),
            milliseconds: step.duration_ms,
        }
    }
}
