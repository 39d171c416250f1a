import { describe, expect, it } from "vitest";
import type { ScanRun, Storage } from "../api/types";
import { delivery } from "../delivery/testing";
import { changeWords, stateWords, whereIs } from "./words";

const storage: Storage = {
  id: "1",
  name: "Archive",
  kind: "s3",
  settings: { provider: "aws", bucket: "photos", path_prefix: "/family/" },
  access: "read_only",
  on_purge: "keep",
  on_return: "relink",
  on_move: "follow",
  off_means: "no_new_files",
  check_duplicates: false,
  on: true,
  roles: ["source"],
  scan_interval_seconds: 900,
  status: "connected",
  reason: null,
  remedy: null,
  last_checked_at: null,
  consecutive_failures: 0,
  hold: null,
  import_user: null,
  figures: { objects: 0, bytes: 0, assets: 0, missing: 0 },
  delivery: delivery(),
  scanning: null,
  last_scan: null,
  next_scan_at: null,
};
const scanning = { run_id: "r", listed: 1200, started_at: "2024-05-01T00:00:00Z" };

describe("stateWords", () => {
  it("says_how_far_a_scan_is", () => {
    expect(stateWords({ ...storage, scanning })).toEqual({ tone: "busy", text: "Reading, 1,200 files seen" });
  });

  it("puts_what_needs_a_person_before_what_is_going_on", () => {
    expect(stateWords({ ...storage, status: "disconnected", scanning }).tone).toBe("bad");
    const hold = {
      absent: 38,
      objects: 100,
      since: "2024-05-01T14:00:00Z",
      next_check_at: "2024-05-01T14:15:00Z",
      state: "checking" as const,
    };
    expect(stateWords({ ...storage, hold: { ...hold, state: "asking" } }).text).toBe(
      "38 % of files vanished: is that meant?",
    );
    expect(stateWords({ ...storage, hold, scanning }).text).toMatch(
      /^38 % of files vanished: checking again at/,
    );
  });

  it("is_off_whatever_else_is_true", () => {
    expect(stateWords({ ...storage, on: false, status: "failed" }).text).toBe("Off");
  });

  it("counts_failures_in_a_row", () => {
    const text = stateWords({ ...storage, status: "degraded", consecutive_failures: 1 }).text;
    expect(text).toBe("Connected, 1 failure in a row");
  });
});

describe("changeWords", () => {
  const run = { new: 3, changed: 0, missing: 0, returned: 0, skipped: 1 } as ScanRun;
  it("mentions_only_what_occurred", () => {
    expect(changeWords(run)).toBe("3 new, 1 skipped");
    expect(changeWords({ ...run, new: 0, skipped: 0 })).toBe("Nothing changed");
  });
});

describe("whereIs", () => {
  it("joins_bucket_and_folder", () => {
    expect(whereIs(storage)).toBe("photos/family/");
    expect(whereIs({ kind: "fs", settings: { folder: "/srv/photos" } })).toBe("/srv/photos");
  });
});
