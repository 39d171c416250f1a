import { describe, expect, it } from "vitest";
import { aspectOf, estimate, type GridMetrics, justify, UNKNOWN_ASPECT } from "./layout";

const metrics: GridMetrics = { width: 1200, rowHeight: 220, gap: 5, headerHeight: 68 };

/** A fixed sequence of plausible shapes. */
function shapes(count: number): number[] {
  const kinds = [1.5, 0.667, 1.333, 1.778, 0.75, 1, 2.4];
  return Array.from({ length: count }, (_, index) => kinds[(index * 5 + (index % 3)) % kinds.length] ?? 1);
}

describe("justify", () => {
  it("fills_every_row_but_the_last_to_the_pixel", () => {
    const { rows, boxes } = justify(shapes(200), metrics);
    for (const row of rows.slice(0, -1)) {
      const last = boxes[row.end - 1];
      expect((last?.left ?? 0) + (last?.width ?? 0)).toBe(metrics.width);
    }
  });

  it("keeps_every_item_once_and_in_order", () => {
    const { rows, boxes } = justify(shapes(137), metrics);
    expect(boxes).toHaveLength(137);
    expect(rows[0]?.start).toBe(0);
    for (let at = 1; at < rows.length; at += 1) expect(rows[at]?.start).toBe(rows[at - 1]?.end);
    expect(rows.at(-1)?.end).toBe(137);
  });

  it("leaves_the_gap_between_neighbours", () => {
    const { rows, boxes } = justify(shapes(60), metrics);
    for (const row of rows) {
      for (let index = row.start + 1; index < row.end; index += 1) {
        const before = boxes[index - 1];
        const gap = (boxes[index]?.left ?? 0) - (before?.left ?? 0) - (before?.width ?? 0);
        expect(Math.abs(gap - metrics.gap)).toBeLessThanOrEqual(1);
      }
    }
  });

  it("keeps_heights_near_the_target", () => {
    const { rows } = justify(shapes(300), metrics);
    for (const row of rows.slice(0, -1)) {
      expect(row.height).toBeGreaterThan(metrics.rowHeight * 0.65);
      expect(row.height).toBeLessThan(metrics.rowHeight * 1.55);
    }
  });

  it("does_not_stretch_a_short_last_row", () => {
    const { rows, boxes } = justify([1.5], metrics);
    expect(rows[0]?.height).toBe(metrics.rowHeight);
    expect(boxes[0]?.width).toBe(330);
  });

  it("fits_a_panorama_that_is_wider_than_the_screen", () => {
    const narrow = { ...metrics, width: 300 };
    const { rows, boxes } = justify([3.4, 1], narrow);
    expect(boxes[0]?.width).toBe(300);
    expect(rows[0]?.height).toBe(88);
  });

  it("has_no_height_without_items", () => {
    expect(justify([], metrics)).toEqual({ rows: [], boxes: [], height: 0 });
  });
});

describe("aspectOf", () => {
  it("takes_a_usual_shape_when_the_size_is_unknown", () => {
    expect(aspectOf({ width: null, height: null })).toBe(UNKNOWN_ASPECT);
    expect(aspectOf({ width: 0, height: 10 })).toBe(UNKNOWN_ASPECT);
  });

  it("limits_extreme_shapes", () => {
    expect(aspectOf({ width: 10_000, height: 100 })).toBe(3.4);
    expect(aspectOf({ width: 100, height: 10_000 })).toBe(0.5);
  });
});

describe("estimate", () => {
  it("is_close_to_the_real_height_of_usual_pictures", () => {
    const real = justify(shapes(2000), metrics).height;
    expect(estimate(2000, metrics).height / real).toBeGreaterThan(0.8);
    expect(estimate(2000, metrics).height / real).toBeLessThan(1.25);
  });

  it("is_nothing_for_nothing", () => {
    expect(estimate(0, metrics)).toEqual({ rows: 0, height: 0 });
  });
});
