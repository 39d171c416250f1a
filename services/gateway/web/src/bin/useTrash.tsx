import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { keys } from "../api/queries";
import type { Id } from "../api/types";
import { type BulkOutcome, inChunks } from "../gallery/bulk";
import { closeButtonProps, showDone, showError } from "../lib/notify";
import { m } from "../messages";
import { useWorkspace } from "../shell/useWorkspace";

interface Options {
  onDone?: (ids: readonly Id[]) => void;
}

const told = (problems: BulkOutcome["problems"]) =>
  problems.length > 0
    ? m.selection.problems(problems.length, [...new Set(problems.map((one) => one.detail))].join("; "))
    : "";

/** Forgets what the bin and the library showed of these assets. */
function useForget() {
  const { workspace } = useWorkspace();
  const client = useQueryClient();
  return () =>
    Promise.all(
      [
        keys.bin(workspace.id),
        keys.timeline(workspace.id),
        keys.facets(workspace.id),
        [workspace.id, "asset"],
      ].map((queryKey) => client.invalidateQueries({ queryKey })),
    );
}

/** Takes assets out of the bin. */
export function useRestore({ onDone }: Options = {}) {
  const { api } = useWorkspace();
  const forget = useForget();
  return useMutation({
    mutationFn: (ids: readonly Id[]) =>
      inChunks(
        ids,
        async (some) => {
          const { restored, problems } = await api.bin.restore(some);
          return { done: restored, problems };
        },
        () => {},
      ),
    onSuccess: ({ done, problems }, ids) => {
      showDone([done > 0 ? m.bin.restored(done) : "", told(problems)].join(" ").trim());
      onDone?.(ids);
    },
    onError: showError,
    onSettled: forget,
  });
}

/** Moves assets to the bin, and offers to take it back. */
export function useTrash({ onDone }: Options = {}) {
  const { api } = useWorkspace();
  const forget = useForget();
  const restore = useRestore();
  return useMutation({
    mutationFn: (ids: readonly Id[]) =>
      inChunks(
        ids,
        async (some) => {
          const { trashed, problems } = await api.bin.trash(some);
          return { done: trashed, problems };
        },
        () => {},
      ),
    onSuccess: ({ done, problems }, ids) => {
      const id = notifications.show({
        autoClose: 10_000,
        closeButtonProps,
        message: (
          <Undo
            text={[m.bin.moved(done), told(problems)].join(" ").trim()}
            onUndo={() => {
              notifications.hide(id);
              restore.mutate(ids);
            }}
          />
        ),
      });
      onDone?.(ids);
    },
    onError: showError,
    onSettled: forget,
  });
}

function Undo({ text, onUndo }: { text: string; onUndo: () => void }) {
  return (
    <span style={{ display: "flex", alignItems: "center", gap: 12 }}>
      <span style={{ flex: 1 }}>{text}</span>
      <Button size="compact-sm" variant="subtle" onClick={onUndo}>
        {m.bin.undo}
      </Button>
    </span>
  );
}
