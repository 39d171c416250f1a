//! What every request passes, whatever its route.

mod csrf;
mod headers;
mod observe;

pub(crate) use csrf::{Origins, same_origin};
pub(crate) use headers::{ORIGINAL_POLICY, SecurityHeaders, security_headers};
pub(crate) use observe::observe;
