//! Pages by key, never by offset.

use stowage_domain::Timestamp;
use uuid::Uuid;

/// A stretch of a list and where the next begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<Cursor>,
}

/// The key of the last item of a page: its time and its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub at: Timestamp,
    pub id: Uuid,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no cursor of ours; begin without one")]
pub struct CursorError(String);

impl Cursor {
    /// The place before the newest item.
    pub(crate) const START: Self = Self {
        at: Timestamp(i64::MAX),
        id: Uuid::max(),
    };
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.at.micros(), self.id.simple())
    }
}

impl std::str::FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let (at, id) = text.split_once('.')?;
            Some(Self {
                at: Timestamp(at.parse().ok()?),
                id: Uuid::parse_str(id).ok()?,
            })
        };
        parse().ok_or_else(|| CursorError(text.to_owned()))
    }
}

impl<T> Page<T> {
    /// Makes a page of `items`, which were asked for with one more than `limit`.
    pub(crate) fn cut(mut items: Vec<T>, limit: usize, key: impl Fn(&T) -> Cursor) -> Self {
        let has_more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| has_more).map(key);
        Self { items, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_its_way_through_a_url() {
        for at in [0, 1_700_000_000_000_000, -5] {
            let cursor = Cursor {
                at: Timestamp(at),
                id: Uuid::from_u128(7),
            };
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        assert!("nonsense".parse::<Cursor>().is_err());
    }
}
