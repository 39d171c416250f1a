//! The only place that knows which database it is.

use sea_orm::DbBackend;
use stowage_domain::Timestamp;

/// What differs between Postgres and SQLite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Postgres,
    Sqlite,
}

/// Something that the database refuses whoever asks: the last net under a rule.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Guard {
    pub(crate) name: &'static str,
    pub(crate) table: &'static str,
    /// `insert`, `update`, `delete`.
    pub(crate) events: &'static [&'static str],
    /// A condition over `old` and `new`; with it, the change is refused.
    pub(crate) refuses: &'static str,
    pub(crate) message: &'static str,
}

impl Dialect {
    pub(crate) fn of(backend: DbBackend) -> Self {
        match backend {
            DbBackend::Postgres => Self::Postgres,
            _ => Self::Sqlite,
        }
    }

    /// Returns the SQL of "now" in microseconds: Postgres' own clock, or the injected one. Tests
    /// move the server's by `shift`.
    pub(crate) fn now(self, injected: Timestamp, shift: i64) -> String {
        const SERVER: &str = "(extract(epoch from clock_timestamp()) * 1000000)::bigint";
        match self {
            Self::Postgres if shift == 0 => SERVER.into(),
            Self::Postgres => format!("({SERVER} + ({shift}))"),
            Self::Sqlite => injected.micros().to_string(),
        }
    }

    /// Fills a statement of a migration with this database's types: `{uuid}`, `{bytes}`, and
    /// `{key}` for text that sorts by its bytes; `{new_uuid}` is an id like no other.
    pub(crate) fn ddl(self, statement: &str) -> String {
        let (uuid, bytes, key, new_uuid) = match self {
            Self::Postgres => ("uuid", "bytea", "text collate \"C\"", "gen_random_uuid()"),
            Self::Sqlite => ("blob", "blob", "text", "randomblob(16)"),
        };
        statement
            .replace("{uuid}", uuid)
            .replace("{bytes}", bytes)
            .replace("{key}", key)
            .replace("{new_uuid}", new_uuid)
    }

    /// Returns the SQL of an id as the text that programs write.
    pub(crate) fn id_text(self, column: &str) -> String {
        match self {
            Self::Postgres => format!("cast({column} as text)"),
            Self::Sqlite => {
                let part =
                    |from: u8, length: u8| format!("substr(hex({column}), {from}, {length})");
                let parts = [
                    part(1, 8),
                    part(9, 4),
                    part(13, 4),
                    part(17, 4),
                    part(21, 12),
                ];
                format!("lower({})", parts.join(" || '-' || "))
            }
        }
    }

    /// Returns the SQL of the bytes that hexadecimal digits stand for.
    pub(crate) fn bytes_of_hex(self, digits: &str) -> String {
        match self {
            Self::Postgres => format!("decode({digits}, 'hex')"),
            Self::Sqlite => format!("unhex({digits})"),
        }
    }

    /// Returns the SQL of bytes as hexadecimal digits.
    pub(crate) fn hex_text(self, column: &str) -> String {
        match self {
            Self::Postgres => format!("encode({column}, 'hex')"),
            Self::Sqlite => format!("lower(hex({column}))"),
        }
    }

    /// Returns the statements that put a guard up: a trigger for each event.
    pub(crate) fn guard(self, guard: &Guard) -> Vec<String> {
        let Guard {
            name,
            table,
            events,
            refuses,
            message,
        } = guard;
        match self {
            Self::Postgres => vec![
                format!(
                    "create function {name}() returns trigger language plpgsql as $$
                     begin
                         if {refuses} then raise exception '{message}'; end if;
                         if tg_op = 'DELETE' then return old; end if;
                         return new;
                     end $$"
                ),
                format!(
                    "create trigger {name} before {} on {table}
                     for each row execute function {name}()",
                    events.join(" or ")
                ),
            ],
            Self::Sqlite => events
                .iter()
                .map(|event| {
                    format!(
                        "create trigger {name}_{event} before {event} on {table}
                         when {refuses} begin select raise(abort, '{message}'); end"
                    )
                })
                .collect(),
        }
    }

    /// What names a row of any table as long as a transaction lasts.
    pub(crate) fn row_id(self) -> &'static str {
        match self {
            Self::Postgres => "ctid",
            Self::Sqlite => "rowid",
        }
    }

    /// A row lock that many may hold at once, and that keeps a claim out.
    pub(crate) fn share_rows(self) -> &'static str {
        match self {
            Self::Postgres => " for share",
            Self::Sqlite => "",
        }
    }

    /// The row lock of who decides something about a row that others only refer to meanwhile.
    pub(crate) fn lock_decision(self) -> &'static str {
        match self {
            Self::Postgres => " for no key update",
            Self::Sqlite => "",
        }
    }

    /// The row lock of a claim; SQLite has one writer and needs none.
    pub(crate) fn lock_rows(self) -> &'static str {
        match self {
            Self::Postgres => " for update",
            Self::Sqlite => "",
        }
    }
}
