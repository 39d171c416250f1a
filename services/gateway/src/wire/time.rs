//! Times, as they are written in JSON.

use serde::{Serialize, Serializer};
use stowage_domain::Timestamp;
use utoipa::ToSchema;

/// An instant: RFC 3339 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = DateTime, examples("2024-05-03T10:00:00Z"))]
pub(crate) struct Moment(pub(crate) Timestamp);

/// What a clock on the wall said: date and time without a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, examples("2024-05-03T12:00:00"))]
pub(crate) struct WallClock(pub(crate) Timestamp);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_rfc3339())
    }
}

impl Serialize for WallClock {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.to_utc().format("%Y-%m-%dT%H:%M:%S"))
    }
}

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_has_a_zone_and_a_clock_on_the_wall_has_none() {
        let at = Timestamp::from_seconds(1_714_730_400);
        assert_eq!(
            serde_json::to_value(Moment(at)).unwrap(),
            "2024-05-03T10:00:00Z"
        );
        assert_eq!(
            serde_json::to_value(WallClock(at)).unwrap(),
            "2024-05-03T10:00:00"
        );
    }
}
