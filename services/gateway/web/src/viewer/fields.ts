import type { AssetChanges, AssetDetail } from "../api/types";

export type TextField = "title" | "description" | "creator" | "copyright" | "city" | "state" | "country";
export type EditableField = TextField | "taken_at" | "gps" | "rating";

/** The change that a text in a field stands for: an empty one hides what the file says, if anything. */
export function textChange(detail: AssetDetail, field: TextField, text: string): AssetChanges {
  const trimmed = text.trim();
  if (trimmed !== "") return { [field]: trimmed };
  const edit = detail.edits[field];
  const file = edit ? edit.file_value : detail.metadata[field];
  return { [field]: file === null || file === undefined ? null : "" };
}

/** Reads "41.9, 12.5"; `undefined` when it is no place. */
export function parsePlace(text: string): { latitude: number; longitude: number } | null | undefined {
  if (text.trim() === "") return null;
  const parts = text
    .trim()
    .split(/[\s,;]+/)
    .map(Number);
  const [latitude, longitude] = parts;
  if (parts.length !== 2 || latitude === undefined || longitude === undefined) return undefined;
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) return undefined;
  return { latitude, longitude };
}
