//! The bus of a single process: the doorbell of the all-in-one and of tests.
//!
//! Owns queues in memory with the manners of the broker's: bounded, one per kind, a ring that is
//! not acknowledged rings again, one that keeps coming back is put aside. Keeps nothing over a
//! restart; the relay rings again for what the job table still wants done.

mod bus;
mod queue;

pub use bus::MemoryBus;
