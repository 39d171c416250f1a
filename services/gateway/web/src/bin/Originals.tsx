import type { BinnedOriginal } from "../api/types";
import { dateTime, m } from "../messages";
import classes from "./bin.module.css";
import { fateText } from "./words";

/** Where the originals of an asset lie, and what becomes of each. */
export function Originals({ originals }: { originals: readonly BinnedOriginal[] }) {
  if (originals.length === 0) return <p className={classes.none}>{m.bin.noOriginal}</p>;
  return (
    <ul className={classes.originals}>
      {originals.map((one) => (
        <li key={`${one.storage_id} ${one.path}`} data-deleted={one.deleted || undefined}>
          <span className={classes.fate}>{fateText(one)}</span>
          <span>
            {one.storage_name}
            {one.storage_kind !== "central" && (
              <>
                {": "}
                <code>{one.path}</code>
              </>
            )}
            {one.reappeared_at && (
              <em className={classes.again}> {m.bin.reappeared(dateTime(one.reappeared_at))}</em>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
