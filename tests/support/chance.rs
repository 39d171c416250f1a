//! Chance that can be repeated.

/// Numbers that look random and follow from a seed (SplitMix64).
#[derive(Debug, Clone)]
pub struct Chance {
    seed: u64,
    state: u64,
}

impl Chance {
    /// Takes the seed of `STOWAGE_FAULTS_SEED`, or one of its own; a test that fails prints it.
    pub fn seeded() -> Self {
        let given = stowage_config::env("STOWAGE_FAULTS_SEED");
        let seed = given.map_or_else(
            || uuid::Uuid::new_v4().as_u64_pair().0,
            |seed| seed.parse().expect("STOWAGE_FAULTS_SEED is a number"),
        );
        println!("STOWAGE_FAULTS_SEED={seed}");
        Self { seed, state: seed }
    }

    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Returns a number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end.max(1)
    }
}
