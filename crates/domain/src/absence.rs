//! Files that left their storage, and what becomes of their assets (SPEC D5 to D7).
//!
//! What a whole scan concludes is in [`scan`](crate::scan); here is what both a scan and the check
//! of one file go by. Nothing in here ever moves an asset's lifecycle.

use crate::{OnMove, OnReturn, string_enum::string_enum};

#[cfg(test)]
mod worlds;

/// Whether an object is in its storage, as far as the catalog knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Presence {
    Present,
    /// Marked as gone.
    Absent,
    /// Marked as gone and seen again; an administrator has to restore it.
    Back,
    /// Marked as gone, and restored: the mark goes as soon as the file is seen again.
    Awaited,
}

impl Presence {
    pub const fn of(present: bool, is_back: bool, is_restored: bool) -> Self {
        match (present, is_restored, is_back) {
            (true, _, _) => Self::Present,
            (false, true, _) => Self::Awaited,
            (false, false, true) => Self::Back,
            (false, false, false) => Self::Absent,
        }
    }

    pub const fn is_present(self) -> bool {
        matches!(self, Self::Present)
    }

    /// Returns whether an object that is marked as gone stays so although it is there (D6).
    pub fn is_held(self, on_return: OnReturn) -> bool {
        on_return == OnReturn::Hold && matches!(self, Self::Absent | Self::Back)
    }
}

/// What a direct question about one object came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Look {
    There,
    /// The storage proved to be itself and answered that it has no such object.
    Gone,
}

/// What a direct look changes in the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Finding {
    /// It is where it is known to be.
    There,
    /// It had been marked as gone and is the same asset's again.
    Returned,
    /// It is there, and stays marked until an administrator restores it.
    Held,
    /// It is gone, which is news.
    Left,
    /// It is gone still.
    Gone,
}

/// Judges a direct look at one object.
pub fn judge_look(presence: Presence, look: Look, on_return: OnReturn) -> Finding {
    match (look, presence.is_present()) {
        (Look::There, true) => Finding::There,
        (Look::There, false) if presence.is_held(on_return) => Finding::Held,
        (Look::There, false) => Finding::Returned,
        (Look::Gone, true) => Finding::Left,
        (Look::Gone, false) => Finding::Gone,
    }
}

/// What becomes of an asset whose content was found at another path of its storage, while the
/// storage says that it no longer is at the one where it was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MoveVerdict {
    /// The asset goes along.
    Follow,
    /// The asset is dropped from the library and a new one is made.
    Replace,
    /// A new asset is made; the old one stays: its original lies elsewhere, too, or it is held.
    Apart,
}

/// Judges a move for which there is evidence.
pub fn judge_move(on_move: OnMove, must_stay: bool) -> MoveVerdict {
    match (on_move, must_stay) {
        (OnMove::Follow, _) => MoveVerdict::Follow,
        (OnMove::Recreate, false) => MoveVerdict::Replace,
        (OnMove::Recreate, true) => MoveVerdict::Apart,
    }
}

string_enum!(
    /// What a person can do about a missing original.
    Advice {
        /// Put the file back, or forget the asset.
        PutBack = "put_back",
        /// The file is there: restore the asset.
        Restore = "restore",
        /// Nothing: the next scan takes the mark away as soon as the file is seen.
        Wait = "wait",
        /// Bring the storage back first; nobody can look into it.
        Reconnect = "reconnect",
    }
);

/// Says what to do about an original that is marked as gone.
pub fn advise(presence: Presence, on_return: OnReturn, is_storage_away: bool) -> Advice {
    match presence {
        _ if is_storage_away => Advice::Reconnect,
        Presence::Back if presence.is_held(on_return) => Advice::Restore,
        Presence::Present | Presence::Back | Presence::Awaited => Advice::Wait,
        Presence::Absent => Advice::PutBack,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_of_a_row_make_one_presence() {
        for (present, back, restored, expected) in [
            (true, false, false, Presence::Present),
            (false, false, false, Presence::Absent),
            (false, true, false, Presence::Back),
            (false, false, true, Presence::Awaited),
            (false, true, true, Presence::Awaited),
        ] {
            assert_eq!(Presence::of(present, back, restored), expected);
        }
    }

    /// The table of D6 for one file that is asked about.
    #[test]
    fn p27_p29_p30_d6_a_look_marks_relinks_or_holds_as_the_storage_is_set() {
        use Finding::{Gone, Held, Left, Returned, There};
        use OnReturn::{Hold, Relink};
        use Presence::{Absent, Awaited, Back, Present};
        for (presence, on_return, there, gone) in [
            (Present, Relink, There, Left),
            (Present, Hold, There, Left),
            (Absent, Relink, Returned, Gone),
            (Absent, Hold, Held, Gone),
            // The setting was changed meanwhile.
            (Back, Relink, Returned, Gone),
            (Back, Hold, Held, Gone),
            (Awaited, Relink, Returned, Gone),
            (Awaited, Hold, Returned, Gone),
        ] {
            let judged =
                [Look::There, Look::Gone].map(|look| judge_look(presence, look, on_return));
            assert_eq!(judged, [there, gone], "{presence:?} {on_return}");
        }
    }

    #[test]
    fn w7_every_missing_original_comes_with_something_to_do() {
        use OnReturn::{Hold, Relink};
        use Presence::{Absent, Awaited, Back};
        for (presence, on_return, away, advice) in [
            (Absent, Relink, false, Advice::PutBack),
            (Absent, Hold, false, Advice::PutBack),
            (Back, Hold, false, Advice::Restore),
            (Back, Relink, false, Advice::Wait),
            (Awaited, Hold, false, Advice::Wait),
            (Absent, Relink, true, Advice::Reconnect),
            (Back, Hold, true, Advice::Reconnect),
        ] {
            let given = advise(presence, on_return, away);
            assert_eq!(given, advice, "{presence:?} {on_return} {away}");
        }
    }

    #[test]
    fn p26_d7_recreate_replaces_an_asset_only_when_nothing_else_holds_its_original() {
        assert_eq!(judge_move(OnMove::Follow, false), MoveVerdict::Follow);
        assert_eq!(judge_move(OnMove::Follow, true), MoveVerdict::Follow);
        assert_eq!(judge_move(OnMove::Recreate, false), MoveVerdict::Replace);
        assert_eq!(judge_move(OnMove::Recreate, true), MoveVerdict::Apart);
    }
}
