import { Button, UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { Fragment, useState } from "react";
import type { AssetDetail } from "../api/types";
import { jobName } from "../jobs/words";
import { m, relative } from "../messages";
import { useRetryAsset } from "./useRetryAsset";
import classes from "./viewer.module.css";

export function AllFields({ detail }: { detail: AssetDetail }) {
  const [isOpen, setOpen] = useState(false);
  const groups = [...new Set(detail.fields.map((field) => field.group))];
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <section className={classes.section}>
      <UnstyledButton aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} fz="sm" fw={550}>
        <Chevron size={16} stroke={1.8} aria-hidden style={{ verticalAlign: "-3px", marginRight: 6 }} />
        {m.viewer.allFields}{" "}
        <span className={classes.origin}>{m.viewer.allFieldsCount(detail.fields.length)}</span>
      </UnstyledButton>
      {isOpen && (
        <table className={classes.fields}>
          <tbody>
            {groups.map((group) => (
              <Fragment key={group}>
                <tr>
                  <th colSpan={2} scope="rowgroup">
                    {group}
                  </th>
                </tr>
                {detail.fields
                  .filter((field) => field.group === group)
                  .map(({ name, value }) => (
                    <tr key={`${name} ${value}`}>
                      <th scope="row">{name}</th>
                      <td>{value}</td>
                    </tr>
                  ))}
              </Fragment>
            ))}
            {detail.sha256 && (
              <tr>
                <th scope="row">{m.viewer.checksum}</th>
                <td>{detail.sha256}</td>
              </tr>
            )}
          </tbody>
        </table>
      )}
    </section>
  );
}

export function JobHistory({ detail }: { detail: AssetDetail }) {
  const retry = useRetryAsset();
  if (detail.jobs.length === 0) return null;
  const hasFailed = detail.status === "failed" || detail.jobs.some((job) => job.state === "dead");
  return (
    <section className={classes.section}>
      <h3>{m.viewer.jobs}</h3>
      {detail.jobs.map((job) => (
        <div key={job.id} className={classes.job}>
          <span>{jobName(job.kind)}</span>
          <small>{relative(job.updated_at)}</small>
          <small>
            {m.jobs.state[job.state]}
            {job.attempts > 1 ? `, ${m.viewer.attempts(job.attempts)}` : ""}
          </small>
          {job.error && <small className={classes.bad}>{job.error}</small>}
        </div>
      ))}
      {hasFailed && (
        <Button
          mt={8}
          size="xs"
          variant="default"
          loading={retry.isPending}
          onClick={() => retry.mutate(detail.id)}
        >
          {m.viewer.retry}
        </Button>
      )}
    </section>
  );
}
