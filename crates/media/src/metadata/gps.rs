//! Places: what is believed and what is not.

use super::Gps;

/// Returns the place, or why it is not one.
pub(super) fn checked(latitude: f64, longitude: f64, altitude: Option<f64>) -> Result<Gps, String> {
    let is_in_range = latitude.is_finite()
        && longitude.is_finite()
        && latitude.abs() <= 90.0
        && longitude.abs() <= 180.0;
    if !is_in_range {
        return Err(format!(
            "the position {latitude}, {longitude} is not on Earth"
        ));
    }
    if latitude == 0.0 && longitude == 0.0 {
        return Err("the position 0, 0 means that none was known".to_owned());
    }
    let altitude = altitude.filter(|metres| metres.is_finite() && metres.abs() < 100_000.0);
    Ok(Gps {
        latitude,
        longitude,
        altitude,
    })
}

/// Reads XMP's `52,30.5N` or `52,30,15N`.
pub(super) fn xmp_coordinate(text: &str) -> Option<f64> {
    let text = text.trim();
    let direction = text.chars().last()?.to_ascii_uppercase();
    let sign = match direction {
        'N' | 'E' => 1.0,
        'S' | 'W' => -1.0,
        _ => return None,
    };
    let numbers = &text[..text.len() - 1];
    let mut degrees = 0.0;
    let mut unit = 1.0;
    for part in numbers.split(',') {
        degrees += part.trim().parse::<f64>().ok()? / unit;
        unit *= 60.0;
    }
    Some(sign * degrees)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nowhere_is_not_a_place() {
        assert!(checked(0.0, 0.0, None).is_err());
        assert!(checked(91.0, 0.0, None).is_err());
        assert!(checked(f64::NAN, 0.0, None).is_err());
        assert_eq!(
            checked(52.5, 13.4, Some(34.0)).unwrap().altitude,
            Some(34.0)
        );
        assert_eq!(
            checked(52.5, 13.4, Some(f64::INFINITY)).unwrap().altitude,
            None
        );
    }

    #[test]
    fn xmp_coordinates_have_minutes() {
        assert_eq!(xmp_coordinate("52,30.0N"), Some(52.5));
        assert_eq!(xmp_coordinate("13,24,36W"), Some(-13.41));
        assert_eq!(xmp_coordinate("13.4"), None);
    }
}
