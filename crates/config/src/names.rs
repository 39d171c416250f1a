//! The words that may stand in brackets.

/// Every section of every binary, so that one file serves all services: a service passes over
/// the sections of others, and refuses a word that is not here as a slip of the pen.
pub const SECTIONS: &[&str] = &[
    "admin",
    "bus",
    "central",
    "cold_backup",
    "connector",
    "database",
    "egress",
    "failpoints",
    "gateway",
    "ingest",
    "jobs",
    "keys",
    "log",
    "media",
    "migrate",
    "relay",
    "retention_purger",
    "rpc",
    "shutdown",
    "storage_connector",
    "sync_scanner",
    "telemetry",
    "thumbnailer",
];
