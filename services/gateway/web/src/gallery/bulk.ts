import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "../api/queries";
import type { AssetChanges, AssetProblem } from "../api/types";
import { showDone, showError } from "../lib/notify";
import { m } from "../messages";
import { useWorkspace } from "../shell/useWorkspace";

/** As many as one request takes. */
const CHUNK = 500;

export type BulkTask = { changes: AssetChanges } | { overwrite: boolean };

export interface BulkOutcome {
  done: number;
  problems: AssetProblem[];
}

/** Runs a call over all ids, as many at a time as one request takes, one after the other. */
export async function inChunks(
  ids: readonly string[],
  call: (ids: readonly string[]) => Promise<BulkOutcome>,
  onProgress: (done: number) => void,
): Promise<BulkOutcome> {
  const all: BulkOutcome = { done: 0, problems: [] };
  for (let at = 0; at < ids.length; at += CHUNK) {
    const some = await call(ids.slice(at, at + CHUNK));
    all.done += some.done;
    all.problems.push(...some.problems);
    onProgress(Math.min(ids.length, at + CHUNK));
  }
  return all;
}

/** Edits or reads again what is selected, and tells what became of it. */
export function useBulk(ids: readonly string[], tell: (outcome: string) => void = showDone) {
  const { workspace, api } = useWorkspace();
  const client = useQueryClient();
  const [progress, setProgress] = useState(0);
  const mutation = useMutation({
    mutationFn: (task: BulkTask) => {
      setProgress(0);
      const call = async (some: readonly string[]): Promise<BulkOutcome> => {
        if ("changes" in task) {
          const { edited, problems } = await api.assets.edit(some, task.changes);
          return { done: edited, problems };
        }
        const { queued, problems } = await api.assets.reread(some, task.overwrite);
        return { done: queued, problems };
      };
      return inChunks(ids, call, setProgress);
    },
    onSuccess: ({ done, problems }, task) => {
      const told: string[] = [];
      if (done > 0) told.push("changes" in task ? m.selection.edited(done) : m.editing.rereadQueued(done));
      const why = [...new Set(problems.map((problem) => problem.detail))].join("; ");
      if (problems.length > 0) told.push(m.selection.problems(problems.length, why));
      tell(told.join(" "));
    },
    onError: showError,
    onSettled: () =>
      Promise.all(
        [keys.facets(workspace.id), [workspace.id, "asset"]].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  });
  return { run: mutation.mutate, isRunning: mutation.isPending, progress };
}
