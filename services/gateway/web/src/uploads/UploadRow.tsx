import { ActionIcon } from "@mantine/core";
import {
  IconCheck,
  IconCopy,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
  IconX,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { bytes, m } from "../messages";
import { useWorkspace } from "../shell/useWorkspace";
import type { Row } from "./rows";
import type { UploadActions } from "./UploadsContext";
import classes from "./uploads.module.css";

const MOVING: readonly Row["state"][] = ["sending", "paused", "left"];

/** One file: how far it is, what became of it, and what can be done about it. */
export function UploadRow({ row, actions }: { row: Row; actions: UploadActions }) {
  return (
    <li className={classes.row} data-state={row.state}>
      <div className={classes.names}>
        <Name row={row} />
        <small>{textOf(row)}</small>
        {MOVING.includes(row.state) && (
          <progress aria-label={m.uploads.progressOf(row.name)} value={row.sent} max={row.size || 1} />
        )}
      </div>
      <Buttons row={row} actions={actions} />
    </li>
  );
}

function Name({ row }: { row: Row }) {
  const { workspace } = useWorkspace();
  const title = row.folder ? `${row.folder}/${row.name}` : row.name;
  if (!row.asset) return <span title={title}>{row.name}</span>;
  return (
    <Link
      to="/w/$workspace/a/$asset"
      params={{ workspace: workspace.short_id, asset: row.asset }}
      title={title}
    >
      {row.name}
    </Link>
  );
}

function textOf(row: Row): string {
  switch (row.state) {
    case "failed":
      return row.error ?? m.errors.unexpected;
    case "sending":
      return m.uploads.sentOf(bytes(row.sent), bytes(row.size));
    case "stored":
      return row.twin ? m.uploads.twin : m.uploads.states.stored;
    default:
      return m.uploads.states[row.state];
  }
}

function Buttons({ row, actions }: { row: Row; actions: UploadActions }) {
  const button = (label: string, act: (row: Row) => void, icon: ReactNode) => (
    <ActionIcon variant="subtle" aria-label={`${label}: ${row.name}`} title={label} onClick={() => act(row)}>
      {icon}
    </ActionIcon>
  );
  const cancel = button(m.uploads.cancel, actions.remove, <IconX size={17} stroke={1.7} aria-hidden />);
  switch (row.state) {
    case "sending":
    case "waiting":
      return (
        <>
          {button(m.uploads.pause, actions.pause, <IconPlayerPause size={17} stroke={1.7} aria-hidden />)}
          {cancel}
        </>
      );
    case "paused":
      return (
        <>
          {button(m.uploads.resume, actions.resume, <IconPlayerPlay size={17} stroke={1.7} aria-hidden />)}
          {cancel}
        </>
      );
    case "failed":
      return (
        <>
          {button(m.common.retry, actions.retry, <IconRefresh size={17} stroke={1.7} aria-hidden />)}
          {cancel}
        </>
      );
    case "left":
      return cancel;
    case "sent":
      return <span className={classes.dot} aria-hidden />;
    case "duplicate":
      return <IconCopy className={classes.mark} size={18} stroke={1.7} aria-hidden />;
    case "stored":
      return <IconCheck className={classes.mark} size={18} stroke={2} aria-hidden />;
  }
}
