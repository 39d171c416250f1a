import { IconCheck, IconMinus, IconX } from "@tabler/icons-react";
import type { ProbeReport } from "../api/types";
import { m } from "../messages";
import { StateMark } from "./StateMark";
import classes from "./storages.module.css";

const ICONS = { ok: IconCheck, skipped: IconMinus, failed: IconX };

/** A test's steps: a tick, a dash or a cross, and where it failed the reason and what to do. */
export function ProbeSteps({ report }: { report: ProbeReport }) {
  const verdict = report.ok
    ? ({ tone: "good", text: m.probe.ok } as const)
    : ({ tone: "bad", text: m.probe.failed } as const);
  return (
    <div role="status">
      <p className={classes.verdict}>
        <StateMark state={verdict} />
      </p>
      <ul className={classes.steps}>
        {report.steps.map((step) => {
          const Icon = ICONS[step.status];
          return (
            <li key={step.name} className={classes.step} data-status={step.status}>
              <Icon size={19} stroke={2.2} role="img" aria-label={m.probe.step[step.status]} />
              <span>{step.title}</span>
              <small className="num">
                {step.status === "skipped" ? m.probe.step.skipped : m.probe.ms(step.milliseconds)}
              </small>
              {step.reason && <p>{step.reason}</p>}
              {step.remedy && <p>{step.remedy}</p>}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
