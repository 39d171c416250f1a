import { ActionIcon, Checkbox } from "@mantine/core";
import { IconFile, IconGavel, IconRestore, IconTrashX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { BinEntry } from "../api/types";
import { bytes, dateTime, m } from "../messages";
import { useWorkspace } from "../shell/useWorkspace";
import classes from "./bin.module.css";
import { Originals } from "./Originals";

interface RowProps {
  entry: BinEntry;
  isChosen: boolean;
  onChoose: () => void;
  onRestore: (() => void) | null;
  onPurge: (() => void) | null;
}

export function BinRow({ entry, isChosen, onChoose, onRestore, onPurge }: RowProps) {
  const { workspace } = useWorkspace();
  const { asset } = entry;
  const params = { workspace: workspace.short_id, asset: asset.id };
  return (
    <li className={classes.row}>
      <Checkbox aria-label={m.selection.select(asset.name)} checked={isChosen} onChange={onChoose} />
      <Link
        to="/w/$workspace/a/$asset"
        params={params}
        className={classes.face}
        aria-label={m.bin.look(asset.name)}
      >
        {asset.thumbnail_url ? (
          <img src={asset.thumbnail_url} alt="" loading="lazy" />
        ) : (
          <IconFile size={30} stroke={1.4} aria-hidden />
        )}
      </Link>
      <div className={classes.about}>
        <b>{asset.name}</b>
        <p className="num">
          {m.bin.trashed(entry.trashed_by ?? m.common.unknown, dateTime(entry.trashed_at))},{" "}
          {bytes(entry.size)}
        </p>
        <Originals originals={entry.originals} />
      </div>
      <div className={classes.end}>
        {entry.held ? (
          <span className={classes.held}>
            <IconGavel size={16} stroke={1.8} aria-hidden /> {m.hold.held}
          </span>
        ) : (
          <span className={`${classes.left} num`} data-soon={entry.days_left <= 3 || undefined}>
            {m.bin.daysLeft(entry.days_left)}
          </span>
        )}
        <div className={classes.actions}>
          {onRestore && (
            <ActionIcon
              variant="default"
              size={36}
              aria-label={`${m.bin.restore}: ${asset.name}`}
              title={m.bin.restore}
              onClick={onRestore}
            >
              <IconRestore size={18} stroke={1.7} aria-hidden />
            </ActionIcon>
          )}
          {onPurge && (
            <ActionIcon
              variant="default"
              size={36}
              className={classes.danger}
              disabled={entry.held}
              aria-label={`${m.bin.deleteNow}: ${asset.name}`}
              title={m.bin.deleteNow}
              onClick={onPurge}
            >
              <IconTrashX size={18} stroke={1.7} aria-hidden />
            </ActionIcon>
          )}
        </div>
      </div>
    </li>
  );
}
