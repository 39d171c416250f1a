import { ActionIcon } from "@mantine/core";
import { IconChevronDown, IconChevronUp, IconPlayerPause, IconPlayerPlay, IconX } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { bytes, m, percent } from "../messages";
import { timeLeft } from "./pace";
import { RoomNote } from "./RoomNote";
import { inOrder, isEnded, type Row, type Totals, totalsOf } from "./rows";
import { UploadRow } from "./UploadRow";
import type { UploadActions } from "./UploadsContext";
import classes from "./uploads.module.css";
import { usePace } from "./usePace";

/** Rows that are shown; the figures are over all. */
const MOST = 100;

/** What is being sent, and what became of it. */
export function UploadTray({ rows, actions }: { rows: readonly Row[]; actions: UploadActions }) {
  const [isOpen, setOpen] = useState(true);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const shown = useMemo(
    () => inOrder(rows.filter((row) => row.state !== "left" || !hidden.has(row.key))),
    [rows, hidden],
  );
  if (shown.length === 0) return null;

  const totals = totalsOf(shown);
  const isOver = shown.every((row) => isEnded(row) || row.state === "left");
  const close = () => {
    for (const row of shown) if (row.state !== "left") actions.remove(row);
    setHidden(new Set(shown.filter((row) => row.state === "left").map((row) => row.key)));
  };
  const all = (act: (row: Row) => void, which: (row: Row) => boolean) => shown.filter(which).forEach(act);

  return (
    <section className={classes.tray} data-tray aria-label={m.uploads.tray}>
      <header className={classes.head}>
        <div className={classes.summary}>
          <h2>{titleOf(totals, shown)}</h2>
          {totals.count > 0 && (
            <p className="num">
              {m.uploads.sentOf(bytes(totals.sent), bytes(totals.size))}
              {totals.open > 0 && ` · ${percent(totals.sent, totals.size)}`}
              <Pace totals={totals} />
            </p>
          )}
        </div>
        {totals.open > 0 && (
          <ActionIcon
            variant="subtle"
            aria-label={m.uploads.pauseAll}
            onClick={() => all(actions.pause, (row) => row.state === "sending" || row.state === "waiting")}
          >
            <IconPlayerPause size={18} stroke={1.7} aria-hidden />
          </ActionIcon>
        )}
        {totals.open === 0 && totals.paused > 0 && (
          <ActionIcon
            variant="subtle"
            aria-label={m.uploads.resumeAll}
            onClick={() => all(actions.resume, (row) => row.state === "paused")}
          >
            <IconPlayerPlay size={18} stroke={1.7} aria-hidden />
          </ActionIcon>
        )}
        <ActionIcon
          variant="subtle"
          aria-label={isOpen ? m.uploads.collapse : m.uploads.expand}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? (
            <IconChevronDown size={18} stroke={1.7} aria-hidden />
          ) : (
            <IconChevronUp size={18} stroke={1.7} aria-hidden />
          )}
        </ActionIcon>
        {isOver && (
          <ActionIcon variant="subtle" aria-label={m.uploads.close} onClick={close}>
            <IconX size={18} stroke={1.7} aria-hidden />
          </ActionIcon>
        )}
      </header>
      {isOpen && <RoomNote />}
      {totals.open > 0 && <progress className={classes.total} value={totals.sent} max={totals.size || 1} />}
      {isOpen && (
        <ul className={classes.rows}>
          {shown.slice(0, MOST).map((row) => (
            <UploadRow key={row.key} row={row} actions={actions} />
          ))}
          {shown.length > MOST && <li className={classes.more}>{m.uploads.andMore(shown.length - MOST)}</li>}
        </ul>
      )}
      <span role="status" className="visually-hidden">
        {titleOf(totals, shown)}
      </span>
    </section>
  );
}

/** How fast it goes and how long it takes, as long as something moves. */
function Pace({ totals }: { totals: Totals }) {
  const pace = usePace(totals.sent, totals.open > 0);
  if (pace === null) return null;
  return ` · ${m.uploads.pace(bytes(pace))}, ${timeLeft(totals.size - totals.sent, pace)}`;
}

function titleOf(totals: Totals, rows: readonly Row[]): string {
  if (totals.count === 0) return m.uploads.leftTitle(rows.length);
  if (totals.open > 0) return m.uploads.sending(totals.ended, totals.count);
  if (totals.paused > 0) return m.uploads.pausedTitle(totals.paused);
  if (totals.ended < totals.count) return m.uploads.reading(totals.count - totals.ended);
  if (totals.failed > 0) return m.uploads.failedTitle(totals.failed);
  return m.uploads.doneTitle(totals.count);
}
