import type { Transfer } from "../api/types";
import { bytes, m, relative } from "../messages";
import type { StateWords, Tone } from "../storages/words";

const TONES: Record<Transfer["state"], Tone> = {
  planned: "quiet",
  copying: "busy",
  copied: "busy",
  committed: "good",
  done: "good",
  conflict: "warn",
  abandoned: "quiet",
};

/** Whether the copy is still to come. */
export const isOpen = ({ state }: Pick<Transfer, "state">): boolean =>
  state === "planned" || state === "copying" || state === "copied";

/** Whether nobody tries it again before a person asks for it. */
export const isParked = (transfer: Pick<Transfer, "state" | "trouble" | "next_try_at">): boolean =>
  isOpen(transfer) && transfer.trouble !== null && transfer.next_try_at === null;

/** How one original's way stands, in words. */
export function transferState(transfer: Transfer): StateWords {
  const words = m.delivery.ledger;
  if (isParked(transfer)) return { tone: "bad", text: words.parked };
  // While it is copied anew, what stood against it before is not what is going on.
  if (transfer.trouble && transfer.state === "planned") {
    return { tone: "warn", text: words.trouble[transfer.trouble] };
  }
  return { tone: TONES[transfer.state], text: words.state[transfer.state] };
}

/** Where it came from. */
export function transferOrigin(transfer: Pick<Transfer, "kind" | "from_storage_name">): string {
  const words = m.delivery.ledger;
  if (transfer.kind === "deliver") return words.kind.deliver;
  return words.kind[transfer.kind](transfer.from_storage_name ?? words.removed);
}

/** When it is tried again; what is due is tried as soon as somebody has time for it. */
export function nextTry(at: string, now: number = Date.now()): string {
  const words = m.delivery.ledger;
  const isDue = new Date(at).getTime() - now <= 15_000;
  return isDue ? words.due : words.next(relative(at, now));
}

/** What else is known of it, in one line. */
export function transferFacts(transfer: Transfer, now: number = Date.now()): string {
  const words = m.delivery.ledger;
  const facts = [bytes(transfer.size), transferOrigin(transfer)];
  if (transfer.failures > 0 && isOpen(transfer)) facts.push(words.failures(transfer.failures));
  if (transfer.finished_at) facts.push(words.finished(relative(transfer.finished_at, now)));
  else if (isParked(transfer)) facts.push(words.byHand);
  else if (transfer.trouble && transfer.next_try_at) facts.push(nextTry(transfer.next_try_at, now));
  else facts.push(words.since(relative(transfer.created_at, now)));
  return facts.join(", ");
}
