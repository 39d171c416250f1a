import { useMutation, useQueryClient } from "@tanstack/react-query";
import { keys } from "../api/queries";
import { showDone } from "../lib/notify";
import { m } from "../messages";
import { useWorkspace } from "../shell/useWorkspace";

export function useRetryAsset() {
  const { workspace, api } = useWorkspace();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.assets.retry(id),
    onSuccess: (_answer, id) => {
      showDone(m.viewer.retried);
      return client.invalidateQueries({ queryKey: keys.asset(workspace.id, id) });
    },
  });
}
