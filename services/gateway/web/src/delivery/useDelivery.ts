import { useMutation, useQueryClient } from "@tanstack/react-query";
import { keys } from "../api/queries";
import type { Id } from "../api/types";
import { showDone } from "../lib/notify";
import { m } from "../messages";
import { useWorkspace } from "../shell/useWorkspace";

/** What people do about the ways of originals. */
export function useDelivery() {
  const { workspace, api } = useWorkspace();
  const client = useQueryClient();
  const refresh = async () => {
    const stale = [keys.mainStorage(workspace.id), keys.storages(workspace.id), keys.transfers(workspace.id)];
    await Promise.all(stale.map((queryKey) => client.invalidateQueries({ queryKey })));
  };
  const choose = useMutation({
    mutationFn: ({ id }: { id: Id | null; name: string }) => api.mainStorage.choose(id),
    onSuccess: (_main, { name }) => {
      showDone(m.delivery.main.chosen(name));
      return refresh();
    },
  });
  const retry = useMutation({
    mutationFn: (id: Id) => api.transfers.retry(id),
    onSuccess: () => showDone(m.delivery.ledger.trying),
    onSettled: refresh,
  });
  const retryAll = useMutation({
    mutationFn: (storage: Id | undefined) => api.transfers.retryAll(storage),
    onSuccess: ({ retried }) => showDone(m.delivery.waiting.trying(retried)),
    onSettled: refresh,
  });
  return { choose, retry, retryAll };
}
