import { useQuery } from "@tanstack/react-query";
import { planQuery } from "../api/queries";
import { bytes, m, number } from "../messages";
import classes from "../people/people.module.css";
import { useWorkspace } from "../shell/useWorkspace";
import { UsageBar } from "../storages/UsageBar";

/** What whoever runs the server lets this library have. */
export function PlanSection() {
  const { workspace, api } = useWorkspace();
  const plan = useQuery(planQuery(workspace.id, api)).data;
  if (!plan) return null;
  const { limits, used } = plan;
  const room = limits.central_bytes;
  const most = limits.storages;
  return (
    <section className={classes.section} aria-labelledby="plan">
      <h2 id="plan">{m.plan.title}</h2>
      <p className={classes.hint}>{m.plan.text}</p>
      <UsageBar
        label={`${m.plan.central}: ${room === null ? m.plan.used(bytes(used.central_bytes)) : m.plan.usedOf(bytes(used.central_bytes), bytes(room))}`}
        used={used.central_bytes}
        most={room}
        warns
      />
      <UsageBar
        label={most === null ? m.plan.storages(used.storages) : m.plan.storagesOf(used.storages, most)}
        used={used.storages}
        most={most}
      />
      <ul className={classes.hint}>
        <li>{limits.external_storages ? m.plan.external.yes : m.plan.external.no}</li>
        <li>
          {limits.photos_per_request === null
            ? m.plan.photosUnlimited
            : m.plan.photos(number(limits.photos_per_request))}
        </li>
        <li>{limits.permanent_links ? m.plan.links.yes : m.plan.links.no}</li>
      </ul>
    </section>
  );
}
