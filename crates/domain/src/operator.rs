//! What the operator's log is made of: acts that concern workspaces as a whole, and that outlive
//! them.

use crate::string_enum::string_enum;

string_enum!(
    /// An act on a workspace as a whole.
    OperatorAction {
        /// The operator gave it another plan.
        PlanChanged = "plan.changed",
        /// Its owner wants it gone (D21).
        WorkspaceDeletionRequested = "workspace.deletion_requested",
        /// Nothing of it is left.
        WorkspaceDeleted = "workspace.deleted",
    }
);
