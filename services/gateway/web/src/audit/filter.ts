import type { AuditAction, AuditQuery } from "../api/types";
import { m } from "../messages";

/** What of the record is shown, as the address keeps it. */
export interface AuditFilter {
  subject?: string | undefined;
  action?: AuditAction | undefined;
  /** A member's id, or `system`. */
  by?: string | undefined;
  /** Days such as `2026-05-31`, both included. */
  since?: string | undefined;
  until?: string | undefined;
}

export const SYSTEM = "system";

/** The acts by what they are about, in the order in which people look for them. */
export const GROUPS = {
  photos: [
    "asset.trashed",
    "asset.restored",
    "asset.purged",
    "original.deleted",
    "original.restored",
    "asset.forgotten",
    "asset.recreated",
    "absence.confirmed",
    "upload.cancelled",
  ],
  bin: [
    "purge.requested",
    "hold.placed",
    "hold.lifted",
    "bin.days_changed",
    "copy.retried",
    "copy.acknowledged",
    "copy.discarded",
  ],
  storages: [
    "storage.connected",
    "storage.changed",
    "storage.switched_on",
    "storage.switched_off",
    "storage.deletion_changed",
    "storage.removed",
    "import_user.chosen",
    "import_user.lost",
  ],
  ways: [
    "main_storage.chosen",
    "collector.started",
    "collector.stopped",
    "delivery_copy.started",
    "delivery_copy.stopped",
    "transfers.retried",
    "migration.started",
    "migration.cancelled",
    "migration.resumed",
    "migration.finished",
  ],
  rules: ["retention.rule_changed", "retention.approved", "retention.refused"],
} as const satisfies Record<keyof typeof m.audit.group, readonly AuditAction[]>;

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
const isAction = (value: unknown): value is AuditAction =>
  typeof value === "string" && value in m.audit.action;
const day = (value: unknown) =>
  typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined;

/** Reads the filter from the address; what it does not know is left out. */
export function parseAuditFilter(search: Record<string, unknown>): AuditFilter {
  return {
    subject: text(search.subject),
    action: isAction(search.action) ? search.action : undefined,
    by: text(search.by),
    since: day(search.since),
    until: day(search.until),
  };
}

/** When a day begins, or the one after it, where the reader is; nothing of what is no day. */
function startOf(date: string | undefined, plus = 0): string | null {
  if (!date) return null;
  const start = new Date(`${date}T00:00:00`);
  start.setDate(start.getDate() + plus);
  return Number.isNaN(start.getTime()) ? null : start.toISOString();
}

/** What the gateway is asked for. */
export function queryOf({ subject, action, by, since, until }: AuditFilter): AuditQuery {
  const [from, to] = [startOf(since), startOf(until, 1)];
  return {
    ...(subject && { subject_id: subject }),
    ...(action && { action: [action] }),
    ...(by && (by === SYSTEM ? { system: true } : { user_id: by })),
    ...(from && { since: from }),
    ...(to && { until: to }),
  };
}

export const isFiltered = (filter: AuditFilter): boolean =>
  Object.values(filter).some((value) => value !== undefined);
