//! The one dialler for everything that leaves the house.
//!
//! Owns: which addresses may be reached, resolving a name once and checking every address that it
//! has, connecting to a checked address and to no other. Does not own: protocols. A connector
//! that brings its own client takes its resolver from here ([`Egress::resolve`]) and has the hosts
//! checked that are addresses already ([`Egress::check_url`]), because clients do not resolve
//! those.
//!
//! Redirects are answers of strangers: whoever follows one asks here again, and none of our
//! clients follows any.

mod address;
mod config;
mod dialler;
mod error;
mod rule;

pub use address::{AddressClass, classify};
pub use config::EgressConfig;
pub use dialler::{Egress, Resolve, SystemResolver, Transport};
pub use error::EgressError;
