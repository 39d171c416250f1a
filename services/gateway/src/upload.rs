//! Taking files in: who may send what ([`admission`]), the words of tus ([`tus`]), and bytes that
//! become pieces in central storage ([`receiver`]).

mod admission;
mod checksum;
mod receiver;
pub(crate) mod tus;

pub(crate) use admission::{Admission, Announced, NotAdmitted};
pub(crate) use checksum::{Checksum, ChecksumError};
pub(crate) use receiver::{NotTaken, Receiver};
