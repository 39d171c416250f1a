import { useMutation, useQueryClient } from "@tanstack/react-query";
import { keys } from "../api/queries";
import type { Storage, StoragePatch } from "../api/types";
import { showDone } from "../lib/notify";
import { m } from "../messages";
import { useWorkspace } from "../shell/useWorkspace";

export function useStorageActions(storage: Pick<Storage, "id" | "name">) {
  const { workspace, api } = useWorkspace();
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: keys.storages(workspace.id) });
  const refreshAll = () => client.invalidateQueries({ queryKey: [workspace.id] });

  const scan = useMutation({
    mutationFn: () => api.storages.scan(storage.id),
    onSuccess: () => {
      showDone(m.storages.scanStarted(storage.name));
      return refresh();
    },
  });
  const patch = useMutation({
    mutationFn: (change: StoragePatch) => api.storages.patch(storage.id, change),
    onSuccess: refresh,
  });
  const confirmAbsence = useMutation({
    mutationFn: (absent: number) => api.storages.confirmAbsence(storage.id, absent),
    onSuccess: refresh,
  });
  const setImportUser = useMutation({
    mutationFn: (user: string | null) => api.storages.setImportUser(storage.id, user),
    onSuccess: () => {
      showDone(m.importUser.saved);
      return refresh();
    },
  });
  const test = useMutation({ mutationFn: () => api.storages.test(storage.id), onSuccess: refresh });
  const remove = useMutation({
    mutationFn: (entries: "keep" | "drop") => api.storages.remove(storage.id, entries),
    onSuccess: () => {
      showDone(m.removal.removed(storage.name));
      return refreshAll();
    },
  });
  return { scan, patch, confirmAbsence, setImportUser, test, remove };
}
