//! Who may do what in a workspace (SPEC D29).

use crate::string_enum::string_enum;

string_enum!(
    /// A member's role. Declared from the most to the least able.
    Role {
        Owner = "owner",
        Admin = "admin",
        Editor = "editor",
        Contributor = "contributor",
        Viewer = "viewer",
    }
);

string_enum!(
    /// What a request wants to do.
    Permission {
        View = "view",
        Contribute = "contribute",
        Edit = "edit",
        /// Delete for good what is in the bin, before its time is over.
        Purge = "purge",
        /// Connect, change and remove storages, and the workspace's own settings.
        Administer = "administer",
        /// Invite people, change what they are, remove them, give them a new password.
        ManageMembers = "manage_members",
        /// Delete the workspace with all that Stowage holds of it.
        DeleteWorkspace = "delete_workspace",
    }
);

string_enum!(
    /// What an API key may be used for, within what its owner may do.
    KeyScope {
        /// Look at everything in the library.
        LibraryRead = "library:read",
        /// Add and change what is in the library.
        LibraryWrite = "library:write",
        /// Delete for good what is in the bin, and decide about copies that linger.
        BinPurge = "bin:purge",
        /// Connect, change and remove storages, and the workspace's own settings.
        StoragesWrite = "storages:write",
    }
);

impl Role {
    pub fn may(self, permission: Permission) -> bool {
        match permission {
            Permission::View => true,
            Permission::Contribute => self <= Self::Contributor,
            Permission::Edit => self <= Self::Editor,
            Permission::Purge | Permission::Administer | Permission::ManageMembers => {
                self <= Self::Admin
            }
            Permission::DeleteWorkspace => self == Self::Owner,
        }
    }

    /// Returns whether this role may give `other` to somebody, or take it away: nobody reaches
    /// above themselves.
    pub fn may_give(self, other: Self) -> bool {
        self.may(Permission::ManageMembers) && self <= other
    }
}

impl KeyScope {
    /// Returns whether a key with this scope may do it, where its owner may. No scope covers
    /// managing members: a key never widens what it or anybody else may do. None covers deleting
    /// the workspace, which takes a person.
    pub fn covers(self, permission: Permission) -> bool {
        match permission {
            Permission::View => self == Self::LibraryRead,
            Permission::Contribute | Permission::Edit => self == Self::LibraryWrite,
            Permission::Purge => self == Self::BinPurge,
            Permission::Administer => self == Self::StoragesWrite,
            Permission::ManageMembers | Permission::DeleteWorkspace => false,
        }
    }

    /// Returns whether somebody with this role has anything that the scope could hand on.
    pub fn is_within(self, role: Role) -> bool {
        Permission::ALL
            .iter()
            .any(|permission| self.covers(*permission) && role.may(*permission))
    }
}

/// Why a workspace is not deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepWorkspace {
    /// What was typed is not its name.
    OtherName,
    /// A legal hold keeps something of it.
    Held,
}

/// Decides whether a workspace may be deleted (SPEC D21): its name is typed letter by letter, and
/// nothing of it is under a legal hold.
///
/// # Errors
/// Why it stays.
pub fn judge_deletion(name: &str, typed: &str, is_held: bool) -> Result<(), KeepWorkspace> {
    if typed.trim() != name.trim() || name.trim().is_empty() {
        return Err(KeepWorkspace::OtherName);
    }
    if is_held {
        return Err(KeepWorkspace::Held);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_may_exactly_what_the_table_says() {
        use Permission::{
            Administer, Contribute, DeleteWorkspace, Edit, ManageMembers, Purge, View,
        };
        let table: [(Role, &[Permission]); 5] = [
            (
                Role::Owner,
                &[
                    View,
                    Contribute,
                    Edit,
                    Purge,
                    Administer,
                    ManageMembers,
                    DeleteWorkspace,
                ],
            ),
            (
                Role::Admin,
                &[View, Contribute, Edit, Purge, Administer, ManageMembers],
            ),
            (Role::Editor, &[View, Contribute, Edit]),
            (Role::Contributor, &[View, Contribute]),
            (Role::Viewer, &[View]),
        ];
        assert_eq!(table.len(), Role::ALL.len());
        for (role, able) in table {
            for permission in Permission::ALL {
                let expected = able.contains(permission);
                assert_eq!(role.may(*permission), expected, "{role} {permission}");
            }
        }
    }

    #[test]
    fn nobody_gives_or_takes_a_role_above_their_own() {
        let able = |role: Role| {
            let given = Role::ALL.iter().filter(|other| role.may_give(**other));
            given.map(|other| other.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(able(Role::Owner).len(), 5);
        assert_eq!(
            able(Role::Admin),
            ["admin", "editor", "contributor", "viewer"]
        );
        for role in [Role::Editor, Role::Contributor, Role::Viewer] {
            assert!(able(role).is_empty(), "{role}");
        }
    }

    #[test]
    fn a_scope_covers_exactly_what_the_table_says() {
        use Permission::{Administer, Contribute, Edit, Purge, View};
        let table: [(KeyScope, &[Permission], Role); 4] = [
            (KeyScope::LibraryRead, &[View], Role::Viewer),
            (
                KeyScope::LibraryWrite,
                &[Contribute, Edit],
                Role::Contributor,
            ),
            (KeyScope::BinPurge, &[Purge], Role::Admin),
            (KeyScope::StoragesWrite, &[Administer], Role::Admin),
        ];
        for (scope, covered, least) in table {
            for permission in Permission::ALL {
                let expected = covered.contains(permission);
                assert_eq!(scope.covers(*permission), expected, "{scope} {permission}");
            }
            for role in Role::ALL {
                assert_eq!(scope.is_within(*role), *role <= least, "{scope} {role}");
            }
        }
    }

    #[test]
    fn d21_a_workspace_goes_by_its_name_and_never_under_a_hold() {
        use KeepWorkspace::{Held, OtherName};
        assert_eq!(judge_deletion("Our photos", "Our photos", false), Ok(()));
        assert_eq!(judge_deletion("Our photos", " Our photos ", false), Ok(()));
        for typed in ["our photos", "Our", "", "Our photos!"] {
            assert_eq!(judge_deletion("Our photos", typed, false), Err(OtherName));
        }
        assert_eq!(judge_deletion("", "", false), Err(OtherName));
        assert_eq!(judge_deletion("Our photos", "Our photos", true), Err(Held));
    }
}
