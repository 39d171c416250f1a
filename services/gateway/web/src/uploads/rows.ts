import type { Id, Upload } from "../api/types";

export type RowState = "waiting" | "sending" | "paused" | "failed" | "sent" | "stored" | "duplicate" | "left";

/** One file in the tray. */
export interface Row {
  /** Of the file in this page; for one that is left from before, of the upload. */
  key: string;
  name: string;
  folder: string;
  size: number;
  sent: number;
  state: RowState;
  error: string | null;
  asset: Id | null;
  /** The asset that had the same content before. */
  twin: Id | null;
}

/** What this page knows of a file that it sends. */
export interface Local {
  id: string;
  name: string;
  path: string;
  size: number;
  sent: number;
  isStarted: boolean;
  isPaused: boolean;
  isSent: boolean;
  error: string | null;
  upload: Id | null;
}

export const ENDED: readonly RowState[] = ["stored", "duplicate", "failed"];

export const isEnded = (row: Row): boolean => ENDED.includes(row.state);

/** What the tray shows: the files of this page with what became of them, and what is left from before. */
export function rowsOf(locals: readonly Local[], uploads: readonly Upload[]): Row[] {
  const known = new Map(uploads.map((upload) => [upload.id, upload]));
  const ours = new Set(locals.map((local) => local.upload));
  const left = uploads.filter((upload) => upload.state === "receiving" && !ours.has(upload.id));
  return [...locals.map((local) => rowOf(local, known.get(local.upload ?? ""))), ...left.map(leftOf)];
}

function rowOf(local: Local, upload: Upload | undefined): Row {
  const cut = local.path.lastIndexOf("/");
  return {
    key: local.id,
    name: local.name,
    folder: cut > 0 ? local.path.slice(0, cut) : "",
    size: local.size,
    sent: local.isSent ? local.size : local.sent,
    state: stateOf(local, upload),
    error: local.error,
    asset: upload?.asset_id ?? null,
    twin: upload?.duplicate_of ?? null,
  };
}

function stateOf(local: Local, upload: Upload | undefined): RowState {
  if (local.error !== null) return "failed";
  if (local.isSent) {
    if (upload?.state === "stored" || upload?.state === "duplicate") return upload.state;
    return "sent";
  }
  if (local.isPaused) return "paused";
  return local.isStarted ? "sending" : "waiting";
}

function leftOf(upload: Upload): Row {
  const { id, name, folder, size, offset } = upload;
  return { key: id, name, folder, size, sent: offset, state: "left", error: null, asset: null, twin: null };
}

export interface Totals {
  count: number;
  ended: number;
  failed: number;
  paused: number;
  /** Those that still move, or would. */
  open: number;
  size: number;
  sent: number;
}

/** The figures over all files of this page. */
export function totalsOf(rows: readonly Row[]): Totals {
  const totals: Totals = { count: 0, ended: 0, failed: 0, paused: 0, open: 0, size: 0, sent: 0 };
  for (const row of rows) {
    if (row.state === "left") continue;
    totals.count += 1;
    totals.size += row.size;
    totals.sent += Math.min(row.sent, row.size);
    if (isEnded(row)) totals.ended += 1;
    if (row.state === "failed") totals.failed += 1;
    if (row.state === "paused") totals.paused += 1;
    if (row.state === "waiting" || row.state === "sending") totals.open += 1;
  }
  return totals;
}

/** Those that a person can do something about come first, then those that move; what ended last. */
export function inOrder(rows: readonly Row[]): Row[] {
  const ORDER: Record<RowState, number> = {
    failed: 0,
    sending: 1,
    paused: 2,
    waiting: 3,
    sent: 4,
    left: 5,
    duplicate: 6,
    stored: 7,
  };
  return [...rows].sort((a, b) => ORDER[a.state] - ORDER[b.state]);
}
