import { expect, test } from "vitest";
import { CENTRAL, mainChoices, whyNotMain } from "./mainChoice";
import { delivery, storage } from "./testing";

test("what the gateway would refuse says why before it is asked", () => {
  expect(whyNotMain(storage(), true)).toBeNull();
  expect(whyNotMain(storage({ access: "read_only" }), true)).toBe("read_only");
  expect(whyNotMain(storage({ on: false, status: "off" }), true)).toBe("off");
  expect(whyNotMain(storage({ on: false, status: "disconnected" }), true)).toBe("disconnected");
  expect(whyNotMain(storage({ delivery: delivery({ moves_to_main: true }) }), true)).toBe("collector");
  // What cannot be reached just now waits, and may be chosen.
  expect(whyNotMain(storage({ status: "failed" }), true)).toBeNull();
});

test("central storage is a choice like the others, and what can be chosen comes first", () => {
  const storages = [
    storage({ id: "r", name: "Reading", access: "read_only" }),
    storage({ id: "w", name: "Writing" }),
  ];
  const choices = mainChoices(storages, (one) => `in ${one.name}`, true);
  expect(choices.map(({ value, disabled }) => [value, disabled])).toEqual([
    [CENTRAL, false],
    ["w", false],
    ["r", true],
  ]);
  expect(choices[1]?.text).toBe("in Writing");
  expect(choices[2]?.text).toContain("read only");
});

test("d8 d20 where the plan has no external storages only central storage can be chosen", () => {
  expect(whyNotMain(storage(), false)).toBe("not_in_plan");
  const choices = mainChoices([storage({ id: "w", name: "Writing" })], (one) => one.name, false);
  expect(choices.map(({ value, disabled }) => [value, disabled])).toEqual([
    [CENTRAL, false],
    ["w", true],
  ]);
  expect(choices[1]?.text).toContain("plan");
});
