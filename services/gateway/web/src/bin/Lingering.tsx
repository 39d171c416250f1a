import { Button } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keys, lingeringQuery } from "../api/queries";
import type { LingeringCopy } from "../api/types";
import jobs from "../jobs/jobs.module.css";
import { errorText, showDone, showError } from "../lib/notify";
import { m, relative } from "../messages";
import { mayManage } from "../people/roles";
import { Confirm } from "../shell/Confirm";
import { Empty } from "../shell/Empty";
import { Note } from "../shell/Note";
import { ShowMore } from "../shell/ShowMore";
import { useWorkspace } from "../shell/useWorkspace";
import classes from "./bin.module.css";

/** Originals that should be gone from their storage and are not known to be. */
export function Lingering() {
  const { workspace, api } = useWorkspace();
  const client = useQueryClient();
  const query = useInfiniteQuery({ ...lingeringQuery(workspace.id, api), refetchInterval: 10_000 });
  const [letting, setLetting] = useState<LingeringCopy | null>(null);
  const settled = { onSettled: () => client.invalidateQueries({ queryKey: keys.lingering(workspace.id) }) };
  const retry = useMutation({
    mutationFn: (id: string) => api.bin.retryCopy(id),
    onSuccess: () => showDone(m.lingering.retried),
    onError: showError,
    ...settled,
  });
  const acknowledge = useMutation({
    mutationFn: (id: string) => api.bin.acknowledgeCopy(id),
    onSuccess: () => {
      setLetting(null);
      showDone(m.lingering.acknowledged);
    },
    onError: showError,
    ...settled,
  });
  const copies = query.data?.pages.flatMap((page) => page.items) ?? [];
  const canDecide = mayManage(workspace.role);
  if (query.error) return <Note tone="bad">{errorText(query.error)}</Note>;
  if (query.data && copies.length === 0) {
    return (
      <Empty
        icon={<IconCircleCheck size={34} stroke={1.5} />}
        title={m.lingering.emptyTitle}
        text={m.lingering.emptyText}
      />
    );
  }
  return (
    <>
      <p className={classes.sum}>{m.lingering.text}</p>
      <ul className={jobs.list}>
        {copies.map((copy) => (
          <li key={copy.id} className={jobs.job}>
            <div>
              <b>{copy.asset_name ?? copy.path}</b>
              <p>
                {copy.storage_name}: <code>{copy.path}</code>
              </p>
              {copy.reason && <p className={jobs.error}>{copy.reason}</p>}
              <p className="num">{facts(copy)}</p>
            </div>
            {canDecide && (
              <div className={classes.actions}>
                <Button
                  variant="default"
                  size="xs"
                  aria-label={`${m.lingering.retry}: ${copy.path}`}
                  onClick={() => retry.mutate(copy.id)}
                >
                  {m.lingering.retry}
                </Button>
                <Button
                  variant="default"
                  size="xs"
                  aria-label={`${m.lingering.acknowledge}: ${copy.path}`}
                  onClick={() => setLetting(copy)}
                >
                  {m.lingering.acknowledge}
                </Button>
              </div>
            )}
          </li>
        ))}
      </ul>
      <ShowMore query={query} />
      <Confirm
        isOpen={letting !== null}
        title={m.lingering.acknowledgeTitle}
        text={m.lingering.acknowledgeText(letting?.path ?? "", letting?.storage_name ?? "")}
        confirm={m.lingering.acknowledge}
        isPending={acknowledge.isPending}
        onConfirm={() => letting && acknowledge.mutate(letting.id)}
        onClose={() => setLetting(null)}
      />
    </>
  );
}

function facts(copy: LingeringCopy): string {
  const next = copy.next_attempt_at ? m.lingering.next(relative(copy.next_attempt_at)) : m.lingering.byHand;
  return [m.lingering.since(relative(copy.since)), m.jobs.attempts(copy.attempts), next].join(", ");
}
