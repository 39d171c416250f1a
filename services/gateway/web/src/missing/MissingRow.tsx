import { Checkbox } from "@mantine/core";
import { IconPhotoOff } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { MissingAsset } from "../api/types";
import { dateTime, m } from "../messages";
import { useWorkspace } from "../shell/useWorkspace";
import classes from "./missing.module.css";

interface MissingRowProps {
  missing: MissingAsset;
  isSelected: boolean;
  onSelect: (isSelected: boolean) => void;
}

/** A photo whose original is gone: where it was, since when, and what to do. */
export function MissingRow({ missing, isSelected, onSelect }: MissingRowProps) {
  const { workspace } = useWorkspace();
  const { asset } = missing;
  return (
    <li className={classes.row}>
      <Checkbox
        checked={isSelected}
        aria-label={m.missing.select(asset.name)}
        onChange={(event) => onSelect(event.currentTarget.checked)}
      />
      <Link
        to="/w/$workspace/a/$asset"
        params={{ workspace: workspace.short_id, asset: asset.id }}
        className={classes.picture}
        aria-hidden
        tabIndex={-1}
      >
        {asset.thumbnail_url ? (
          <img src={asset.thumbnail_url} alt="" loading="lazy" />
        ) : (
          <IconPhotoOff size={22} stroke={1.5} />
        )}
      </Link>
      <div className={classes.words}>
        <Link
          to="/w/$workspace/a/$asset"
          params={{ workspace: workspace.short_id, asset: asset.id }}
          className={classes.name}
        >
          {asset.name}
        </Link>
        <p>
          {missing.storage_name}: <code>{missing.path}</code>
        </p>
        <p className={classes.since}>
          {m.missing.since(dateTime(missing.missing_since))}
          {missing.back_since && `. ${m.missing.backSince(dateTime(missing.back_since))}`}
        </p>
        <p className={classes.advice} data-advice={missing.advice}>
          {m.missing.advice[missing.advice]}
        </p>
      </div>
    </li>
  );
}
