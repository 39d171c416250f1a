//! A purge before it happens: how much goes from where, and how.

use serde::{Deserialize, Serialize};

use super::Fate;
use crate::{StorageId, StorageKind};

/// What a purge would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub assets: u64,
    /// Assets that a legal hold keeps; they are not among `assets`.
    pub held: u64,
    pub lines: Vec<PlanLine>,
}

/// What becomes of some originals in one storage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanLine {
    pub storage: StorageId,
    pub storage_name: String,
    pub kind: StorageKind,
    #[serde(flatten)]
    pub fate: Fate,
    pub originals: u64,
    pub bytes: u64,
}

impl Plan {
    /// Adds a line to the one of the same storage and fate, where there is one.
    pub fn add(&mut self, line: PlanLine) {
        let is_same =
            |known: &&mut PlanLine| known.storage == line.storage && known.fate == line.fate;
        match self.lines.iter_mut().find(is_same) {
            Some(known) => {
                known.originals += line.originals;
                known.bytes += line.bytes;
            }
            None => self.lines.push(line),
        }
    }

    /// Adds what another plan does.
    pub fn merge(&mut self, other: Self) {
        self.assets += other.assets;
        self.held += other.held;
        for line in other.lines {
            self.add(line);
        }
    }

    /// Returns how many bytes of originals go.
    pub fn bytes(&self) -> u64 {
        let goes = |line: &&PlanLine| matches!(line.fate, Fate::Delete(_));
        self.lines.iter().filter(goes).map(|line| line.bytes).sum()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::purge::{DeleteHow, KeepReason};

    fn line(fate: Fate) -> PlanLine {
        PlanLine {
            storage: StorageId(Uuid::nil()),
            storage_name: "Photos".into(),
            kind: StorageKind::S3,
            fate,
            originals: 2,
            bytes: 10,
        }
    }

    #[test]
    fn lines_of_one_storage_and_fate_are_one() {
        let (deleted, kept) = (
            Fate::Delete(DeleteHow::Permanent),
            Fate::Keep(KeepReason::Policy),
        );
        let mut plan = Plan::default();
        plan.add(line(deleted));
        plan.add(line(kept));
        let mut other = Plan {
            assets: 3,
            ..Plan::default()
        };
        other.add(line(deleted));
        plan.merge(other);
        assert_eq!(plan.assets, 3);
        assert_eq!(plan.lines.len(), 2);
        assert_eq!(plan.bytes(), 20, "what stays frees nothing");
        let json = serde_json::to_string(&plan).unwrap();
        assert_eq!(serde_json::from_str::<Plan>(&json).unwrap(), plan);
    }
}
