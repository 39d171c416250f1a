import { expect, test } from "vitest";
import type { Migration } from "../api/types";
import { CENTRAL } from "./mainChoice";
import { canResume, defaultTarget, migrationState, share, shownMigrations, targetsFor } from "./migration";
import { at, NOW, storage } from "./testing";

const moving = (change: Partial<Migration> = {}): Migration => ({
  id: "m1",
  from_storage_id: "a",
  from_storage_name: "Old",
  to_storage_id: "b",
  to_storage_name: "New",
  leave_source: false,
  status: "running",
  originals: 10,
  bytes: 1000,
  moved: 5,
  moved_bytes: 999,
  open: 5,
  troubled: 0,
  given_up: 0,
  created_at: at(-3600),
  updated_at: at(-60),
  ...change,
});

test("the bar says how many bytes are moved, and is full only when all are", () => {
  expect(share(moving())).toBe(99);
  expect(share(moving({ moved_bytes: 1000, moved: 10 }))).toBe(100);
  expect(share(moving({ status: "planning" }))).toBe(0);
  // Empty files have no bytes.
  expect(share(moving({ bytes: 0, moved_bytes: 0 }))).toBe(50);
  expect(share(moving({ status: "done", originals: 0, moved: 0, bytes: 0, moved_bytes: 0 }))).toBe(100);
});

test("what was left behind is said, and can be tried once more", () => {
  expect(migrationState(moving({ status: "done" })).tone).toBe("good");
  const left = moving({ status: "done", given_up: 2 });
  expect(migrationState(left)).toEqual({ tone: "warn", text: "Done, but for some" });
  expect(canResume(left)).toBe(true);
  expect(canResume(moving({ status: "cancelled" }))).toBe(true);
  expect(canResume(moving())).toBe(false);
});

test("a move that ended long ago is no longer shown, one that goes on always is", () => {
  const old = at(-3 * 24 * 3600);
  const ids = shownMigrations(
    [moving({ id: "on", updated_at: old }), moving({ id: "over", status: "done", updated_at: old })],
    NOW,
  ).map(({ id }) => id);
  expect(ids).toEqual(["on"]);
});

test("originals go to whatever takes them, first of all to the main storage", () => {
  const storages = [
    storage({ id: "a", name: "Old" }),
    storage({ id: "b", name: "New" }),
    storage({ id: "r", name: "Reading", access: "read_only" }),
  ];
  expect(targetsFor("a", storages, true).map(({ value }) => value)).toEqual([CENTRAL, "b"]);
  expect(targetsFor(CENTRAL, storages, true).map(({ value }) => value)).toEqual(["a", "b"]);
  expect(defaultTarget("a", "b", storages, true)).toBe("b");
  expect(defaultTarget("b", "b", storages, true)).toBe(CENTRAL);
  expect(defaultTarget("a", null, storages, true)).toBe(CENTRAL);
  expect(defaultTarget(CENTRAL, null, [], true)).toBeNull();
  // Originals come home whatever the plan says.
  expect(targetsFor("a", storages, false).map(({ value }) => value)).toEqual([CENTRAL]);
});
