//! What to show of the gallery, as a condition.

use sea_orm::Value;
use stowage_domain::{
    AssetStatus, StorageId,
    words::{self, Term},
};

use super::Gallery;
use crate::{DbError, repo::edit::SHOWN_TAG};

/// What to show; empty shows all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssetFilter {
    pub storage: Option<StorageId>,
    /// Assets that have all of these.
    pub tags: Vec<String>,
    /// `YYYY-MM`.
    pub month: Option<String>,
    pub status: Option<CardStatus>,
    pub media_type: Option<String>,
    pub camera: Option<String>,
    /// Words that name, tags or metadata contain, all of them.
    pub text: Option<String>,
}

/// What the filter `status` can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardStatus {
    Is(AssetStatus),
    /// Its original is gone from its storage.
    Missing,
}

/// A condition and the values of its parameters.
pub(super) struct Where {
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
}

impl Where {
    fn and(&mut self, value: impl Into<Value>, condition: impl FnOnce(&str) -> String) {
        self.values.push(value.into());
        let parameter = format!("${}", self.values.len());
        self.sql.push_str(" and ");
        self.sql.push_str(&condition(&parameter));
    }

    /// Adds that all terms are found: each word at the beginning of one of the asset's, and words
    /// that belong together one behind the other.
    fn search(&mut self, text: &str) {
        let terms = words::terms(text);
        if terms.is_empty() {
            // Nothing but punctuation, which no word is made of.
            self.sql.push_str(" and false");
        }
        for Term { words } in terms {
            for (number, word) in words.iter().enumerate() {
                let goes_on = number + 1 == words.len();
                self.has_word(word, goes_on);
            }
            if words.len() > 1 {
                // Words have no signs that mean something in a pattern.
                let run = format!("% {}%", words.join(" "));
                self.and(run, |run| format!("a.search_text like {run}"));
            }
        }
    }

    fn has_word(&mut self, word: &str, goes_on: bool) {
        self.values.push(word.to_owned().into());
        let from = self.values.len();
        let matches = if goes_on {
            // The sign that sorts behind all that can follow.
            self.values.push(format!("{word}\u{10ffff}").into());
            format!("w.word >= ${from} and w.word < ${}", from + 1)
        } else {
            format!("w.word = ${from}")
        };
        let found = format!(
            " and a.id in (select w.asset_id from asset_word w where w.workspace_id = $1 \
             and {matches})"
        );
        self.sql.push_str(&found);
    }
}

impl Gallery<'_> {
    pub(super) fn condition(self, filter: &AssetFilter) -> Result<Where, DbError> {
        let mut condition = Where {
            sql: "where a.workspace_id = $1 and a.lifecycle = 'live'".into(),
            values: vec![self.0.workspace()?.0.into()],
        };
        if let Some(month) = &filter.month {
            condition.and(month.clone(), |month| format!("a.month = {month}"));
        }
        if let Some(storage) = filter.storage {
            condition.and(storage.0, |storage| {
                format!(
                    "exists (select 1 from remote_object o where o.asset_id = a.id \
                     and o.storage_id = {storage})"
                )
            });
        }
        for tag in &filter.tags {
            condition.and(tag.clone(), |tag| {
                format!(
                    "exists (select 1 from asset_tag t where t.workspace_id = $1 \
                     and t.name = {tag} and t.asset_id = a.id and {SHOWN_TAG})"
                )
            });
        }
        if let Some(media_type) = &filter.media_type {
            condition.and(media_type.clone(), |value| {
                format!("a.media_type = {value}")
            });
        }
        if let Some(camera) = &filter.camera {
            condition.and(camera.clone(), |value| format!("a.camera = {value}"));
        }
        if let Some(text) = filter
            .text
            .as_deref()
            .filter(|text| !text.trim().is_empty())
        {
            condition.search(text);
        }
        if let Some(status) = filter.status {
            condition.sql.push_str(" and ");
            condition.sql.push_str(status_condition(status));
        }
        Ok(condition)
    }
}

pub(super) fn status_condition(status: CardStatus) -> &'static str {
    match status {
        CardStatus::Is(AssetStatus::Processing) => {
            "a.read_state = 'renderable' and (r.version is null or r.version < a.version)"
        }
        CardStatus::Is(AssetStatus::Ready) => {
            "a.read_state = 'renderable' and r.version >= a.version and r.state = 'ready'"
        }
        CardStatus::Is(AssetStatus::Failed) => {
            "(a.read_state = 'broken' or (a.read_state = 'renderable' \
             and r.version >= a.version and r.state = 'failed'))"
        }
        CardStatus::Is(AssetStatus::Unsupported) => "a.read_state = 'unsupported'",
        CardStatus::Missing => {
            "exists (select 1 from remote_object o where o.asset_id = a.id and not o.present) \
             and not exists (select 1 from remote_object o where o.asset_id = a.id and o.present)"
        }
    }
}
