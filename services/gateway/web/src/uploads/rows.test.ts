import { describe, expect, it } from "vitest";
import type { Upload } from "../api/types";
import { inOrder, type Local, rowsOf, totalsOf } from "./rows";

const local = (change: Partial<Local> = {}): Local => ({
  id: "file",
  name: "a.jpg",
  path: "2024/Rome/a.jpg",
  size: 100,
  sent: 40,
  isStarted: true,
  isPaused: false,
  isSent: false,
  error: null,
  upload: "up",
  ...change,
});

const upload = (change: Partial<Upload> = {}): Upload => ({
  id: "up",
  name: "a.jpg",
  folder: "",
  size: 100,
  offset: 40,
  state: "receiving",
  sha256: null,
  asset_id: null,
  duplicate_of: null,
  created_at: "2026-11-28T10:00:00Z",
  expires_at: "2026-12-01T10:00:00Z",
  ...change,
});

const only = (locals: Local[], uploads: Upload[]) => {
  const rows = rowsOf(locals, uploads);
  expect(rows).toHaveLength(1);
  return rows[0];
};

describe("rows of the tray", () => {
  it("say what became of a file that was sent", () => {
    const sent = local({ isSent: true });
    expect(only([sent], [])?.state).toBe("sent");
    expect(only([sent], [upload({ state: "complete" })])?.state).toBe("sent");
    const stored = only([sent], [upload({ state: "stored", asset_id: "one", duplicate_of: "two" })]);
    expect(stored).toMatchObject({ state: "stored", asset: "one", twin: "two", sent: 100 });
    expect(only([sent], [upload({ state: "duplicate", asset_id: "two" })])?.state).toBe("duplicate");
  });

  it("tell files apart that wait, move, stand or failed", () => {
    expect(only([local({ isStarted: false })], [])?.state).toBe("waiting");
    expect(only([local()], [])?.state).toBe("sending");
    expect(only([local({ isPaused: true })], [])?.state).toBe("paused");
    expect(only([local({ error: "no room" })], [])?.state).toBe("failed");
  });

  it("show what another page began and nobody finished, once", () => {
    const rows = rowsOf([local()], [upload(), upload({ id: "other", name: "b.jpg" })]);
    expect(rows.map((row) => row.state)).toEqual(["sending", "left"]);
    expect(rows[0]?.folder).toBe("2024/Rome");
    expect(rowsOf([], [upload({ state: "expired" })])).toEqual([]);
  });

  it("count what this page sends", () => {
    const rows = rowsOf(
      [
        local(),
        local({ id: "b", upload: "b", isSent: true }),
        local({ id: "c", upload: "c", error: "no" }),
        local({ id: "d", upload: "d", isPaused: true, sent: 10 }),
      ],
      [upload({ id: "left" }), upload({ id: "b", state: "stored" })],
    );
    expect(totalsOf(rows)).toEqual({
      count: 4,
      ended: 2,
      failed: 1,
      paused: 1,
      open: 1,
      size: 400,
      sent: 40 + 100 + 40 + 10,
    });
    expect(inOrder(rows).map((row) => row.state)).toEqual(["failed", "sending", "paused", "left", "stored"]);
  });
});
