import { describe, expect, it } from "vitest";
import type { AssetMetadata } from "../api/types";
import { cameraName, coordinates, exposureParts } from "./exposure";

const base = {
  camera_make: null,
  camera_model: null,
  f_number: null,
  exposure_time: null,
  iso: null,
  focal_length_mm: null,
  focal_length_35mm: null,
} as AssetMetadata;

describe("exposureParts", () => {
  it("says_only_what_is_known", () => {
    expect(exposureParts({ ...base, f_number: 2.8, iso: 200 })).toEqual(["ƒ/2.8", "ISO 200"]);
    expect(exposureParts(base)).toEqual([]);
  });

  it("gives_the_equivalent_only_when_it_differs", () => {
    expect(exposureParts({ ...base, focal_length_mm: 35, focal_length_35mm: 35 })).toEqual(["35 mm"]);
    expect(exposureParts({ ...base, focal_length_mm: 4.2, focal_length_35mm: 26 })).toEqual([
      "4.2 mm (26 mm equiv.)",
    ]);
  });
});

describe("cameraName", () => {
  it("does_not_repeat_the_make", () => {
    expect(cameraName({ ...base, camera_make: "Canon", camera_model: "Canon EOS R5" })).toBe("Canon EOS R5");
    expect(cameraName({ ...base, camera_make: "NIKON CORPORATION", camera_model: "NIKON Z 6" })).toBe(
      "NIKON Z 6",
    );
    expect(cameraName({ ...base, camera_make: "FUJIFILM", camera_model: "X-T5" })).toBe("FUJIFILM X-T5");
  });
});

describe("coordinates", () => {
  it("names_the_side_of_the_world", () => {
    expect(coordinates(-33.8568, 151.2153)).toBe("33.85680° S, 151.21530° E");
  });
});
