import { describe, expect, it } from "vitest";
import type { AssetCheck } from "../api/types";
import { checksWords, doneWords } from "./outcome";

const check = (result: AssetCheck["result"], more: Partial<AssetCheck> = {}): AssetCheck => ({
  asset_id: "a",
  storage_id: "s",
  storage_name: "Photos",
  path: "a.jpg",
  result,
  changed: false,
  scan_queued: false,
  detail: null,
  ...more,
});

describe("what a look found", () => {
  it("is a sentence for one file, with what is done to make sure", () => {
    expect(checksWords([check("there")])).toBe("The file is there.");
    expect(checksWords([check("gone", { scan_queued: true })])).toBe(
      "The file is not there. A scan was started to make sure.",
    );
    expect(checksWords([check("away", { detail: "it is off" })])).toContain("it is off");
  });

  it("is counted for many, and what did not occur is not mentioned", () => {
    expect(checksWords([check("there"), check("held"), check("gone")])).toBe(
      "2 files found, 1 file not there",
    );
  });

  it("names each reason once", () => {
    const problem = { asset_id: "a", problem: "original-back", detail: "The file is back" };
    expect(doneWords(null, [problem, problem])).toBe("2 photos left as they were: The file is back.");
    expect(doneWords("1 photo forgotten.", [])).toBe("1 photo forgotten.");
  });
});
