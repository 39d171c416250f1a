import { Button } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { batchesQuery, keys } from "../api/queries";
import type { RetentionBatch } from "../api/types";
import bin from "../bin/bin.module.css";
import { showDone, showError } from "../lib/notify";
import { bytes, m, relative } from "../messages";
import people from "../people/people.module.css";
import { useWorkspace } from "../shell/useWorkspace";
import classes from "./retention.module.css";

/** What rules meant, those first that wait for a decision. */
export function Batches() {
  const { workspace, api } = useWorkspace();
  const client = useQueryClient();
  const query = useInfiniteQuery({ ...batchesQuery(workspace.id, api), refetchInterval: 10_000 });
  const decide = useMutation({
    mutationFn: ({ id, approve }: { id: string; approve: boolean }) =>
      approve ? api.retention.approve(id) : api.retention.refuse(id),
    onSuccess: (batch) => showDone(m.retention.decided[batch.state]),
    onError: showError,
    onSettled: () => {
      void client.invalidateQueries({ queryKey: keys.retention(workspace.id) });
      void client.invalidateQueries({ queryKey: keys.bin(workspace.id) });
    },
  });
  const batches = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (batches.length === 0) return null;
  const waiting = batches.filter((batch) => batch.state === "waiting");
  const others = batches.filter((batch) => batch.state !== "waiting");
  return (
    <>
      {waiting.length > 0 && (
        <section className={classes.batches} aria-labelledby="waiting">
          <h2 id="waiting">{m.retention.waiting}</h2>
          <p className={people.hint}>{m.retention.waitingText}</p>
          <ul className={people.list}>
            {waiting.map((batch) => (
              <li key={batch.id} className={people.row}>
                <About batch={batch} />
                <div className={bin.actions}>
                  <Button
                    size="xs"
                    variant="default"
                    disabled={decide.isPending}
                    aria-label={`${m.retention.refuse}: ${batch.rule_name}`}
                    onClick={() => decide.mutate({ id: batch.id, approve: false })}
                  >
                    {m.retention.refuse}
                  </Button>
                  <Button
                    size="xs"
                    color="red"
                    disabled={decide.isPending}
                    aria-label={`${m.retention.approve(batch.assets)}: ${batch.rule_name}`}
                    onClick={() => decide.mutate({ id: batch.id, approve: true })}
                  >
                    {m.retention.approve(batch.assets)}
                  </Button>
                </div>
              </li>
            ))}
          </ul>
        </section>
      )}
      {others.length > 0 && (
        <section className={classes.batches} aria-labelledby="batches">
          <h2 id="batches">{m.retention.history}</h2>
          <ul className={people.list}>
            {others.map((batch) => (
              <li key={batch.id} className={people.row}>
                <About batch={batch} />
              </li>
            ))}
          </ul>
          {query.hasNextPage && (
            <Button variant="default" mt={12} onClick={() => void query.fetchNextPage()}>
              {m.common.loadMore}
            </Button>
          )}
        </section>
      )}
    </>
  );
}

function About({ batch }: { batch: RetentionBatch }) {
  return (
    <div className={people.who}>
      <b>{batch.rule_name}</b>
      <p>
        {m.retention.batch(batch.assets, batch.live_assets, bytes(batch.bytes), relative(batch.created_at))}
      </p>
      {batch.state !== "waiting" && (
        <p>
          {m.retention.outcome[batch.state](batch.binned)}
          {batch.decided_by && `, ${m.retention.by(batch.decided_by)}`}
        </p>
      )}
    </div>
  );
}
