import { expect, test } from "vitest";
import { changeOf, draftOf, isName, startsMoving } from "./settingsDraft";
import { delivery, full, storage } from "./testing";

const before = draftOf(storage({ delivery: delivery({ waiting: 3, trouble: full(60) }) }));

test("only settings are sent, and only those that were changed", () => {
  expect(changeOf(before, before)).toEqual({});
  expect(changeOf(before, { ...before, path_prefix: "x", moves_to_main: true })).toEqual({
    path_prefix: "x",
    moves_to_main: true,
  });
  expect(before).not.toHaveProperty("waiting");
});

test("d11 beginning to move files is confirmed by the name, going on or ending is not", () => {
  const moving = { ...before, moves_to_main: true };
  expect(startsMoving(before, moving)).toBe(true);
  expect(startsMoving(moving, { ...moving, collector_hold_hours: 2 })).toBe(false);
  expect(startsMoving(moving, before)).toBe(false);
  expect(isName(" archive ", "Archive")).toBe(true);
  expect(isName("Archiv", "Archive")).toBe(false);
  expect(isName("", "")).toBe(false);
});
