//! Which assets are wanted: the parameters that listing and counting share.

use serde::Deserialize;
use stowage_db::repo::{AssetFilter, CardStatus, Cursor};
use stowage_domain::{AssetStatus, StorageId, Timestamp};
use utoipa::IntoParams;
use uuid::Uuid;

use crate::{
    problem::Fields,
    wire::{cursor_of, words},
};

/// Which assets are wanted; everything together.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AssetQuery {
    /// Assets that this storage has.
    storage_id: Option<Uuid>,
    /// Assets with this tag; given more than once, with all of them.
    #[param(explode = true)]
    tag: Vec<String>,
    /// Assets of this month, as `2024-05`.
    month: Option<String>,
    /// Assets of this status; `missing` when the original is gone.
    #[param(schema_with = words::status_filter)]
    status: Option<String>,
    /// Assets of this type, such as `image/jpeg`.
    media_type: Option<String>,
    /// Assets taken with this camera, as the facets name it.
    camera: Option<String>,
    /// Words that name, tags or metadata contain.
    q: Option<String>,
    /// Assets older than this month, as `2024-05`.
    before: Option<String>,
    /// How many items at most, 1 to 500. Only where a list is asked for.
    pub(super) limit: Option<u32>,
    /// `next_cursor` of the page before. Only where a list is asked for.
    cursor: Option<String>,
}

impl AssetQuery {
    /// Returns what to look for, or what is wrong with the parameters.
    pub(super) fn filter(&self) -> Result<AssetFilter, Fields> {
        if let Some(month) = &self.month {
            start_of("month", month)?;
        }
        if self.tag.len() > 20 {
            return Err(Fields::one("tag", "was given more than 20 times"));
        }
        Ok(AssetFilter {
            storage: self.storage_id.map(StorageId),
            tags: self.tag.clone(),
            month: self.month.clone(),
            status: self.status.as_deref().map(status_of).transpose()?,
            media_type: self.media_type.clone(),
            camera: self.camera.clone(),
            text: self.q.clone(),
        })
    }

    /// Returns where the list begins: at its cursor, or before a month.
    pub(super) fn start(&self) -> Result<Option<Cursor>, Fields> {
        let cursor = cursor_of(self.cursor.as_deref())?;
        let Some(before) = &self.before else {
            return Ok(cursor);
        };
        let before = Cursor {
            at: start_of("before", before)?,
            id: Uuid::nil(),
        };
        Ok(Some(
            cursor.map_or(before, |cursor| earlier(cursor, before)),
        ))
    }
}

fn earlier(one: Cursor, other: Cursor) -> Cursor {
    if (one.at, one.id) < (other.at, other.id) {
        one
    } else {
        other
    }
}

fn status_of(word: &str) -> Result<CardStatus, Fields> {
    if word == "missing" {
        return Ok(CardStatus::Missing);
    }
    let status = word.parse::<AssetStatus>();
    status
        .map(CardStatus::Is)
        .map_err(|wrong| Fields::one("status", wrong.to_string()))
}

/// Returns when a month begins, on the clock on the wall.
fn start_of(field: &str, month: &str) -> Result<Timestamp, Fields> {
    let parse = || {
        let (year, number) = month.split_once('-')?;
        let is_plain = year.len() == 4 && number.len() == 2;
        let digits = month
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-');
        let (year, number) = (year.parse().ok()?, number.parse().ok()?);
        (is_plain && digits && (1..=12).contains(&number)).then(|| days_before(year, number))
    };
    let days = parse().ok_or_else(|| Fields::one(field, "must be a month such as 2024-05"))?;
    Ok(Timestamp::from_seconds(days * 86_400))
}

/// Returns how many days lie between 1970 and the first of a month (days from civil).
fn days_before(year: i64, month: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_begins_with_its_first_day() {
        for (month, start) in [
            ("1970-01", "1970-01-01T00:00:00Z"),
            ("2024-03", "2024-03-01T00:00:00Z"),
            ("2000-12", "2000-12-01T00:00:00Z"),
            ("1969-02", "1969-02-01T00:00:00Z"),
        ] {
            assert_eq!(start_of("month", month).unwrap().to_rfc3339(), start);
        }
        for bad in [
            "2024",
            "2024-13",
            "2024-00",
            "24-05",
            "2024-5",
            "+024-05",
            "2024-05-01",
        ] {
            assert!(start_of("month", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn before_and_cursor_begin_at_whichever_is_older() {
        let at = |text: &str| start_of("before", text).unwrap();
        let cursor = Cursor {
            at: at("2024-03"),
            id: Uuid::from_u128(1),
        };
        for (before, expected) in [("2024-01", at("2024-01")), ("2024-06", at("2024-03"))] {
            let query = AssetQuery {
                before: Some(before.to_owned()),
                cursor: Some(cursor.to_string()),
                ..AssetQuery::default()
            };
            assert_eq!(query.start().unwrap().unwrap().at, expected);
        }
    }
}
