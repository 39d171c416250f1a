//! A search of small worlds: every order of writing, vanishing, renaming, scanning, importing,
//! checking, restoring and forgetting, for two paths and two contents, under all settings.

use std::collections::HashSet;

use uuid::Uuid;

use super::{Finding, Look, MoveVerdict, Presence, judge_look, judge_move};
use crate::{
    OnMove, OnReturn, RemoteObjectId, Timestamp,
    scan::{Absence, AbsentSet, Known, Proof, Seen, Verdict, judge_absence, merge},
};

const PATHS: [&str; 2] = ["a", "b"];

/// Objects that always stay, so that two that vanish are under the guard.
const OTHERS: u64 = 50;

/// How many things happen at most before a world is left to settle.
const DEPTH: usize = 12;

#[derive(Debug, Clone, Copy)]
struct Settings {
    on_return: OnReturn,
    on_move: OnMove,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Act {
    Write(usize, u8),
    Remove(usize),
    Rename(usize, usize),
    Scan,
    Import(usize),
    Check(usize),
    Restore(usize),
    Forget(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Row {
    presence: Presence,
    /// The content, as the listing showed it.
    revision: u8,
    imported: Option<u8>,
    asset: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Fate {
    Live,
    Recreated,
    Forgotten,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Asset {
    content: u8,
    fate: Fate,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
struct World {
    files: [Option<u8>; 2],
    rows: [Option<Row>; 2],
    assets: Vec<Asset>,
}

fn acts() -> Vec<Act> {
    let mut acts = vec![Act::Scan, Act::Rename(0, 1), Act::Rename(1, 0)];
    for path in 0..PATHS.len() {
        acts.extend([1, 2].map(|content| Act::Write(path, content)));
        acts.extend([
            Act::Remove(path),
            Act::Import(path),
            Act::Check(path),
            Act::Restore(path),
            Act::Forget(path),
        ]);
    }
    acts
}

impl World {
    fn after(&self, act: Act, settings: Settings) -> Self {
        let mut world = self.clone();
        match act {
            Act::Write(path, content) => world.files[path] = Some(content),
            Act::Remove(path) => world.files[path] = None,
            Act::Rename(from, to) if world.files[to].is_none() => {
                world.files[to] = world.files[from].take();
            }
            Act::Rename(..) => {}
            Act::Scan => world.scan(settings),
            Act::Import(path) => world.import(path, settings),
            Act::Check(path) => {
                world.check(path, settings);
            }
            Act::Restore(path) => {
                if let Some(row) = &mut world.rows[path]
                    && !row.presence.is_present()
                {
                    row.presence = Presence::Awaited;
                }
            }
            Act::Forget(path) => world.forget(path, settings),
        }
        world
    }

    /// What a clean, complete scan does.
    fn scan(&mut self, settings: Settings) {
        let seen: Vec<Seen> = (0..PATHS.len())
            .filter_map(|path| self.seen(path))
            .collect();
        let known: Vec<Known> = (0..PATHS.len())
            .filter_map(|path| self.known(path))
            .collect();
        let present = known.iter().filter(|row| row.presence.is_present()).count() as u64;
        let mut absent = (Vec::new(), AbsentSet::default());
        for verdict in merge(&seen, &known, settings.on_return) {
            match verdict {
                Verdict::New(seen) => {
                    self.rows[at(&seen.path)] = Some(Row {
                        presence: Presence::Present,
                        revision: seen.size as u8,
                        imported: None,
                        asset: None,
                    });
                }
                Verdict::Changed { seen, known, .. } => {
                    let row = self.row(&known.path);
                    row.presence = Presence::Present;
                    row.revision = seen.size as u8;
                }
                Verdict::Returned { known } => self.row(&known.path).presence = Presence::Present,
                Verdict::Held { known, .. } => self.row(&known.path).presence = Presence::Back,
                Verdict::LeftAgain(known) => self.row(&known.path).presence = Presence::Absent,
                Verdict::Absent(known) => {
                    absent.0.push(at(&known.path));
                    absent.1.add(known.id);
                }
                Verdict::Unchanged | Verdict::StillAbsent => {}
            }
        }
        let verdict = judge_absence(OTHERS + present, absent.1, None, Proof::Own, Timestamp(0));
        if verdict == Absence::Mark {
            for path in absent.0 {
                self.mark(path);
            }
        }
    }

    fn mark(&mut self, path: usize) {
        assert!(
            self.files[path].is_none(),
            "a file that is there was marked"
        );
        let row = self.rows[path].expect("only what is known is marked");
        self.rows[path] = row.asset.map(|_| Row {
            presence: Presence::Absent,
            ..row
        });
    }

    /// What the import of one object does, if there is anything to import.
    fn import(&mut self, path: usize, settings: Settings) {
        let (Some(mut row), Some(content)) = (self.rows[path], self.files[path]) else {
            return;
        };
        if !row.presence.is_present() || row.imported == Some(row.revision) {
            return;
        }
        let asset = match row.asset {
            Some(asset) => {
                self.assets[asset].content = content;
                asset
            }
            None => self.asset_for(path, content, settings),
        };
        row.asset = Some(asset);
        row.imported = Some(content);
        self.rows[path] = Some(row);
    }

    fn asset_for(&mut self, path: usize, content: u8, settings: Settings) -> usize {
        let other = 1 - path;
        let candidate = self.rows[other].and_then(|row| row.asset);
        let moved = candidate
            .filter(|asset| self.assets[*asset].content == content && self.files[other].is_none());
        let fresh = Asset {
            content,
            fate: Fate::Live,
        };
        match moved.map(|asset| (asset, judge_move(settings.on_move, false))) {
            Some((asset, MoveVerdict::Follow)) => {
                self.rows[other] = None;
                return asset;
            }
            Some((asset, MoveVerdict::Replace)) => {
                self.rows[other] = None;
                self.assets[asset].fate = Fate::Recreated;
            }
            Some((_, MoveVerdict::Apart)) | None => {}
        }
        self.assets.push(fresh);
        self.assets.len() - 1
    }

    fn look(&self, path: usize) -> Look {
        self.files[path].map_or(Look::Gone, |_| Look::There)
    }

    fn check(&mut self, path: usize, settings: Settings) -> Option<Finding> {
        let row = self.rows[path]?;
        row.asset?;
        let finding = judge_look(row.presence, self.look(path), settings.on_return);
        match finding {
            Finding::Left => self.mark(path),
            Finding::Returned => {
                let content = self.files[path].expect("it was just seen");
                let row = self.row(PATHS[path]);
                row.presence = Presence::Present;
                row.revision = content;
            }
            Finding::Held => self.row(PATHS[path]).presence = Presence::Back,
            Finding::There | Finding::Gone => {}
        }
        Some(finding)
    }

    fn forget(&mut self, path: usize, settings: Settings) {
        let is_missing = self.rows[path].is_some_and(|row| !row.presence.is_present());
        if is_missing && self.check(path, settings) == Some(Finding::Gone) {
            let row = self.rows[path].take().expect("it is missing");
            self.assets[row.asset.expect("only assets are marked")].fate = Fate::Forgotten;
        }
    }

    /// Two rounds of following the storage, with nothing happening meanwhile.
    fn settled(&self, settings: Settings) -> Self {
        let mut world = self.clone();
        for act in [Act::Scan, Act::Import(0), Act::Import(1)].repeat(2) {
            world = world.after(act, settings);
        }
        world
    }

    fn seen(&self, path: usize) -> Option<Seen> {
        self.files[path].map(|content| Seen {
            remote_id: PATHS[path].into(),
            path: PATHS[path].into(),
            size: u64::from(content),
            modified_at: None,
            revision: content.to_string(),
        })
    }

    fn known(&self, path: usize) -> Option<Known> {
        self.rows[path].map(|row| Known {
            id: RemoteObjectId(Uuid::from_u128(path as u128 + 1)),
            remote_id: PATHS[path].into(),
            path: PATHS[path].into(),
            revision: row.revision.to_string(),
            presence: row.presence,
            is_own: false,
        })
    }

    fn row(&mut self, path: &str) -> &mut Row {
        self.rows[at(path)].as_mut().expect("the row is known")
    }

    fn is_live(&self, asset: usize) -> bool {
        self.assets[asset].fate == Fate::Live
    }

    /// What holds at any time.
    fn check_links(&self) {
        for asset in (0..self.assets.len()).filter(|asset| self.is_live(*asset)) {
            let rows = self.rows.iter().flatten();
            let linked = rows.filter(|row| row.asset == Some(asset)).count();
            assert_eq!(linked, 1, "an asset that nobody can find: {self:?}");
        }
        for row in self.rows.iter().flatten() {
            let is_linked = row.asset.is_none_or(|asset| self.is_live(asset));
            assert!(is_linked, "a row of an asset that ended: {self:?}");
        }
    }

    /// What holds once all is followed.
    fn check_settled(&self, settings: Settings) {
        for path in 0..PATHS.len() {
            let (file, row) = (self.files[path], self.rows[path]);
            let Some(content) = file else {
                assert!(row.is_none_or(|row| !row.presence.is_present()), "{self:?}");
                continue;
            };
            let row = row.unwrap_or_else(|| panic!("a file that nobody knows: {self:?}"));
            let asset = row
                .asset
                .unwrap_or_else(|| panic!("a file without an asset: {self:?}"));
            if settings.on_return == OnReturn::Relink {
                assert!(row.presence.is_present(), "not relinked: {self:?}");
            }
            match row.presence {
                Presence::Present => assert_eq!(self.assets[asset].content, content, "{self:?}"),
                Presence::Back => {}
                Presence::Absent | Presence::Awaited => panic!("a file not seen: {self:?}"),
            }
        }
    }
}

fn at(path: &str) -> usize {
    usize::from(path == PATHS[1])
}

/// What one step may do to assets that exist.
fn check_step(before: &World, act: Act, after: &World, settings: Settings) {
    for (old, new) in before.assets.iter().zip(&after.assets) {
        let is_allowed = match new.fate {
            Fate::Live => old.fate == Fate::Live,
            Fate::Recreated => {
                old.fate == new.fate
                    || settings.on_move == OnMove::Recreate && matches!(act, Act::Import(_))
            }
            Fate::Forgotten => old.fate == new.fate || matches!(act, Act::Forget(_)),
        };
        assert!(is_allowed, "{act:?} ended an asset: {before:?} {after:?}");
    }
    // Nothing is made for the path of an asset that is known, whether it is there or not.
    if matches!(act, Act::Scan | Act::Import(_) | Act::Check(_)) {
        for (old, new) in before.rows.iter().zip(&after.rows) {
            let assets = (old.and_then(|row| row.asset), new.and_then(|row| row.asset));
            if let (Some(old), Some(new)) = assets {
                assert_eq!(old, new, "{act:?}: {before:?} {after:?}");
            }
        }
    }
}

/// What a rename comes to, where nothing else speaks into it.
fn check_rename(world: &World, from: usize, settings: Settings) {
    let to = 1 - from;
    let Some(asset) = world.rows[from].and_then(|row| row.asset) else {
        return;
    };
    let is_plain = world.files[from].is_some()
        && world.rows[from].is_some_and(|row| row.presence.is_present())
        && world.files[to].is_none()
        && world.rows[to].is_none();
    if !is_plain {
        return;
    }
    let after = world
        .after(Act::Rename(from, to), settings)
        .settled(settings);
    let now = after.rows[to].and_then(|row| row.asset);
    match settings.on_move {
        OnMove::Follow => assert_eq!(now, Some(asset), "not followed: {world:?}"),
        OnMove::Recreate => {
            assert_ne!(now, Some(asset), "followed: {world:?}");
            assert_eq!(after.assets[asset].fate, Fate::Recreated, "{world:?}");
        }
    }
}

fn search(settings: Settings) -> usize {
    let mut found = HashSet::from([World::default()]);
    let mut latest = vec![World::default()];
    for _ in 0..DEPTH {
        let mut next = Vec::new();
        for world in &latest {
            for act in acts() {
                let after = world.after(act, settings);
                check_step(world, act, &after, settings);
                if found.insert(after.clone()) {
                    after.check_links();
                    let settled = after.settled(settings);
                    settled.check_links();
                    settled.check_settled(settings);
                    check_rename(&settled, 0, settings);
                    check_rename(&settled, 1, settings);
                    next.push(after);
                }
            }
        }
        latest = next;
    }
    found.len()
}

#[test]
fn d5_d6_d7_no_order_of_events_loses_a_file_or_ends_an_asset_by_absence() {
    for on_return in OnReturn::ALL {
        for on_move in OnMove::ALL {
            let settings = Settings {
                on_return: *on_return,
                on_move: *on_move,
            };
            let worlds = search(settings);
            assert!(worlds > 5_000, "only {worlds} worlds for {settings:?}");
        }
    }
}
