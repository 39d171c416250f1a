import { describe, expect, it } from "vitest";
import type { RetentionRule } from "../api/types";
import { draftOf, EMPTY_RULE, ruleWords, termsOf } from "./terms";

const rule: RetentionRule = {
  id: "1",
  name: "Old drafts",
  tag: "draft",
  age: { basis: "captured", days: 365 },
  storage_id: "s",
  on: true,
  created_at: "2026-11-30T00:00:00Z",
  last_run_at: null,
};

describe("what a retention rule asks for", () => {
  it("d30 a rule that asks for nothing is none", () => {
    expect(termsOf(EMPTY_RULE)).toBeNull();
    expect(termsOf({ ...EMPTY_RULE, tag: "  ", days: 0 })).toBeNull();
  });

  it("sends what is filled in and nothing else", () => {
    expect(termsOf({ ...EMPTY_RULE, tag: " draft " })).toEqual({ tag: "draft" });
    expect(termsOf({ ...EMPTY_RULE, basis: "imported", days: 30 })).toEqual({
      age: { basis: "imported", days: 30 },
    });
    expect(termsOf(draftOf(rule))).toEqual({
      tag: "draft",
      age: { basis: "captured", days: 365 },
      storage_id: "s",
    });
  });

  it("says in words what it means", () => {
    const words = ruleWords(rule, () => "Archive");
    expect(words).toBe("Photos tagged draft, taken more than 365 days ago, in Archive");
    expect(ruleWords({ ...rule, tag: null, age: null }, () => undefined)).toContain("was removed");
  });
});
