//! The loop and the relay over the in-process bus and a job table in memory.

#[cfg(test)]
#[path = "worker/fixture.rs"]
mod fixture;
#[cfg(test)]
#[path = "worker/leases.rs"]
mod leases;
#[cfg(test)]
#[path = "worker/outcomes.rs"]
mod outcomes;
#[cfg(test)]
#[path = "worker/ringing.rs"]
mod ringing;
#[cfg(test)]
#[path = "worker/stopping.rs"]
mod stopping;
#[cfg(test)]
#[path = "worker/table.rs"]
mod table;
#[cfg(test)]
#[path = "worker/traces.rs"]
mod traces;
