import { Button, Tabs } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { jobsQuery, keys } from "../api/queries";
import type { Job, JobState } from "../api/types";
import classes from "../jobs/jobs.module.css";
import { jobName } from "../jobs/words";
import { errorText, showDone } from "../lib/notify";
import { m, relative } from "../messages";
import { Empty } from "../shell/Empty";
import { Note } from "../shell/Note";
import { Page } from "../shell/Page";
import { ShowMore } from "../shell/ShowMore";
import { useWorkspace } from "../shell/useWorkspace";

const STATES = ["dead", "running", "queued"] as const satisfies readonly JobState[];
type Shown = (typeof STATES)[number];

export function ActivityPage() {
  const [state, setState] = useState<Shown>("dead");
  return (
    <Page title={m.jobs.title} text={m.jobs.text} narrow>
      <Tabs value={state} onChange={(value) => value && setState(value as Shown)} keepMounted={false}>
        <Tabs.List>
          {STATES.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {m.jobs.tabs[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {STATES.map((one) => (
          <Tabs.Panel key={one} value={one} pt={8}>
            <Jobs state={one} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}

function Jobs({ state }: { state: Shown }) {
  const { workspace, api } = useWorkspace();
  const client = useQueryClient();
  const query = useInfiniteQuery({
    ...jobsQuery(workspace.id, api, state),
    refetchInterval: state === "dead" ? false : 5000,
  });
  const retry = useMutation({
    mutationFn: async (ids: string[]) => {
      for (const id of ids) await api.jobs.retry(id);
    },
    onSuccess: () => showDone(m.jobs.retried),
    onSettled: () => client.invalidateQueries({ queryKey: keys.jobs(workspace.id) }),
  });
  const jobs = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (query.error) return <Note tone="bad">{errorText(query.error)}</Note>;
  if (query.data && jobs.length === 0) {
    return (
      <Empty
        icon={<IconCircleCheck size={34} stroke={1.5} />}
        title={m.jobs.empty[state]}
        text={m.jobs.emptyText[state]}
      />
    );
  }
  return (
    <>
      {state === "dead" && jobs.length > 1 && (
        <Button
          variant="default"
          mt={12}
          loading={retry.isPending}
          onClick={() => retry.mutate(jobs.map((job) => job.id))}
        >
          {m.jobs.retryAll(jobs.length)}
        </Button>
      )}
      <ul className={classes.list}>
        {jobs.map((job) => (
          <JobRow key={job.id} job={job} onRetry={state === "dead" ? () => retry.mutate([job.id]) : null} />
        ))}
      </ul>
      <ShowMore query={query} />
    </>
  );
}

function JobRow({ job, onRetry }: { job: Job; onRetry: (() => void) | null }) {
  const facts = [
    relative(onRetry ? job.updated_at : job.created_at),
    job.attempts > 0 ? m.jobs.attempts(job.attempts) : null,
    job.due_at && !onRetry ? m.jobs.due(relative(job.due_at)) : null,
  ];
  return (
    <li className={classes.job}>
      <div>
        <b>{jobName(job.kind)}</b>
        {job.error && <p className={classes.error}>{job.error}</p>}
        <p className="num">{facts.filter(Boolean).join(", ")}</p>
      </div>
      {onRetry && (
        <Button
          variant="default"
          size="xs"
          onClick={onRetry}
          aria-label={`${m.jobs.retry}: ${jobName(job.kind)}`}
        >
          {m.jobs.retry}
        </Button>
      )}
    </li>
  );
}
