import { describe, expect, it } from "vitest";
import { cards } from "./fixtures";
import { buildGeometry, placeAt, placeNear, sectionAt, visible } from "./geometry";
import { metricsFor } from "./layout";

const metrics = metricsFor(1200);
const may = cards("may", 40);
const geometry = buildGeometry(
  [
    { month: "2024-05", count: 40, items: may, isComplete: true },
    { month: "2024-04", count: 5000, items: [], isComplete: false },
    { month: "2024-03", count: 10, items: [], isComplete: false },
  ],
  metrics,
);

describe("buildGeometry", () => {
  it("stacks_months_without_overlap", () => {
    const { sections } = geometry;
    for (let at = 1; at < sections.length; at += 1) {
      const before = sections[at - 1];
      expect(sections[at]?.top).toBe((before?.top ?? 0) + (before?.height ?? 0));
    }
    expect(geometry.height).toBe((sections[2]?.top ?? 0) + (sections[2]?.height ?? 0));
  });

  it("reserves_room_for_what_is_not_loaded", () => {
    expect(geometry.sections[1]?.height).toBeGreaterThan(100_000);
  });

  it("gives_every_row_an_index", () => {
    const [first, second] = geometry.sections;
    expect(first?.firstRow).toBe(0);
    expect(second?.firstRow).toBe(first?.rows);
    expect(geometry.rows).toBeGreaterThan(1000);
  });
});

describe("visible", () => {
  it("returns_only_rows_that_cross_the_window", () => {
    const [section] = visible(geometry, 300, 500);
    expect(section?.section.month).toBe("2024-05");
    expect(section?.rows.length).toBeLessThan(4);
    expect(section?.rows.length).toBeGreaterThan(0);
  });

  it("wants_only_as_much_of_a_month_as_is_in_view", () => {
    const top = geometry.sections[1]?.top ?? 0;
    const shown = visible(geometry, top + 100, top + 1000);
    expect(shown).toHaveLength(1);
    expect(shown[0]?.wanted).toBeGreaterThan(10);
    expect(shown[0]?.wanted).toBeLessThan(100);
  });

  it("is_empty_without_months", () => {
    expect(visible(buildGeometry([], metrics), 0, 1000)).toEqual([]);
  });
});

describe("places", () => {
  it("finds_a_tile_again_by_its_middle", () => {
    for (const index of [0, 7, 23, 39]) {
      const place = placeAt(geometry, "2024-05", index);
      if (!place) throw new Error("no place");
      const middle = place.box.left + place.box.width / 2;
      expect(placeNear(geometry, middle, place.top + place.row.height / 2)?.index).toBe(index);
    }
  });

  it("knows_nothing_of_tiles_that_are_not_loaded", () => {
    expect(placeAt(geometry, "2024-04", 3)).toBeUndefined();
    expect(placeNear(geometry, 0, (geometry.sections[1]?.top ?? 0) + 500)).toBeUndefined();
  });

  it("finds_the_month_at_a_height", () => {
    expect(sectionAt(geometry, 0)?.month).toBe("2024-05");
    expect(sectionAt(geometry, geometry.height - 1)?.month).toBe("2024-03");
  });
});
