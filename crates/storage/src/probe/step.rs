//! The steps, their names and what each needs.

use std::time::Duration;

use serde::Serialize;

/// One step of a connection test, in the order in which they are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    NameResolution,
    Encryption,
    Credentials,
    RootFound,
    List,
    Write,
    ReadBack,
    ConditionalWrite,
    ConditionalDelete,
    Delete,
    ClockSkew,
    FreeSpace,
    PublicEndpoint,
}

impl Step {
    pub const fn name(self) -> &'static str {
        match self {
            Self::NameResolution => "name_resolution",
            Self::Encryption => "tls",
            Self::Credentials => "credentials",
            Self::RootFound => "root_found",
            Self::List => "list",
            Self::Write => "write",
            Self::ReadBack => "read_back",
            Self::ConditionalWrite => "conditional_write",
            Self::ConditionalDelete => "conditional_delete",
            Self::Delete => "delete",
            Self::ClockSkew => "clock_skew",
            Self::FreeSpace => "free_space",
            Self::PublicEndpoint => "public_endpoint",
        }
    }

    pub const fn title(self) -> &'static str {
        match self {
            Self::NameResolution => "Name resolution",
            Self::Encryption => "TLS",
            Self::Credentials => "Credentials",
            Self::RootFound => "Bucket or folder found",
            Self::List => "List",
            Self::Write => "Write a probe",
            Self::ReadBack => "Read it back and compare",
            Self::ConditionalWrite => "Conditional write",
            Self::ConditionalDelete => "Conditional delete",
            Self::Delete => "Delete",
            Self::ClockSkew => "Clock skew",
            Self::FreeSpace => "Free space",
            Self::PublicEndpoint => "Public endpoint",
        }
    }

    /// The steps without which this one has no sense.
    pub(super) const fn needs(self) -> &'static [Self] {
        match self {
            Self::NameResolution | Self::PublicEndpoint => &[],
            Self::Encryption => &[Self::NameResolution],
            Self::Credentials | Self::ClockSkew => &[Self::Encryption],
            Self::RootFound => &[Self::Credentials],
            Self::List | Self::Write | Self::FreeSpace => &[Self::RootFound],
            Self::ReadBack | Self::ConditionalWrite | Self::ConditionalDelete | Self::Delete => {
                &[Self::Write]
            }
        }
    }

    pub(super) const fn writes(self) -> bool {
        matches!(
            self,
            Self::Write
                | Self::ReadBack
                | Self::ConditionalWrite
                | Self::ConditionalDelete
                | Self::Delete
        )
    }
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProbeStatus {
    Ok,
    Skipped,
    Failed,
}

/// A step that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProbeStep {
    pub step: Step,
    pub name: &'static str,
    pub title: &'static str,
    pub status: ProbeStatus,
    /// Why it failed or was skipped, or what is worth knowing about a success.
    pub reason: Option<String>,
    /// What to do about a failure.
    pub remedy: Option<String>,
    pub duration: Duration,
}

/// How a step ended that did not fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tick {
    Ok,
    Noted(String),
    Skipped(String),
}

impl Tick {
    /// A storage of this kind has no such thing.
    pub fn not_here() -> Self {
        Self::Skipped("not needed for this kind of storage".to_owned())
    }
}
