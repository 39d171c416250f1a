import type { PreviewedFile, PreviewedName } from "../api/types";
import { m } from "../messages";

/** What a pattern may be made of, in the order in which people look for it. */
export const PLACEHOLDERS = [
  "original",
  "data",
  "ora",
  "timestamp",
  "seq",
  "nome",
  "slot",
  "unique_field",
] as const satisfies readonly (keyof typeof m.delivery.settings.placeholders)[];

/** What names come of when none was chosen. */
export const DEFAULT_PATTERN = "{original}_{data}_{ora}";

const words = m.delivery.settings.example;

/** Files that a pattern is tried on: the second has the name of the first, so that a collision shows. */
const EXAMPLES: readonly (PreviewedFile & { label: string })[] = [
  { label: words.plain, name: "IMG_0412.jpg" },
  { label: words.again, name: "IMG_0412.jpg" },
  { label: words.folder, name: "IMG_0413.jpg", folder: "Rome/2026" },
  {
    label: words.request,
    name: "scan.png",
    request_id: "pr_1042",
    request_name: "Vehicle photos",
    slot: "Front",
    seq: 1,
    unique_field: "AB123CD",
  },
];

export const exampleFiles: readonly PreviewedFile[] = EXAMPLES.map(({ label: _label, ...file }) => file);

/** The names beside the files that they were made of. */
export function labelled(names: readonly PreviewedName[]): { label: string; name: PreviewedName }[] {
  return names.flatMap((name, at) => {
    const example = EXAMPLES[at];
    return example ? [{ label: example.label, name }] : [];
  });
}

/** Puts a placeholder where the cursor is, in place of what is selected. */
export function insertAt(pattern: string, start: number, end: number, placeholder: string): string {
  return `${pattern.slice(0, start)}{${placeholder}}${pattern.slice(end)}`;
}
