import { expect, test } from "vitest";
import type { AuditAct } from "../api/types";
import { m } from "../messages";
import { toldOf } from "./detail";

const act = (action: AuditAct["action"], detail: object): AuditAct => ({
  id: "1",
  at: "2026-01-01T00:00:00Z",
  user_id: null,
  user_name: null,
  action,
  subject: "asset",
  subject_id: "2",
  subject_name: null,
  detail: detail as AuditAct["detail"],
});
const nameOf = (id: string) => (id === "s1" ? "Archive" : undefined);
const told = (action: AuditAct["action"], detail: object) => toldOf(act(action, detail), nameOf);
const text = (action: AuditAct["action"], detail: object) => told(action, detail).text;

test("an act says how and why in words", () => {
  expect(text("asset.restored", {})).toBe("");
  expect(text("asset.trashed", { days: 30 })).toBe("for 30 days");
  expect(text("asset.trashed", { days: 1, rule: "Drafts", batch: "b" })).toBe(
    "for 1 day, by the rule “Drafts”",
  );
  expect(text("hold.placed", { reason: "a dispute" })).toBe("a dispute");
  expect(text("purge.requested", { batch: "x", assets: ["1", "2"] })).toBe("2 photos");
  expect(text("purge.requested", { assets: 7, everything: true })).toBe("everything in the bin, 7 photos");
  expect(text("bin.days_changed", { from: 30, to: 7 })).toBe("from 30 to 7");
  expect(text("main_storage.chosen", { from: "c", from_name: null })).toBe("before: central storage");
  expect(text("storage.removed", { entries: "drop", assets_dropped: 2 })).toBe(
    "2 photos taken out of the library",
  );
  expect(text("transfers.retried", { originals: 3 })).toBe("3 originals");
  expect(text("transfers.retried", { to_name: "Archive", reason: "no room" })).toBe("to Archive, no room");
});

test("a move tells where to and how much of it went", () => {
  const detail = { to_name: "Archive", leaves_source: false, originals: 0, moved: 0 };
  expect(text("migration.started", detail)).toBe("to Archive");
  expect(text("migration.finished", { ...detail, originals: 5, moved: 4 })).toBe(
    "to Archive, 4 of 5 originals moved",
  );
  expect(text("migration.cancelled", { ...detail, originals: 1, moved: 0, leaves_source: true })).toBe(
    "to Archive, 0 of 1 original copied",
  );
});

test("a changed setting tells what it was and is, and credentials tell nothing", () => {
  const changed = [
    { field: "name", from: "Nas", to: "Old nas" },
    { field: "settings.port", from: null, to: 2121 },
    { field: "on_move", from: "follow", to: "recreate" },
    { field: "credentials" },
  ];
  expect(text("storage.changed", { changed })).toBe(
    "Name: Nas → Old nas, Port: nothing → 2121, When a file is renamed: it stays the same photo → it becomes another photo, Credentials",
  );
});

test("files are named with their storage and what becomes of them", () => {
  const gone = { storage: "s1", path: "a.jpg", outcome: "deleted", reason: "transfer" };
  expect(told("original.deleted", gone)).toEqual({
    text: "deleted, a verified copy is elsewhere",
    files: ["a.jpg in Archive"],
  });
  expect(told("copy.discarded", { path: "b.jpg", size: 3, outcome: "deleted" })).toEqual({
    text: "deleted",
    files: ["b.jpg"],
  });
  const originals = [
    { storage: "s1", path: "a.jpg", becomes: { fate: "delete", why: "permanent" } },
    { storage: "s2", path: "b.jpg", becomes: { fate: "keep", why: "policy" } },
  ];
  expect(told("asset.purged", { originals }).files).toEqual([
    "a.jpg in Archive: deleted",
    "b.jpg in a storage that was removed: kept",
  ]);
});

test("every word that the gateway may use for an outcome has one here", () => {
  for (const outcome of ["deleted", "absent", "changed", "refused", "kept"]) {
    expect(text("original.deleted", { outcome })).toBe(m.audit.outcome[outcome as "deleted"]);
  }
  expect(text("original.deleted", { outcome: "something new" })).toBe("something new");
});
