import type { ScanRun, Storage } from "../api/types";
import { m, percent, timeOfDay } from "../messages";
import { ftpAddress } from "./ftp";

export type Tone = "good" | "busy" | "warn" | "bad" | "quiet";

export interface StateWords {
  tone: Tone;
  text: string;
}

/** A storage's state in words; what asks for a person comes before what is merely going on. */
export function stateWords(storage: Storage): StateWords {
  const words = m.storages.state;
  if (storage.status === "disconnected") {
    // Switched off as well, it was disconnected on purpose.
    return storage.on ? { tone: "bad", text: words.disconnected } : { tone: "quiet", text: words.parted };
  }
  if (!storage.on || storage.status === "off") return { tone: "quiet", text: words.off };
  if (storage.status === "failed") return { tone: "bad", text: words.failed };
  if (storage.hold) {
    const { absent, objects, next_check_at, state } = storage.hold;
    if (state === "asking") return { tone: "warn", text: words.asking(percent(absent, objects)) };
    return { tone: "warn", text: words.held(percent(absent, objects), timeOfDay(next_check_at)) };
  }
  if (storage.scanning) {
    const { listed } = storage.scanning;
    return { tone: "busy", text: listed > 0 ? words.syncing(listed) : words.starting };
  }
  if (storage.status === "degraded")
    return { tone: "warn", text: words.degraded(storage.consecutive_failures) };
  if (storage.status === "not_tested") return { tone: "quiet", text: words.not_tested };
  return { tone: "good", text: words.connected };
}

/** What a scan found, in words; what did not occur is not mentioned. */
export function changeWords(run: ScanRun): string {
  const words = m.storages.changes;
  const parts = (["new", "changed", "missing", "returned", "skipped"] as const)
    .filter((key) => run[key] > 0)
    .map((key) => words[key](run[key]));
  return parts.length > 0 ? parts.join(", ") : words.none;
}

/** Where a storage is, as its owner would write it. */
export function whereIs(storage: Pick<Storage, "kind" | "settings">): string {
  if ("host" in storage.settings) return ftpAddress(storage.settings);
  if (!("bucket" in storage.settings)) return storage.settings.folder;
  const { bucket, path_prefix } = storage.settings;
  return path_prefix ? `${bucket}/${path_prefix.replace(/^\/+/, "")}` : bucket;
}

/** Whether anybody on the way can read what is sent. */
export function isReadable(storage: Pick<Storage, "kind" | "settings">): boolean {
  return "security" in storage.settings && storage.settings.security === "plain";
}
