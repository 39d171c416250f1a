//! Files over HTTP: conditions, ranges, names.

mod disposition;
mod range;

use std::error::Error as StdError;

use axum::http::{HeaderMap, header};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use stowage_storage::StorageError;
use tracing::warn;

pub(crate) use disposition::{attachment, inline, is_shown, sent_type};
pub(crate) use range::{Wanted, wanted};

/// Returns whether the caller has this version already.
pub(crate) fn is_fresh(headers: &HeaderMap, etag: &str) -> bool {
    let lists = headers.get_all(header::IF_NONE_MATCH).into_iter();
    lists
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .any(|tag| {
            let tag = tag.trim();
            tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag
        })
}

/// Returns whether a range may be answered: its condition, where there is one, names this version.
pub(crate) fn range_holds(headers: &HeaderMap, etag: &str) -> bool {
    let condition = headers
        .get(header::IF_RANGE)
        .map(|value| value.to_str().unwrap_or_default());
    condition.is_none_or(|condition| condition.trim() == etag)
}

/// Logs when bytes stop coming: by then the status is sent, and all a caller sees is a short body.
pub(crate) fn log_broken(
    body: impl Stream<Item = Result<Bytes, StorageError>> + Send + 'static,
) -> impl Stream<Item = Result<Bytes, StorageError>> + Send + 'static {
    body.inspect(|chunk| {
        if let Err(error) = chunk {
            warn!(error = error as &dyn StdError, "a download broke off");
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn a_version_is_found_in_a_list_weak_or_strong() {
        for (list, fresh) in [
            ("\"a\"", true),
            ("\"x\", W/\"a\"", true),
            ("*", true),
            ("\"b\"", false),
            ("a", false),
        ] {
            assert_eq!(
                is_fresh(&headers(header::IF_NONE_MATCH, list), "\"a\""),
                fresh,
                "{list}"
            );
        }
    }

    #[test]
    fn a_range_of_another_version_is_not_continued() {
        assert!(range_holds(&HeaderMap::new(), "\"a\""));
        assert!(range_holds(&headers(header::IF_RANGE, "\"a\""), "\"a\""));
        assert!(!range_holds(&headers(header::IF_RANGE, "\"b\""), "\"a\""));
        assert!(!range_holds(&headers(header::IF_RANGE, "W/\"a\""), "\"a\""));
    }
}
