//! Tables that are written many rows at a time. One file a table, no queries; the first line of
//! each names who writes its rows. Single rows are written by the repositories' own statements.

#![expect(
    unreachable_pub,
    reason = "the entity macro writes public items beside each model"
)]

pub(crate) mod asset_tag;
pub(crate) mod job;
pub(crate) mod remote_object;
pub(crate) mod scan_skip;
