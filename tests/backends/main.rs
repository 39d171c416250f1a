//! The conformance suites of the ports, over every backend there is.

#[cfg(test)]
mod bus;
#[cfg(test)]
mod database;
#[cfg(test)]
mod storage;
