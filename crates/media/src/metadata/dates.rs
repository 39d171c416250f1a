//! Dates as cameras and programs write them.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime};

/// The year of the oldest photograph.
const FIRST_YEAR: i32 = 1826;

/// A local time and, where known, its distance from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) local: NaiveDateTime,
    pub(super) offset_minutes: Option<i32>,
}

/// Why a date is not used.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unusable {
    /// Blank or zero: the camera had no clock set. Nothing to tell.
    Absent,
    Implausible(String),
}

/// Reads EXIF's `2024:05:01 12:30:00`, with any of `:-/.` between the parts.
pub(super) fn exif(text: &str) -> Result<NaiveDateTime, Unusable> {
    let numbers: Vec<u32> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .map_while(|part| part.parse().ok())
        .collect();
    let (date, time) = numbers.split_at(numbers.len().min(3));
    let [year, month, day] = *date else {
        return Err(absent_or(text));
    };
    if year == 0 {
        return Err(Unusable::Implausible(format!("the date {text} is not set")));
    }
    let part = |index: usize| time.get(index).copied().unwrap_or(0);
    let date = i32::try_from(year)
        .ok()
        .and_then(|year| NaiveDate::from_ymd_opt(year, month, day));
    // Some cameras write a leap second, others 24:00:00.
    let time = NaiveTime::from_hms_opt(part(0), part(1), part(2).min(59));
    match (date, time) {
        (Some(date), Some(time)) => plausible(NaiveDateTime::new(date, time)),
        (Some(date), None) => plausible(NaiveDateTime::new(date, NaiveTime::MIN)),
        _ => Err(Unusable::Implausible(format!(
            "the date {text} does not exist"
        ))),
    }
}

fn absent_or(text: &str) -> Unusable {
    let is_blank = text.chars().all(|c| c == '0' || !c.is_ascii_alphanumeric());
    if is_blank {
        Unusable::Absent
    } else {
        Unusable::Implausible(format!("the date {text} cannot be read"))
    }
}

pub(super) fn plausible(local: NaiveDateTime) -> Result<NaiveDateTime, Unusable> {
    if local.year() < FIRST_YEAR {
        return Err(Unusable::Implausible(format!(
            "the date {local} is before photography"
        )));
    }
    Ok(local)
}

/// Reads `+02:00`, `-0330` or `Z` as minutes.
pub(super) fn offset(text: &str) -> Option<i32> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, rest) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    if digits.len() != 4 {
        return None;
    }
    let hours: i32 = digits[..2].parse().ok()?;
    let minutes: i32 = digits[2..].parse().ok()?;
    let is_real = hours <= 14 && minutes < 60;
    is_real.then_some(sign * (hours * 60 + minutes))
}

/// Reads XMP's ISO 8601, with or without time, seconds and zone; a year or month alone is no
/// moment.
pub(super) fn iso(text: &str) -> Result<Stamp, Unusable> {
    let text = text.trim();
    if let Ok(full) = DateTime::parse_from_rfc3339(text) {
        let local = plausible(full.naive_local())?;
        return Ok(Stamp {
            local,
            offset_minutes: Some(full.offset().local_minus_utc() / 60),
        });
    }
    let (without_zone, zone) = split_zone(text);
    for format in [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M:%S",
    ] {
        if let Ok(local) = NaiveDateTime::parse_from_str(without_zone, format) {
            return Ok(Stamp {
                local: plausible(local)?,
                offset_minutes: zone,
            });
        }
    }
    if let Ok(date) = NaiveDate::parse_from_str(without_zone, "%Y-%m-%d") {
        let local = plausible(NaiveDateTime::new(date, NaiveTime::MIN))?;
        return Ok(Stamp {
            local,
            offset_minutes: None,
        });
    }
    exif(text).map(|local| Stamp {
        local,
        offset_minutes: None,
    })
}

fn split_zone(text: &str) -> (&str, Option<i32>) {
    let after_time = text.find('T').unwrap_or(text.len());
    let zone_at = text[after_time..]
        .find(['+', '-', 'Z', 'z'])
        .map(|at| after_time + at);
    match zone_at {
        Some(at) => (&text[..at], offset(&text[at..])),
        None => (text, None),
    }
}

/// Reads IPTC's `20240501` and `123000+0200`.
pub(super) fn iptc(date: &str, time: Option<&str>) -> Result<Stamp, Unusable> {
    let digits = |text: &str| {
        text.chars()
            .take_while(char::is_ascii_digit)
            .collect::<String>()
    };
    let day = digits(date);
    if day.len() != 8 || day.bytes().all(|byte| byte == b'0') {
        return Err(absent_or(date));
    }
    let date = NaiveDate::parse_from_str(&day, "%Y%m%d")
        .map_err(|_| Unusable::Implausible(format!("the date {date} does not exist")))?;
    let clock = time.map(digits).unwrap_or_default();
    let clock_time = NaiveTime::parse_from_str(&clock, "%H%M%S").unwrap_or(NaiveTime::MIN);
    let offset_minutes = time.and_then(|time| offset(time.get(6..)?));
    let local = plausible(NaiveDateTime::new(date, clock_time))?;
    Ok(Stamp {
        local,
        offset_minutes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap()
    }

    #[test]
    fn exif_dates_with_any_separator_are_read() {
        assert_eq!(exif("2004:05:01 12:30:59"), Ok(at("2004-05-01 12:30:59")));
        assert_eq!(exif("2004-05-01T12:30"), Ok(at("2004-05-01 12:30:00")));
        assert_eq!(exif("2004:05:01 24:00:00"), Ok(at("2004-05-01 00:00:00")));
    }

    #[test]
    fn dates_that_cannot_be_are_dropped() {
        assert_eq!(exif("    :  :     :  :  "), Err(Unusable::Absent));
        assert!(matches!(
            exif("0000:00:00 00:00:00"),
            Err(Unusable::Implausible(_))
        ));
        assert!(matches!(
            exif("1801:01:01 00:00:00"),
            Err(Unusable::Implausible(_))
        ));
        assert!(matches!(
            exif("2004:13:41 00:00:00"),
            Err(Unusable::Implausible(_))
        ));
        assert!(matches!(exif("yesterday"), Err(Unusable::Implausible(_))));
    }

    #[test]
    fn offsets_are_minutes() {
        assert_eq!(offset("+05:30"), Some(330));
        assert_eq!(offset("-0330"), Some(-210));
        assert_eq!(offset("Z"), Some(0));
        assert_eq!(offset("+99:00"), None);
        assert_eq!(offset("   :  "), None);
    }

    #[test]
    fn iso_dates_keep_their_zone() {
        let stamp = iso("2024-05-01T12:30:00+02:00").unwrap();
        assert_eq!(
            stamp,
            Stamp {
                local: at("2024-05-01 12:30:00"),
                offset_minutes: Some(120)
            }
        );
        let stamp = iso("2024-05-01T12:30-03:00").unwrap();
        assert_eq!(
            stamp,
            Stamp {
                local: at("2024-05-01 12:30:00"),
                offset_minutes: Some(-180)
            }
        );
        assert_eq!(iso("2024-05-01").unwrap().local, at("2024-05-01 00:00:00"));
        assert!(iso("2024").is_err());
    }

    #[test]
    fn iptc_dates_are_digits() {
        let stamp = iptc("20240501", Some("123000+0200")).unwrap();
        assert_eq!(
            stamp,
            Stamp {
                local: at("2024-05-01 12:30:00"),
                offset_minutes: Some(120)
            }
        );
        assert!(iptc("00000000", None).is_err());
    }
}
