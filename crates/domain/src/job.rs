//! How a job stands.

use crate::string_enum::string_enum;

string_enum!(
    /// Where a job's row is in its life.
    JobState {
        /// Due now or later.
        Queued = "queued",
        /// Under somebody's lease.
        Running = "running",
        /// Parked with its reason, until a person asks for another try.
        Dead = "dead",
        Done = "done",
    }
);
