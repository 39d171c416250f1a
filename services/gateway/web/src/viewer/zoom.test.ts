import { describe, expect, it } from "vitest";
import { clamp, FIT, fitted, MAX_SCALE, zoomAt } from "./zoom";

const frame = { width: 1000, height: 800 };

describe("fitted", () => {
  it("keeps_the_shape_and_fits_inside", () => {
    expect(fitted({ width: 4000, height: 2000 }, frame)).toEqual({ width: 1000, height: 500 });
    expect(fitted({ width: 2000, height: 4000 }, frame)).toEqual({ width: 400, height: 800 });
  });

  it("does_not_blow_up_a_small_picture", () => {
    expect(fitted({ width: 300, height: 200 }, frame)).toEqual({ width: 300, height: 200 });
  });
});

describe("zoomAt", () => {
  it("keeps_the_point_under_the_pointer", () => {
    const point = { x: 200, y: -100 };
    const view = zoomAt(FIT, 2, point);
    // A point of the picture is at view + scale * p; the one that was under the pointer was p = point.
    expect(view.x + view.scale * point.x).toBe(point.x);
    expect(view.y + view.scale * point.y).toBe(point.y);
  });

  it("stays_between_fitted_and_the_maximum", () => {
    expect(zoomAt(FIT, 0.1, { x: 0, y: 0 }).scale).toBe(1);
    expect(zoomAt(FIT, 1000, { x: 0, y: 0 }).scale).toBe(MAX_SCALE);
  });
});

describe("clamp", () => {
  it("centres_what_fits", () => {
    expect(clamp({ scale: 1, x: 300, y: -50 }, { width: 900, height: 500 }, frame)).toEqual(FIT);
  });

  it("lets_a_zoomed_picture_move_only_to_its_edge", () => {
    const view = clamp({ scale: 2, x: 9999, y: 9999 }, { width: 1000, height: 500 }, frame);
    expect(view).toEqual({ scale: 2, x: 500, y: 100 });
  });
});
