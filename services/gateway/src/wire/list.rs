//! Pages, and jobs as lists show them.

use serde::{Deserialize, Serialize};
use stowage_db::repo::{Cursor, JobRow, Page};
use stowage_domain::JobState;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{Moment, words};
use crate::problem::Fields;

/// A stretch of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct List<T> {
    pub(crate) items: Vec<T>,
    /// Where the next page begins; null on the last one.
    pub(crate) next_cursor: Option<String>,
}

impl<T> List<T> {
    /// Shows a page, item by item.
    pub(crate) fn of<R>(page: Page<R>, shown: impl FnMut(R) -> T) -> Self {
        Self {
            items: page.items.into_iter().map(shown).collect(),
            next_cursor: page.next.map(|cursor| cursor.to_string()),
        }
    }
}

/// Which stretch of a list is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// How many items at most, 1 to 500.
    pub(crate) limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub(crate) cursor: Option<String>,
}

const DEFAULT_LIMIT: u32 = 100;
const MOST: u32 = 500;

/// Returns how many items a page has.
pub(crate) fn limit_of(limit: Option<u32>) -> Result<u32, Fields> {
    match limit.unwrap_or(DEFAULT_LIMIT) {
        limit @ 1..=MOST => Ok(limit),
        _ => Err(Fields::one(
            "limit",
            format!("must lie between 1 and {MOST}"),
        )),
    }
}

/// Returns where a page begins.
pub(crate) fn cursor_of(cursor: Option<&str>) -> Result<Option<Cursor>, Fields> {
    let parsed = cursor.map(str::parse::<Cursor>).transpose();
    parsed.map_err(|error| Fields::one("cursor", error.to_string()))
}

/// Work that was, is or will be done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Job {
    pub(crate) id: Uuid,
    /// What kind of work, such as `import-object`.
    pub(crate) kind: String,
    #[schema(schema_with = words::job_state)]
    pub(crate) state: JobState,
    pub(crate) attempts: u32,
    /// Why the last attempt failed.
    pub(crate) error: Option<String>,
    /// When it is tried next.
    pub(crate) due_at: Moment,
    pub(crate) created_at: Moment,
    pub(crate) updated_at: Moment,
}

impl From<JobRow> for Job {
    fn from(row: JobRow) -> Self {
        Self {
            id: row.id.0,
            kind: row.kind,
            state: row.state,
            attempts: row.attempts,
            error: row.error,
            due_at: row.due_at.into(),
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        }
    }
}

/// Work that was asked for and will be done soon.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobRef {
    pub(crate) job_id: Uuid,
}
