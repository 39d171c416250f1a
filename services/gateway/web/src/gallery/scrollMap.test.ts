import { describe, expect, it } from "vitest";
import { MAX_PHYSICAL, ScrollMap } from "./scrollMap";

const VIEW = 900;

function tall(total = 60_000_000): ScrollMap {
  const map = new ScrollMap();
  map.resize(total, VIEW);
  return map;
}

describe("ScrollMap", () => {
  it("is_the_identity_for_an_ordinary_library", () => {
    const map = tall(500_000);
    expect(map.physicalHeight).toBe(500_000);
    expect(map.scrolled(1234)).toBeNull();
    expect(map.position).toBe(1234);
    expect(map.shift).toBe(0);
  });

  it("never_asks_for_a_box_that_a_browser_would_cut", () => {
    expect(tall(10_000_000_000).physicalHeight).toBe(MAX_PHYSICAL);
  });

  it("reaches_the_very_end_by_a_jump", () => {
    const map = tall();
    map.scrolled(MAX_PHYSICAL - VIEW);
    expect(map.position).toBe(60_000_000 - VIEW);
  });

  it("moves_one_to_one_for_small_steps", () => {
    const map = tall();
    map.goTo(30_000_000);
    const physical = Math.round(map.toPhysical(30_000_000));
    map.scrolled(physical + 100);
    expect(map.position).toBeCloseTo(30_000_100, 0);
    const { shift } = map;
    map.scrolled(physical + 200);
    expect(map.shift).toBeCloseTo(shift, 6);
  });

  it("keeps_its_place_when_it_settles", () => {
    const map = tall();
    map.goTo(30_000_000);
    let physical = Math.round(map.toPhysical(30_000_000));
    for (let step = 0; step < 200; step += 1) {
      physical += 120;
      map.scrolled(physical);
    }
    const { position } = map;
    const settled = map.settle();
    expect(settled).not.toBeNull();
    expect(map.position).toBe(position);
    expect(settled).toBe(Math.round(map.toPhysical(position)));
  });

  it("can_be_scrolled_to_the_top_by_the_wheel_alone", () => {
    const map = tall();
    let physical = map.goTo(60_000);
    for (let step = 0; step < 2000 && map.position > 0; step += 1) {
      physical = Math.max(0, physical - 100);
      physical = map.scrolled(physical) ?? physical;
      physical = map.settle() ?? physical;
    }
    expect(map.position).toBe(0);
    expect(physical).toBe(0);
  });

  it("maps_back_and_forth", () => {
    const map = tall();
    for (const virtual of [0, 5000, 20_000, 1_000_000, 30_000_000, 59_990_000, 60_000_000 - VIEW]) {
      expect(map.toVirtual(map.toPhysical(virtual))).toBeCloseTo(virtual, 3);
    }
  });
});
