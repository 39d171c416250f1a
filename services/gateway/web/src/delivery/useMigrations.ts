import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { keys, migrationsQuery } from "../api/queries";
import type { Id, NewMigration } from "../api/types";
import { showDone } from "../lib/notify";
import { m } from "../messages";
import { useWorkspace } from "../shell/useWorkspace";
import { isRunning } from "./migration";

/** The latest moves of many originals, and what people do about them. */
export function useMigrations() {
  const { workspace, api } = useWorkspace();
  const client = useQueryClient();
  const refresh = async () => {
    const stale = [
      keys.migrations(workspace.id),
      keys.mainStorage(workspace.id),
      keys.storages(workspace.id),
    ];
    await Promise.all(stale.map((queryKey) => client.invalidateQueries({ queryKey })));
  };
  const list = useQuery({
    ...migrationsQuery(workspace.id, api),
    refetchInterval: ({ state }) => (state.data?.some(isRunning) ? 2000 : false),
  });
  const begin = useMutation({
    mutationFn: (body: NewMigration) => api.migrations.begin(body),
    onSuccess: () => {
      showDone(m.delivery.migrate.begun);
      return refresh();
    },
  });
  const cancel = useMutation({
    mutationFn: (id: Id) => api.migrations.cancel(id),
    onSuccess: () => showDone(m.delivery.migrate.cancelled),
    onSettled: refresh,
  });
  const resume = useMutation({
    mutationFn: (id: Id) => api.migrations.resume(id),
    onSuccess: () => showDone(m.delivery.migrate.resumed),
    onSettled: refresh,
  });
  return { list, begin, cancel, resume };
}
