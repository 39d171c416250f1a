//! Shapes that more than one route sends or takes.

mod list;
mod text;
mod time;
pub(crate) mod words;

pub(crate) use list::{Job, JobRef, List, PageQuery, cursor_of, limit_of};
pub(crate) use text::{hex, name_of, time_zone_of};
pub(crate) use time::{Moment, WallClock};
