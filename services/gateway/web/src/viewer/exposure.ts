import type { AssetMetadata } from "../api/types";
import { decimal } from "../messages";

/** "f/2.8", "1/250 s", "ISO 200", "35 mm": what a photographer reads first. */
export function exposureParts(metadata: AssetMetadata): string[] {
  const parts: string[] = [];
  const { f_number, exposure_time, iso, focal_length_mm, focal_length_35mm } = metadata;
  if (f_number !== null) parts.push(`ƒ/${decimal(f_number)}`);
  if (exposure_time) parts.push(`${exposure_time} s`);
  if (iso !== null) parts.push(`ISO ${iso}`);
  if (focal_length_mm !== null) {
    const isSame =
      focal_length_35mm === null || Math.round(focal_length_35mm) === Math.round(focal_length_mm);
    parts.push(
      `${decimal(focal_length_mm)} mm${isSame ? "" : ` (${decimal(focal_length_35mm, 0)} mm equiv.)`}`,
    );
  }
  return parts;
}

/** Make and model, the make left out where the model repeats it. */
export function cameraName(metadata: AssetMetadata): string | null {
  const { camera_make: make, camera_model: model } = metadata;
  if (!model) return make;
  if (!make) return model;
  const first = make.split(" ")[0] ?? make;
  return model.toLowerCase().startsWith(first.toLowerCase()) ? model : `${make} ${model}`;
}

/** Degrees, minutes and seconds are for charts; people paste decimals. */
export function coordinates(latitude: number, longitude: number): string {
  const side = (value: number, positive: string, negative: string) =>
    `${Math.abs(value).toFixed(5)}° ${value < 0 ? negative : positive}`;
  return `${side(latitude, "N", "S")}, ${side(longitude, "E", "W")}`;
}

export function mapUrl(latitude: number, longitude: number): string {
  const [lat, lon] = [latitude.toFixed(6), longitude.toFixed(6)];
  return `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}#map=15/${lat}/${lon}`;
}
