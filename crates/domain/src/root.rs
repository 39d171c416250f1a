//! Where storages lie to each other: the same place, one within the other, or apart (SPEC D1, D27).

/// The connected root of a storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// What the path is within: a server, a bucket, this machine.
    place: String,
    segments: Vec<String>,
}

/// How two roots lie to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    Apart,
    Same,
    /// One contains the other.
    Nested,
}

impl Root {
    pub fn new(place: impl Into<String>, path: &str) -> Self {
        let segments = path
            .split('/')
            .filter(|segment| !segment.is_empty() && *segment != ".");
        Self {
            place: place.into(),
            segments: segments.map(str::to_owned).collect(),
        }
    }

    pub fn relation(&self, other: &Self) -> Relation {
        if self.place != other.place {
            return Relation::Apart;
        }
        let shared = self.segments.iter().zip(&other.segments);
        if shared.clone().any(|(one, another)| one != another) {
            return Relation::Apart;
        }
        if self.segments.len() == other.segments.len() {
            Relation::Same
        } else {
            Relation::Nested
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d27_roots_are_compared_by_whole_segments() {
        use Relation::{Apart, Nested, Same};
        for (one, other, expected) in [
            ("photos", "photos2", Apart),
            ("photos/", "photos", Same),
            ("/photos//2024/", "photos/2024", Same),
            ("photos", "photos/2024", Nested),
            ("", "photos", Nested),
            ("", "", Same),
            ("photos/2024", "photos/2023", Apart),
            ("Photos", "photos", Apart),
        ] {
            let roots = [one, other].map(|path| Root::new("bucket", path));
            assert_eq!(roots[0].relation(&roots[1]), expected, "{one} {other}");
            assert_eq!(roots[1].relation(&roots[0]), expected, "{other} {one}");
        }
        let elsewhere = Root::new("another bucket", "photos");
        assert_eq!(elsewhere.relation(&Root::new("bucket", "photos")), Apart);
    }
}
