import { IconDatabase } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { planQuery } from "../api/queries";
import { bytes, m } from "../messages";
import { Note } from "../shell/Note";
import { useWorkspace } from "../shell/useWorkspace";
import { standingOf } from "./plan";
import classes from "./storages.module.css";
import { UsageBar } from "./UsageBar";

/** What this server keeps itself, against what the plan has room for. */
export function CentralCard() {
  const { workspace, api } = useWorkspace();
  const plan = useQuery(planQuery(workspace.id, api)).data;
  if (!plan) return null;
  const used = plan.used.central_bytes;
  const most = plan.limits.central_bytes;
  const standing = standingOf(plan);
  return (
    <article className={classes.card} aria-labelledby="central-storage">
      <header className={classes.head}>
        <span className={classes.kind} aria-hidden>
          <IconDatabase size={22} stroke={1.6} />
        </span>
        <div className={classes.title}>
          <h2 id="central-storage">{m.plan.central}</h2>
          <p>{m.plan.centralText}</p>
        </div>
      </header>
      {standing.room !== "free" && (
        <div className={classes.banners}>
          <Note tone={standing.room === "full" ? "bad" : "warn"} title={m.plan.room[standing.room]}>
            {m.plan.roomText}
          </Note>
        </div>
      )}
      <UsageBar
        label={most === null ? m.plan.used(bytes(used)) : m.plan.usedOf(bytes(used), bytes(most))}
        used={used}
        most={most}
        warns
      />
    </article>
  );
}
