//! The catalog beside the listing: both in the byte order of remote ids, each read once.

use std::collections::VecDeque;

use stowage_db::repo::StorageRow;
use stowage_domain::scan::{Known, Seen};
use stowage_storage::{ErrorKind, StorageError};

use crate::Deps;
use stowage_db::DbError;

/// Catalog rows read at once.
const ROWS: u32 = 2_000;

/// How far the catalog has been read, and the last id that the listing showed.
pub(super) struct Walk {
    rows: VecDeque<Known>,
    /// The last id read from the catalog.
    read_to: String,
    is_read_out: bool,
    /// The last id of the listing, to see that it keeps its order.
    listed_to: Option<String>,
}

impl Walk {
    pub(super) fn new(folder: &str) -> Self {
        let read_to = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        Self {
            rows: VecDeque::new(),
            read_to,
            is_read_out: false,
            listed_to: None,
        }
    }

    /// Refuses a page that goes backwards: merged as if it were in order, it would make objects
    /// look absent that are there.
    pub(super) fn check_order(&mut self, page: &[Seen]) -> Result<(), StorageError> {
        for object in page {
            let is_ahead = self
                .listed_to
                .as_ref()
                .is_none_or(|last| last.as_bytes() < object.remote_id.as_bytes());
            if !is_ahead {
                return Err(StorageError::new(
                    ErrorKind::Unexpected,
                    format!("the listing is not in order at {:?}", object.path),
                ));
            }
            self.listed_to = Some(object.remote_id.clone());
        }
        Ok(())
    }

    /// Takes the catalog's rows up to and including `id`; all that are left when there is none.
    pub(super) async fn take_to(
        &mut self,
        deps: &Deps,
        storage: &StorageRow,
        id: Option<&str>,
    ) -> Result<Vec<Known>, DbError> {
        let mut taken = Vec::new();
        loop {
            while let Some(row) = self.rows.front() {
                if id.is_some_and(|id| row.remote_id.as_bytes() > id.as_bytes()) {
                    return Ok(taken);
                }
                taken.extend(self.rows.pop_front());
            }
            // With no end given, one page at a time is enough.
            if self.is_read_out || (id.is_none() && !taken.is_empty()) {
                return Ok(taken);
            }
            self.read_more(deps, storage).await?;
        }
    }

    async fn read_more(&mut self, deps: &Deps, storage: &StorageRow) -> Result<(), DbError> {
        let tx = deps.db.read_in(storage.workspace).await?;
        let rows = tx
            .objects()
            .known_after(storage.id, &self.read_to, ROWS)
            .await?;
        self.is_read_out = rows.len() < ROWS as usize;
        if let Some(last) = rows.last() {
            self.read_to.clone_from(&last.remote_id);
        }
        self.rows.extend(rows);
        Ok(())
    }
}
