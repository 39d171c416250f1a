import type { Storage, StorageDelivery, Transfer } from "../api/types";
import { USUAL } from "./settingsDraft";

/** Settings and state of a storage that nothing was ever brought to, but for `change`. */
export function delivery(change: Partial<StorageDelivery> = {}): StorageDelivery {
  return {
    ...USUAL,
    waiting: 0,
    waiting_bytes: 0,
    parked: 0,
    held_duplicates: 0,
    trouble: null,
    ...change,
  };
}

export const NOW = Date.parse("2026-05-01T12:00:00Z");
export const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();

/** A storage by what these tests read of it. */
export function storage(change: Partial<Storage> = {}): Storage {
  return {
    id: "s1",
    name: "Archive",
    access: "read_write",
    on: true,
    status: "connected",
    roles: ["source"],
    delivery: delivery(),
    ...change,
  } as Storage;
}

export const full = (seconds: number) => ({
  kind: "full" as const,
  reason: "no space left",
  failures: 2,
  since: at(-600),
  next_try_at: at(seconds),
});

export function transfer(change: Partial<Transfer> = {}): Transfer {
  return {
    id: "t1",
    kind: "deliver",
    state: "planned",
    asset_id: "a1",
    asset_name: "IMG_1.jpg",
    from_storage_id: "s0",
    from_storage_name: "Central storage",
    to_storage_id: "s1",
    to_storage_name: "Archive",
    path: null,
    size: 2_000_000,
    sha256: null,
    copies: 0,
    failures: 0,
    trouble: null,
    reason: null,
    next_try_at: null,
    created_at: at(-120),
    updated_at: at(-120),
    finished_at: null,
    ...change,
  };
}
