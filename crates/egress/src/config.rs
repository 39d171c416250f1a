//! What the operator decides about the way out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stowage_config::Section;

/// Which addresses may be reached from here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EgressConfig {
    /// Whether storages may be in private networks and on this machine: 10/8, 172.16/12,
    /// 192.168/16, 100.64/10, 127/8, ::1, fc00::/7. Also allows unencrypted transfers to them.
    pub allow_private: bool,
    /// Hosts (`nas.example.org`, `*.example.org`), addresses and networks (`10.20.0.0/16`) that may
    /// be reached although private, and without encryption. Link-local and metadata addresses
    /// stay refused.
    pub allow: Vec<String>,
}

impl Section for EgressConfig {
    const NAME: &'static str = "egress";
}
