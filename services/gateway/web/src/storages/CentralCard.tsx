import { Button } from "@mantine/core";
import { IconDatabase } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { planQuery, usageQuery } from "../api/queries";
import { bytes, m, number, relative } from "../messages";
import { mayManage } from "../people/roles";
import { Note } from "../shell/Note";
import { useWorkspace } from "../shell/useWorkspace";
import { standingOf } from "./plan";
import classes from "./storages.module.css";
import { UsageBar } from "./UsageBar";
import { useRefreshUsage } from "./useRefreshUsage";

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
          {plan.second_copy && <p>{m.plan.secondCopy}</p>}
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
      <Counted />
    </article>
  );
}

/** What the library holds altogether, as it was last counted. */
function Counted() {
  const { workspace, api } = useWorkspace();
  const usage = useQuery(usageQuery(workspace.id, api)).data;
  const refresh = useRefreshUsage();
  if (!usage) return null;
  const words = m.usage;
  const central = usage.storages.find((one) => one.kind === "central");
  const facts: [string, string][] = [
    [m.storages.objects, number(central?.objects ?? 0)],
    [words.renditions, bytes(usage.rendition_bytes)],
    [words.bin, bytes(usage.bin_bytes)],
    [words.spool, bytes(usage.spool_bytes)],
    [words.originals, bytes(usage.original_bytes)],
  ];
  return (
    <>
      <dl className={classes.facts}>
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd className="num">{value}</dd>
          </div>
        ))}
      </dl>
      <footer className={classes.actions}>
        {mayManage(workspace.role) && (
          <Button variant="default" loading={refresh.isPending} onClick={() => refresh.mutate()}>
            {words.refresh}
          </Button>
        )}
        <span className={classes.counted}>{words.counted(relative(usage.counted_at))}</span>
      </footer>
    </>
  );
}
