//! What must never be true of the tables, as queries that count what is wrong (ADR 19).
//!
//! Each check has a name, one sentence that says what a violation means, what to do then, and its
//! SQL, written once for both databases. A healthy library has zero of each. Light ones read small
//! partial indexes and may run every minute; thorough ones read whole tables.

mod light;
mod thorough;

use sea_orm::QueryResult;

use crate::{DbError, Tx, dialect::Dialect};

/// What a check costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// Reads only what is under way: the same with ten million assets as with ten.
    Light,
    /// Reads whole tables.
    Thorough,
}

/// Something that must never be true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// The label of the gauge, and the name in the documentation.
    pub name: &'static str,
    /// What a violation means, in one sentence.
    pub means: &'static str,
    /// What to do about one.
    pub remedy: &'static str,
    pub cost: Cost,
    /// Selects the number of violations as `n`. `{now}` is the database's time, `{text:column}` an
    /// id and `{hex:column}` bytes as text.
    sql: &'static str,
}

impl Check {
    /// Returns every check, the light ones first.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        light::CHECKS.iter().chain(thorough::CHECKS)
    }

    /// Returns those that may run every minute.
    pub fn light() -> impl Iterator<Item = &'static Self> {
        light::CHECKS.iter()
    }

    fn sql(&self, dialect: Dialect, now: &str) -> String {
        let mut sql = self.sql.replace("{now}", now);
        for (name, write) in [
            ("{text:", Dialect::id_text as fn(Dialect, &str) -> String),
            ("{hex:", Dialect::hex_text),
        ] {
            while let Some(begin) = sql.find(name) {
                let length = sql[begin..].find('}').expect("a placeholder ends");
                let column = sql[begin + name.len()..begin + length].to_owned();
                sql.replace_range(begin..=begin + length, &write(dialect, &column));
            }
        }
        sql
    }
}

impl Tx {
    /// Counts the violations of a check in all workspaces; the scope has to be the system's.
    pub async fn violations(&self, check: &Check) -> Result<u64, DbError> {
        let row = self.row(&check.sql(self.dialect, &self.now()), []).await?;
        let count: i64 = row.map_or(Ok(0), |row| row.try_get("", "n"))?;
        Ok(count.unsigned_abs())
    }

    /// Returns how the database would run a check in a library of any size, for who asks what it
    /// costs: an empty table is read whole unless that is made dear.
    pub async fn explain(&self, check: &Check) -> Result<String, DbError> {
        let (explain, column) = match self.dialect {
            Dialect::Postgres => ("explain", "QUERY PLAN"),
            Dialect::Sqlite => ("explain query plan", "detail"),
        };
        if self.dialect == Dialect::Postgres {
            self.execute("set local enable_seqscan = off", []).await?;
        }
        let sql = format!("{explain} {}", check.sql(self.dialect, &self.now()));
        let rows = self.rows(&sql, []).await?;
        let line = |row: &QueryResult| row.try_get::<String>("", column);
        let lines: Vec<String> = rows.iter().map(line).collect::<Result<_, _>>()?;
        Ok(lines.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_check_has_a_name_of_its_own_and_says_what_to_do() {
        let names: BTreeSet<_> = Check::all().map(|check| check.name).collect();
        assert_eq!(names.len(), Check::all().count());
        for check in Check::all() {
            assert!(check.means.ends_with('.'), "{}", check.name);
            assert!(check.remedy.ends_with('.'), "{}", check.name);
            let filled = check.sql(Dialect::Sqlite, "1");
            assert!(!filled.contains('{'), "{}: {filled}", check.name);
        }
    }
}
