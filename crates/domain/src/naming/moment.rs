//! When a file was received, on the workspace's clock.

use chrono::NaiveDateTime;
use chrono_tz::Tz;

use crate::Timestamp;

/// Returns what a clock on the wall of this time zone shows; UTC's where the zone is not known.
pub fn wall_time(at: Timestamp, zone: &str) -> NaiveDateTime {
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    at.to_utc().with_timezone(&zone).naive_local()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d16_times_are_those_of_the_workspaces_zone_in_summer_and_in_winter() {
        let shown = |seconds, zone| wall_time(Timestamp::from_seconds(seconds), zone).to_string();
        // 17 January and 17 July 2026, 23:30 UTC.
        assert_eq!(shown(1_768_692_600, "Europe/Rome"), "2026-01-18 00:30:00");
        assert_eq!(shown(1_784_331_000, "Europe/Rome"), "2026-07-18 01:30:00");
        assert_eq!(shown(1_768_692_600, "UTC"), "2026-01-17 23:30:00");
        assert_eq!(shown(1_768_692_600, "Mars/Base"), "2026-01-17 23:30:00");
    }
}
