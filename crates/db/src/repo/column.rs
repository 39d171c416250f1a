//! Reads columns of rows, and names parameters.

use std::str::FromStr;

use sea_orm::QueryResult;
use stowage_domain::Timestamp;

use crate::DbError;

/// Parses a word of a column.
pub(crate) fn word<T: FromStr>(
    row: &QueryResult,
    table: &'static str,
    column: &'static str,
) -> Result<T, DbError> {
    let word: String = row.try_get("", column)?;
    word.parse().map_err(|_| DbError::Inconsistent {
        table,
        column,
        id: word,
    })
}

/// Reads a sum: Postgres answers `numeric`, so statements cast it; SQLite answers an integer.
pub(crate) fn sum_of(row: &QueryResult, column: &str) -> Result<u64, DbError> {
    Ok(row.try_get::<i64>("", column)? as u64)
}

/// Reads a moment, which may be null.
pub(crate) fn moment(row: &QueryResult, column: &str) -> Result<Option<Timestamp>, DbError> {
    Ok(row.try_get::<Option<i64>>("", column)?.map(Timestamp))
}

/// Returns `$first, …` for `count` parameters.
pub(crate) fn places(first: usize, count: usize) -> String {
    (first..first + count)
        .map(|number| format!("${number}"))
        .collect::<Vec<_>>()
        .join(", ")
}
