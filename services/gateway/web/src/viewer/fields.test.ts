import { expect, test } from "vitest";
import type { AssetDetail } from "../api/types";
import { parsePlace, textChange } from "./fields";

const asset = (title: string | null, fileTitle?: string | null) =>
  ({
    metadata: { title },
    edits: fileTitle === undefined ? {} : { title: { file_value: fileTitle } },
  }) as unknown as AssetDetail;

test("an emptied field hides the file's value, and otherwise takes the edit back", () => {
  expect(textChange(asset("From the file"), "title", " ")).toEqual({ title: "" });
  expect(textChange(asset("Mine", "From the file"), "title", "")).toEqual({ title: "" });
  expect(textChange(asset("Mine", null), "title", "")).toEqual({ title: null });
  expect(textChange(asset(null), "title", " New ")).toEqual({ title: "New" });
});

test("a place is two numbers on Earth", () => {
  expect(parsePlace("41.9, 12.5")).toEqual({ latitude: 41.9, longitude: 12.5 });
  expect(parsePlace("-41.9 -170")).toEqual({ latitude: -41.9, longitude: -170 });
  expect(parsePlace(" ")).toBeNull();
  for (const wrong of ["41.9", "91, 0", "Rome", "1, 2, 3"]) expect(parsePlace(wrong)).toBeUndefined();
});
