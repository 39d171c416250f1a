import { expect, test } from "vitest";
import { at, NOW, transfer } from "./testing";
import { isParked, transferFacts, transferOrigin, transferState } from "./transferWords";

test("what waits says what for, and what was given up that it failed", () => {
  expect(transferState(transfer())).toEqual({ tone: "quiet", text: "Waiting" });
  const waits = transfer({ trouble: "full", next_try_at: at(60) });
  expect(transferState(waits)).toEqual({ tone: "warn", text: "Waiting, no room" });
  const parked = transfer({ trouble: "denied", failures: 8 });
  expect(isParked(parked)).toBe(true);
  expect(transferState(parked)).toEqual({ tone: "bad", text: "Failed" });
  // Copied anew, the trouble of the last time is over.
  const again = transfer({ state: "copying", trouble: "full", next_try_at: at(60) });
  expect(transferState(again)).toEqual({ tone: "busy", text: "Copying" });
});

test("what arrived is neither failed nor tried again", () => {
  const done = transfer({ state: "done", trouble: "full", finished_at: at(-60), path: "a/b.jpg" });
  expect(isParked(done)).toBe(false);
  expect(transferState(done).tone).toBe("good");
  expect(transferFacts(done, NOW)).toBe("2 MB, uploaded, finished 1 minute ago");
});

test("a line says where it came from and when it goes on", () => {
  expect(transferFacts(transfer(), NOW)).toBe("2 MB, uploaded, since 2 minutes ago");
  const troubled = transfer({ trouble: "different", failures: 1, next_try_at: at(120) });
  expect(transferFacts(troubled, NOW)).toBe("2 MB, uploaded, 1 attempt failed, next try in 2 minutes");
  expect(transferFacts({ ...troubled, next_try_at: at(-5) }, NOW)).toContain("tried again now");
  expect(transferFacts(transfer({ trouble: "denied", failures: 8 }), NOW)).toContain(
    "8 attempts failed, not tried again by itself",
  );
  expect(transferOrigin(transfer({ kind: "collect", from_storage_name: "Card" }))).toBe(
    "collected from Card",
  );
  expect(transferOrigin(transfer({ kind: "migrate", from_storage_name: null }))).toBe(
    "moved from a removed storage",
  );
});
