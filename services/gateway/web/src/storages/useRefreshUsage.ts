import { useMutation, useQueryClient } from "@tanstack/react-query";
import { keys } from "../api/queries";
import type { Usage } from "../api/types";
import { showError } from "../lib/notify";
import { useWorkspace } from "../shell/useWorkspace";

/** Counts anew what the library and its storages hold. */
export function useRefreshUsage(onCounted?: (usage: Usage) => void) {
  const { workspace, api } = useWorkspace();
  const client = useQueryClient();
  return useMutation({
    mutationFn: api.refreshUsage,
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
