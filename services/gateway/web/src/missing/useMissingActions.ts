import { useMutation, useQueryClient } from "@tanstack/react-query";
import { keys } from "../api/queries";
import type { AssetCheck, AssetProblem, Id } from "../api/types";
import { showDone, showError } from "../lib/notify";
import { m } from "../messages";
import { useWorkspace } from "../shell/useWorkspace";
import { checksWords, doneWords } from "./outcome";

/** As many as one request looks for. */
const CHUNK = 100;

async function inTurn<T>(ids: readonly Id[], call: (some: readonly Id[]) => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  for (let at = 0; at < ids.length; at += CHUNK) answers.push(await call(ids.slice(at, at + CHUNK)));
  return answers;
}

/** Looks for originals, restores and forgets, and tells what became of it. */
export function useMissingActions(onForgotten?: () => void) {
  const { workspace, api } = useWorkspace();
  const client = useQueryClient();
  const ws = workspace.id;
  const refresh = () =>
    Promise.all(
      [keys.missing(ws), keys.stats(ws), keys.storages(ws), [ws, "asset"]].map((queryKey) =>
        client.invalidateQueries({ queryKey }),
      ),
    );
  const about = { onError: showError, onSettled: refresh };

  const check = useMutation({
    mutationFn: (ids: readonly Id[]) => inTurn(ids, api.assets.check),
    onSuccess: (answers) => {
      const checks: AssetCheck[] = answers.flatMap((answer) => answer.items);
      const problems: AssetProblem[] = answers.flatMap((answer) => answer.problems);
      showDone(doneWords(checks.length > 0 ? checksWords(checks) : null, problems));
    },
    ...about,
  });
  const restore = useMutation({
    mutationFn: (ids: readonly Id[]) => inTurn(ids, api.assets.restoreMissing),
    onSuccess: (answers) => {
      const done = answers.reduce((sum, answer) => sum + answer.restored, 0);
      const problems = answers.flatMap((answer) => answer.problems);
      showDone(doneWords(done > 0 ? m.missing.restored(done) : null, problems));
    },
    ...about,
  });
  const forget = useMutation({
    mutationFn: (ids: readonly Id[]) => inTurn(ids, api.assets.forgetMissing),
    onSuccess: (answers) => {
      const done = answers.reduce((sum, answer) => sum + answer.forgotten, 0);
      const problems = answers.flatMap((answer) => answer.problems);
      showDone(doneWords(done > 0 ? m.missing.forgotten(done) : null, problems));
      if (done > 0) onForgotten?.();
    },
    ...about,
  });
  return { check, restore, forget };
}
