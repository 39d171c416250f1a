import { expect, test } from "vitest";
import { added, paceOf, type Sample, timeLeft } from "./pace";

const after = (...samples: [number, number][]): readonly Sample[] =>
  samples.reduce<readonly Sample[]>((all, [at, sent]) => added(all, { at, sent }), []);

test("a pace is told once it is one", () => {
  expect(paceOf([])).toBeNull();
  expect(paceOf(after([0, 0], [1000, 500]))).toBeNull();
  expect(paceOf(after([0, 0], [1000, 500], [4000, 2000]))).toBe(500);
  expect(paceOf(after([0, 700], [4000, 700]))).toBeNull();
});

test("it is the pace of the last seconds, and begins anew with another upload", () => {
  expect(paceOf(after([0, 0], [60_000, 1], [66_000, 6001]))).toBe(1000);
  expect(paceOf(after([0, 9000], [1000, 10], [4000, 3010]))).toBe(1000);
});

test("the time that is left is told roughly", () => {
  expect(timeLeft(1000, 100)).toBe("under a minute left");
  expect(timeLeft(60_000 * 7, 1000)).toBe("about 7 min left");
  expect(timeLeft(3600_000 * 3, 1000)).toBe("about 3 h left");
});
