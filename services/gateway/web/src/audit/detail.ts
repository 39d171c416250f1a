import type { AuditAct } from "../api/types";
import { bytes, m } from "../messages";

type Detail = Record<string, unknown>;

/** What people can read of an act: a line, and the files that it was about. */
export interface Told {
  text: string;
  files: string[];
}

/** Knows storages by their id; nothing of those that were removed. */
export type StorageName = (id: string) => string | undefined;

const words = m.audit;

const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
const count = (value: unknown): number | null => (typeof value === "number" ? value : null);

/** The word for something that the gateway names; what it calls it where there is none. */
function word(table: object, value: unknown): string | null {
  const name = text(value);
  if (name === null) return null;
  const found = (table as Record<string, unknown>)[name];
  return typeof found === "string" ? found : name;
}

function valueText(value: unknown): string {
  if (value === null || value === undefined || value === "") return words.nothing;
  if (typeof value === "boolean") return value ? words.yes : words.no;
  return typeof value === "string" ? (words.value[value] ?? value) : String(value);
}

interface Change {
  field: string;
  from?: unknown;
  to?: unknown;
}

function changes(detail: Detail): string[] {
  const list = Array.isArray(detail.changed) ? (detail.changed as Change[]) : [];
  return list.map((one) => {
    const field = words.field[one.field] ?? one.field;
    return "to" in one ? words.changed(field, valueText(one.from), valueText(one.to)) : field;
  });
}

function assets(detail: Detail): string | null {
  const n = Array.isArray(detail.assets) ? detail.assets.length : count(detail.assets);
  return n === null ? null : m.common.photos(n);
}

type Parts = (string | null)[];

function migration(detail: Detail): Parts {
  const [moved, all] = [count(detail.moved), count(detail.originals)];
  const way = detail.leaves_source === true ? words.copied : words.moved;
  return [
    text(detail.to_name) && words.to(String(detail.to_name)),
    moved !== null && all !== null && all > 0 ? way(moved, all) : null,
  ];
}

const purge = (value: unknown): string | null => word(words.onPurge, value);

/** How the details of each kind of act are told; what has no line of its own here says nothing more. */
const TOLD: Partial<Record<AuditAct["action"], (detail: Detail) => Parts>> = {
  "asset.trashed": ({ days, rule }) => [
    count(days) === null ? null : words.days(Number(days)),
    text(rule) && words.byRule(String(rule)),
  ],
  "asset.recreated": ({ from, to }) => [words.renamed(valueText(from), valueText(to))],
  "absence.confirmed": ({ absent, objects }) => [words.absent(Number(absent), Number(objects))],
  "hold.placed": ({ reason }) => [text(reason)],
  "hold.lifted": ({ reason }) => [text(reason)],
  "purge.requested": (detail) => [detail.everything === true ? words.everything : null, assets(detail)],
  "original.deleted": ({ outcome, reason }) => [word(words.outcome, outcome), word(words.because, reason)],
  "copy.discarded": ({ outcome }) => [word(words.outcome, outcome)],
  "copy.retried": ({ reason }) => [text(reason)],
  "bin.days_changed": ({ from, to }) => [words.numbers(Number(from), Number(to))],
  "storage.connected": (detail) => [
    word(words.kind, detail.kind),
    word(words.access, detail.access),
    purge(detail.on_purge),
    detail.reconnected === true ? words.reconnected : null,
    detail.taken_over === true ? words.takenOver : null,
  ],
  "storage.changed": changes,
  "storage.switched_off": ({ off_means }) => [word(words.offMeans, off_means)],
  "storage.deletion_changed": ({ on_purge }) => [purge((on_purge as Detail | undefined)?.to)],
  "storage.removed": ({ entries, assets_dropped }) => [
    entries === "drop" ? words.entries.drop(count(assets_dropped) ?? 0) : words.entries.keep,
  ],
  "import_user.chosen": ({ import_user }) => [text(import_user) ?? words.system_user],
  "import_user.lost": ({ import_user }) => [text(import_user) ?? m.common.unknown],
  "main_storage.chosen": ({ from_name }) => [words.before(text(from_name) ?? words.central)],
  "collector.started": ({ hold_hours, on_duplicate }) => [
    words.holdHours(count(hold_hours) ?? 0),
    word(words.onDuplicate, on_duplicate),
  ],
  "transfers.retried": ({ originals, to_name, reason }) => [
    count(originals) === null ? null : words.tried(Number(originals)),
    text(to_name) && words.to(String(to_name)),
    text(reason),
  ],
  "migration.started": migration,
  "migration.cancelled": migration,
  "migration.resumed": migration,
  "migration.finished": migration,
  "upload.cancelled": ({ bytes: sent, size }) => [words.sent(bytes(Number(sent)), bytes(Number(size)))],
  "retention.rule_changed": (detail) => [
    words.rule(valueText(detail.rule)),
    detail.removed === true ? words.ruleRemoved : null,
    text(detail.tag) && m.retention.tagged(String(detail.tag)),
    (detail.age_basis === "captured" || detail.age_basis === "imported") && count(detail.age_days) !== null
      ? m.retention.older[detail.age_basis](Number(detail.age_days))
      : null,
    detail.on === false ? words.ruleOff : null,
  ],
  "retention.approved": (detail) => [words.rule(valueText(detail.rule)), assets(detail)],
  "retention.refused": (detail) => [words.rule(valueText(detail.rule)), assets(detail)],
};

interface Place {
  path?: string;
  storage?: string;
  storage_id?: string;
  becomes?: { fate?: string };
}

/** The files of an act, each with where it lies and, where that was decided, what becomes of it. */
function filesOf(detail: Detail, nameOf: StorageName): string[] {
  const lists = [detail.originals, detail.places].filter(Array.isArray) as Place[][];
  const places = text(detail.path) ? [detail as Place] : lists.flat();
  return places
    .filter((place) => place.path)
    .map((place) => {
      const id = place.storage ?? place.storage_id;
      const path = place.path ?? "";
      // Where none is named, the act is one on the storage.
      const where = id ? words.inStorage(path, nameOf(id) ?? words.gone) : path;
      const fate = word(words.fate, place.becomes?.fate);
      return fate ? `${where}: ${fate}` : where;
    });
}

/** What an administrator reads of an act besides what, who, when and to what. */
export function toldOf(act: AuditAct, nameOf: StorageName): Told {
  const detail = act.detail as Detail;
  const parts = TOLD[act.action]?.(detail) ?? [];
  return { text: parts.filter((part) => part !== null).join(", "), files: filesOf(detail, nameOf) };
}
