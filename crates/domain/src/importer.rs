//! Under whom a storage's files come into the library (SPEC D23).

use crate::{Permission, Role, UserId};

/// Under whom an import is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Importer {
    /// Nobody was named.
    System,
    User(UserId),
    /// Somebody was named who may not connect storages any more: imports go on under the system.
    Lost(UserId),
}

impl Importer {
    /// Judges who imports, from who was named and what they are in the workspace now.
    pub fn of(named: Option<UserId>, role: Option<Role>) -> Self {
        match named {
            None => Self::System,
            Some(user) if role.is_some_and(|role| role.may(Permission::Administer)) => {
                Self::User(user)
            }
            Some(user) => Self::Lost(user),
        }
    }

    /// Returns who an asset is recorded under; none for the system.
    pub fn credited(self) -> Option<UserId> {
        match self {
            Self::User(user) => Some(user),
            Self::System | Self::Lost(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn p43_d23_imports_go_on_under_the_system_when_the_named_user_lost_the_right() {
        let user = UserId(Uuid::from_u128(1));
        assert_eq!(Importer::of(None, None), Importer::System);
        for role in [Role::Owner, Role::Admin] {
            let importer = Importer::of(Some(user), Some(role));
            assert_eq!(importer.credited(), Some(user), "{role}");
        }
        for role in [Some(Role::Editor), Some(Role::Viewer), None] {
            let importer = Importer::of(Some(user), role);
            assert_eq!(importer, Importer::Lost(user), "{role:?}");
            assert_eq!(importer.credited(), None);
        }
    }
}
