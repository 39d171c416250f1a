import { useMutation, useQueryClient } from "@tanstack/react-query";
import { keys } from "../api/queries";
import type { Id, Usage } from "../api/types";
import { showError } from "../lib/notify";
import { useWorkspace } from "../shell/useWorkspace";

/** Counts anew what the library and its storages hold; with `storage`, has that looked through, too. */
export function useRefreshUsage(storage?: Id, onCounted?: (usage: Usage) => void) {
  const { workspace, api } = useWorkspace();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.refreshUsage(storage),
    onSuccess: (usage) => {
      client.setQueryData(keys.usage(workspace.id), usage);
      for (const queryKey of [
        keys.storages(workspace.id),
        keys.plan(workspace.id),
        keys.stats(workspace.id),
      ]) {
        void client.invalidateQueries({ queryKey });
      }
      onCounted?.(usage);
    },
    onError: showError,
  });
}
