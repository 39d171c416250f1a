//! What the operator lets a workspace have (SPEC D20). No limit unless one is set.

/// The limits of a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Bytes in central storage: hosted originals, and uploads from their announcement on.
    /// Pictures that Stowage makes do not count. None: no limit.
    pub central_bytes: Option<u64>,
    /// How many storages may be connected, central storage not among them. None: no limit.
    pub storages: Option<u32>,
    /// Whether storages outside may be connected at all, and take new files.
    pub external_storages: bool,
    /// How many photos one request may bring. None: no limit.
    pub photos_per_request: Option<u32>,
    /// Whether links may be made that never end.
    pub permanent_links: bool,
}

/// Which limit stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanLimit {
    /// `most` bytes may be held, `held` are.
    CentralBytes { most: u64, held: u64 },
    /// `most` storages may be connected.
    Storages { most: u32 },
    /// Storages outside are not part of the plan.
    ExternalStorages,
}

impl Plan {
    /// What a workspace may have whose operator set nothing.
    pub const UNLIMITED: Self = Self {
        central_bytes: None,
        storages: None,
        external_storages: true,
        photos_per_request: None,
        permanent_links: true,
    };

    /// Returns whether storages outside may be connected, and take new files. Where they may not,
    /// those that are connected stay: they are scanned and read, and nothing new is written to them.
    pub fn allows_external(&self) -> bool {
        self.external_storages
    }

    /// Decides whether `size` more bytes may come into central storage, where `held` count already.
    ///
    /// # Errors
    /// The limit that they would pass.
    pub fn takes(&self, held: u64, size: u64) -> Result<(), PlanLimit> {
        match self.central_bytes {
            Some(most) if held.saturating_add(size) > most => {
                Err(PlanLimit::CentralBytes { most, held })
            }
            _ => Ok(()),
        }
    }

    /// Decides whether another storage may be connected, where `connected` are.
    ///
    /// # Errors
    /// The limit that it would pass.
    pub fn may_connect(&self, connected: u64) -> Result<(), PlanLimit> {
        if !self.allows_external() {
            return Err(PlanLimit::ExternalStorages);
        }
        match self.storages {
            Some(most) if connected >= u64::from(most) => Err(PlanLimit::Storages { most }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d20_nothing_is_limited_until_the_operator_says_so() {
        assert_eq!(Plan::UNLIMITED.takes(u64::MAX, u64::MAX), Ok(()));
        assert_eq!(Plan::UNLIMITED.may_connect(u64::MAX), Ok(()));
        assert_eq!(Plan::UNLIMITED.photos_per_request, None);
    }

    #[test]
    fn v2_the_last_byte_fits_and_the_next_does_not() {
        let plan = Plan {
            central_bytes: Some(100),
            ..Plan::UNLIMITED
        };
        assert_eq!(plan.takes(60, 40), Ok(()));
        let over = PlanLimit::CentralBytes {
            most: 100,
            held: 60,
        };
        assert_eq!(plan.takes(60, 41), Err(over));
        // A plan that shrank below what is held takes nothing more, not even nothing at all.
        assert!(plan.takes(101, 0).is_err());
        assert!(plan.takes(u64::MAX, u64::MAX).is_err(), "no overflow");
    }

    #[test]
    fn p7_the_number_of_storages_is_the_plans() {
        let plan = Plan {
            storages: Some(2),
            ..Plan::UNLIMITED
        };
        assert_eq!(plan.may_connect(1), Ok(()));
        assert_eq!(plan.may_connect(2), Err(PlanLimit::Storages { most: 2 }));
        assert_eq!(plan.may_connect(7), Err(PlanLimit::Storages { most: 2 }));
    }

    #[test]
    fn v4_v6_a_plan_without_external_storages_lets_none_in_whatever_their_number() {
        let plan = Plan {
            storages: Some(5),
            external_storages: false,
            ..Plan::UNLIMITED
        };
        assert_eq!(plan.may_connect(0), Err(PlanLimit::ExternalStorages));
        assert!(!plan.allows_external());
    }
}
