import { useMutation, useQueryClient } from "@tanstack/react-query";
import { keys } from "../api/queries";
import type { AssetChanges } from "../api/types";
import { showError } from "../lib/notify";
import { mayEdit } from "../people/roles";
import { useWorkspace } from "../shell/useWorkspace";

/** Whether the person may edit; the server asks again. */
export function useCanEdit(): boolean {
  const { workspace } = useWorkspace();
  return mayEdit(workspace.role);
}

/** Changes an asset, and shows at once what became of it. */
export function useEditAsset(id: string) {
  const { workspace, api } = useWorkspace();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (changes: AssetChanges) => api.assets.update(id, changes),
    onSuccess: (detail) => {
      client.setQueryData(keys.asset(workspace.id, id), detail);
      void client.invalidateQueries({ queryKey: keys.facets(workspace.id) });
    },
    onError: showError,
  });
}
