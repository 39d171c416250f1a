import { expect, test } from "vitest";
import type { AuditAct } from "../api/types";
import { detailText } from "./detail";

const act = (detail: object): AuditAct => ({
  id: "1",
  at: "2026-01-01T00:00:00Z",
  user_id: null,
  user_name: null,
  action: "asset.trashed",
  subject: "asset",
  subject_id: "2",
  subject_name: null,
  detail: detail as AuditAct["detail"],
});

test("what people can read of an act is told in one line", () => {
  expect(detailText(act({}))).toBe("");
  expect(detailText(act({ days: 30 }))).toBe("30 days in the bin");
  expect(detailText(act({ reason: "a dispute" }))).toBe("a dispute");
  expect(detailText(act({ path: "a.jpg", revision: "1", outcome: "deleted" }))).toBe("a.jpg, deleted");
  expect(detailText(act({ batch: "x", assets: ["1", "2"] }))).toBe("2 photos");
});
