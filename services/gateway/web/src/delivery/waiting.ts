import type { MainStorage, Storage, TransferTrouble } from "../api/types";
import { bytes, m, relative } from "../messages";

export interface WaitingWords {
  tone: "info" | "warn";
  title: string;
  /** One sentence each. */
  text: string[];
  /** Something stands against it, so that trying at once could help. */
  canTry: boolean;
}

type Backlog = Pick<MainStorage, "waiting" | "waiting_bytes" | "parked">;

/** What waits for several storages together; what is on its way to central storage is not among it. */
export function backlogOf(storages: readonly Pick<Storage, "delivery">[]): Backlog {
  const sum = (field: keyof Backlog) => storages.reduce((all, one) => all + one.delivery[field], 0);
  return { waiting: sum("waiting"), waiting_bytes: sum("waiting_bytes"), parked: sum("parked") };
}

/**
 * What waits to be brought to storages, in words: null where nothing does. `storages` are those that it waits for;
 * `isAway` says that nothing is tried before somebody does something about the main storage.
 */
export function waitingWords(
  backlog: Backlog,
  storages: readonly Pick<Storage, "name" | "delivery">[],
  isAway: boolean,
  now: number = Date.now(),
): WaitingWords | null {
  if (backlog.waiting === 0) return null;
  const words = m.delivery.waiting;
  const size = bytes(backlog.waiting_bytes);
  const troubled = storages.filter((one) => one.delivery.trouble !== null);
  if (troubled.length === 0 && backlog.parked === 0 && !isAway) {
    return { tone: "info", title: words.moving(backlog.waiting, size), text: [], canTry: false };
  }
  const text = troubled.map((one) => words.why[one.delivery.trouble?.kind as TransferTrouble](one.name));
  if (isAway) text.push(words.back);
  else if (backlog.waiting > backlog.parked) text.push(...nextTry(troubled, now));
  if (backlog.parked > 0) text.push(words.parked(backlog.parked));
  if (!isAway) text.push(words.meanwhile);
  const names = storages.map((one) => one.name);
  return {
    tone: "warn",
    title: words.waits(backlog.waiting, size, names),
    text,
    canTry: !isAway || backlog.parked > 0,
  };
}

/** When the first of them is tried again. */
function nextTry(troubled: readonly Pick<Storage, "delivery">[], now: number): string[] {
  const times = troubled.map((one) => one.delivery.trouble?.next_try_at ?? "").filter(Boolean);
  const [first] = times.sort((a, b) => new Date(a).getTime() - new Date(b).getTime());
  if (!first) return [];
  const words = m.delivery.waiting;
  const isDue = new Date(first).getTime() - now <= 15_000;
  return [isDue ? words.now : words.next(relative(first, now))];
}
