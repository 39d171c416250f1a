import { useQuery } from "@tanstack/react-query";
import { previewQuery } from "../api/queries";
import type { NewRetentionRule } from "../api/types";
import { errorText } from "../lib/notify";
import { bytes, m } from "../messages";
import { Note } from "../shell/Note";
import { useWorkspace } from "../shell/useWorkspace";
import classes from "./retention.module.css";

/** What a rule would put in the bin now: how many, how large, and some of them. */
export function Preview({ terms }: { terms: NewRetentionRule["terms"] | null }) {
  const { workspace, api } = useWorkspace();
  const preview = useQuery({ ...previewQuery(workspace.id, api, terms ?? {}), enabled: terms !== null });
  if (terms === null) return <p className={classes.hint}>{m.retention.asksNothing}</p>;
  if (preview.error) return <Note tone="bad">{errorText(preview.error)}</Note>;
  const seen = preview.data;
  if (!seen) return <p className={classes.hint}>{m.retention.counting}</p>;
  return (
    <section className={classes.preview} aria-label={m.retention.preview} aria-live="polite">
      <p>{m.retention.wouldBin(seen.assets, seen.live_assets, bytes(seen.bytes))}</p>
      {seen.needs_approval && <Note tone="warn">{m.retention.willAsk}</Note>}
      {seen.samples.length > 0 && (
        <ul className={classes.samples}>
          {seen.samples.map((card) => (
            <li key={card.id} title={card.name}>
              {card.thumbnail_url ? (
                <img src={card.thumbnail_url} alt={card.name} loading="lazy" />
              ) : (
                <span>{card.name}</span>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
