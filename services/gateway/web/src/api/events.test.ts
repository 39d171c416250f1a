import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HintGatherer, type Hints } from "./events";

describe("HintGatherer", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("delivers_at_most_once_a_second", () => {
    const got: Hints[] = [];
    const gatherer = new HintGatherer(
      (hints) => got.push(hints),
      1000,
      () => Date.now(),
    );
    for (let at = 0; at < 30; at += 1) {
      gatherer.add("assets", [`a${at}`, "same"]);
      vi.advanceTimersByTime(100);
    }
    expect(got.length).toBeLessThanOrEqual(4);
    const ids = new Set(got.flatMap((hints) => [...hints.assets]));
    vi.advanceTimersByTime(1000);
    for (const hints of got) for (const id of hints.assets) ids.add(id);
    expect(ids.size).toBe(31);
  });

  it("delivers_the_first_at_once", () => {
    const got: Hints[] = [];
    const gatherer = new HintGatherer(
      (hints) => got.push(hints),
      1000,
      () => Date.now(),
    );
    gatherer.reset();
    vi.advanceTimersByTime(1);
    expect(got[0]?.reset).toBe(true);
  });
});
