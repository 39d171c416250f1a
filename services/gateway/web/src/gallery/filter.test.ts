import { describe, expect, it } from "vitest";
import { isFiltered, parseFilter } from "./filter";

describe("parseFilter", () => {
  it("reads_what_it_knows_and_drops_the_rest", () => {
    expect(parseFilter({ tag: ["a", "b", "a"], status: "failed", q: "sea", other: 1 })).toEqual({
      tag: ["a", "b"],
      status: "failed",
      q: "sea",
    });
  });

  it("takes_a_single_tag_and_a_search_for_a_number", () => {
    expect(parseFilter({ tag: "a", q: 2024 })).toEqual({ tag: ["a"], q: "2024" });
  });

  it("refuses_an_unknown_status", () => {
    expect(parseFilter({ status: "nonsense" })).toEqual({});
  });
});

describe("isFiltered", () => {
  it("does_not_count_what_is_empty", () => {
    expect(isFiltered({})).toBe(false);
    expect(isFiltered({ tag: undefined })).toBe(false);
    expect(isFiltered({ q: "x" })).toBe(true);
  });
});
