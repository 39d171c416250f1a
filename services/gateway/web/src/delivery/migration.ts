import type { Id, Migration, Storage } from "../api/types";
import { bytes, m } from "../messages";
import type { StateWords } from "../storages/words";
import { CENTRAL, whyNotMain } from "./mainChoice";

/** How long a move that is over is still shown. */
const SHOWN_FOR_MS = 24 * 3600 * 1000;

export const isRunning = ({ status }: Pick<Migration, "status">): boolean =>
  status === "planning" || status === "running";

/** Moves that are going on, and those that ended lately. */
export function shownMigrations(migrations: readonly Migration[], now: number = Date.now()): Migration[] {
  return migrations.filter(
    (one) => isRunning(one) || now - new Date(one.updated_at).getTime() < SHOWN_FOR_MS,
  );
}

/** How much of it is done, from 0 to 100: by bytes, since those take the time. */
export function share({ moved, originals, moved_bytes, bytes: all, status }: Migration): number {
  if (status === "planning") return 0;
  if (all > 0) return Math.min(100, Math.floor((100 * moved_bytes) / all));
  return originals > 0 ? Math.min(100, Math.floor((100 * moved) / originals)) : 100;
}

export function migrationState(migration: Migration): StateWords {
  const words = m.delivery.migrate;
  const { status } = migration;
  if (status === "done" && migration.given_up > 0) return { tone: "warn", text: words.left };
  if (status === "running" && migration.troubled > 0) return { tone: "warn", text: words.status.running };
  const tone = { planning: "busy", running: "busy", done: "good", cancelled: "quiet" } as const;
  return { tone: tone[status], text: words.status[status] };
}

export function progressWords({ moved, originals, moved_bytes, bytes: all }: Migration): string {
  return m.delivery.migrate.progress(moved, originals, bytes(moved_bytes), bytes(all));
}

/** Whether what was left behind can be tried once more. */
export const canResume = (migration: Migration): boolean =>
  migration.status === "cancelled" || (migration.status === "done" && migration.given_up > 0);

type End = Pick<Storage, "id" | "name" | "access" | "on" | "status" | "delivery">;

/** Where originals can go from a storage: everywhere that takes them, but for itself. */
export function targetsFor(
  from: string,
  storages: readonly End[],
  inPlan: boolean,
): { value: string; label: string }[] {
  const takes = storages.filter((one) => one.id !== from && whyNotMain(one, inPlan) === null);
  const targets = takes.map((one) => ({ value: one.id as string, label: one.name }));
  const central = { value: CENTRAL, label: m.delivery.migrate.central };
  return from === CENTRAL ? targets : [central, ...targets];
}

/** What stands in the form when it opens: to the main storage, unless that is where it comes from. */
export function defaultTarget(
  from: string,
  main: Id | null,
  storages: readonly End[],
  inPlan: boolean,
): string | null {
  const targets = targetsFor(from, storages, inPlan).map(({ value }) => value);
  const wanted = main ?? CENTRAL;
  return targets.includes(wanted) ? wanted : (targets[0] ?? null);
}
