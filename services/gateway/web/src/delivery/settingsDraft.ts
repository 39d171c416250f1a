import type { DeliveryPatch, Storage, StorageDelivery } from "../api/types";

/** The settings that people change; the rest of a storage's delivery says how it goes. */
export type DeliveryDraft = Pick<
  StorageDelivery,
  | "file_name_pattern"
  | "path_prefix"
  | "keep_local_copy"
  | "keep_local_days"
  | "moves_to_main"
  | "collector_hold_hours"
  | "on_duplicate"
  | "delivery_copy"
>;

const FIELDS = [
  "file_name_pattern",
  "path_prefix",
  "keep_local_copy",
  "keep_local_days",
  "moves_to_main",
  "collector_hold_hours",
  "on_duplicate",
  "delivery_copy",
] as const satisfies readonly (keyof DeliveryDraft)[];

/** How a storage is connected where nobody says anything else. */
export const USUAL: DeliveryDraft = {
  file_name_pattern: "",
  path_prefix: "",
  keep_local_copy: "until_verified",
  keep_local_days: 0,
  moves_to_main: false,
  collector_hold_hours: 0,
  on_duplicate: "hold",
  delivery_copy: false,
};

export function draftOf(storage: Pick<Storage, "delivery">): DeliveryDraft {
  const { delivery } = storage;
  return Object.fromEntries(FIELDS.map((field) => [field, delivery[field]])) as DeliveryDraft;
}

/** What was changed; nothing else is sent, so that nobody's change is undone. */
export function changeOf(before: DeliveryDraft, after: DeliveryDraft): DeliveryPatch {
  const changed = FIELDS.filter((field) => before[field] !== after[field]);
  return Object.fromEntries(changed.map((field) => [field, after[field]]));
}

/** Whether somebody typed the name of the storage, which is asked before its files are moved away. */
export const isName = (typed: string, name: string): boolean =>
  typed.trim().toLowerCase() === name.trim().toLowerCase() && typed.trim() !== "";

/** Whether files start to be moved away, which is confirmed first. */
export const startsMoving = (before: DeliveryDraft, after: DeliveryDraft): boolean =>
  after.moves_to_main && !before.moves_to_main;
