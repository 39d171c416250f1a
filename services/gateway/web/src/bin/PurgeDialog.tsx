import { Button, Group, Modal, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { binPlanQuery, keys } from "../api/queries";
import type { BinEntry, PurgePlan } from "../api/types";
import { inChunks } from "../gallery/bulk";
import { errorText, showDone } from "../lib/notify";
import { bytes, m } from "../messages";
import { Note } from "../shell/Note";
import { useWorkspace } from "../shell/useWorkspace";
import classes from "./bin.module.css";
import { Originals } from "./Originals";
import { fateText } from "./words";

interface PurgeProps {
  /** Null while there is nothing to ask about. */
  entries: readonly BinEntry[] | null;
  onClose: () => void;
  onDone: () => void;
}

/** Asks before assets are deleted for good, and lists exactly which originals go from where. */
export function PurgeDialog({ entries, onClose, onDone }: PurgeProps) {
  const { workspace, api } = useWorkspace();
  const client = useQueryClient();
  const some = (entries ?? []).filter((entry) => !entry.held);
  const purge = useMutation({
    mutationFn: () =>
      inChunks(
        some.map((entry) => entry.asset.id),
        async (ids) => {
          const { purging, problems } = await api.bin.purge(ids);
          return { done: purging, problems };
        },
        () => {},
      ),
    meta: { ownErrors: true },
    onSuccess: ({ done }) => {
      showDone(m.bin.deleting(done));
      onDone();
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.bin(workspace.id) }),
  });
  return (
    <Modal opened={entries !== null} onClose={onClose} title={m.bin.purgeTitle(some.length)} size={620}>
      {purge.error && (
        <Note tone="bad" role="alert">
          {errorText(purge.error)}
        </Note>
      )}
      <Text>{m.bin.purgeText}</Text>
      <ul className={classes.goes}>
        {some.map((entry) => (
          <li key={entry.asset.id}>
            <b>{entry.asset.name}</b>
            <Originals originals={entry.originals} />
          </li>
        ))}
      </ul>
      <Buttons
        confirm={m.bin.deleteNow}
        isPending={purge.isPending}
        onClose={onClose}
        onConfirm={() => purge.mutate()}
      />
    </Modal>
  );
}

/** Asks before everything in the bin is deleted for good. */
export function EmptyDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { workspace, api } = useWorkspace();
  const client = useQueryClient();
  const plan = useQuery({ ...binPlanQuery(workspace.id, api), enabled: isOpen });
  const empty = useMutation({
    mutationFn: () => api.bin.empty(),
    meta: { ownErrors: true },
    onSuccess: ({ assets }) => {
      showDone(m.bin.deleting(assets));
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.bin(workspace.id) }),
  });
  const error = empty.error ?? plan.error;
  return (
    <Modal opened={isOpen} onClose={onClose} title={m.bin.emptyDialogTitle} size={560}>
      {error && (
        <Note tone="bad" role="alert">
          {errorText(error)}
        </Note>
      )}
      <Text>{plan.data ? m.bin.emptyDialogText(plan.data.assets) : m.bin.planning}</Text>
      {plan.data && <Plan plan={plan.data} />}
      <Buttons
        confirm={m.bin.empty}
        isPending={empty.isPending}
        onClose={onClose}
        onConfirm={() => empty.mutate()}
      />
    </Modal>
  );
}

function Plan({ plan }: { plan: PurgePlan }) {
  return (
    <ul className={classes.goes}>
      {plan.lines.map((line) => (
        <li key={`${line.storage_id} ${fateText(line)}`}>
          <b>{line.storage_name}</b>
          <p className="num">
            {m.bin.originals(line.originals)}, {bytes(line.bytes)}: {fateText(line)}
          </p>
        </li>
      ))}
      {plan.held > 0 && (
        <li>
          <b>{m.hold.held}</b>
          <p className="num">{m.bin.heldStay(plan.held)}</p>
        </li>
      )}
    </ul>
  );
}

interface ButtonsProps {
  confirm: string;
  isPending: boolean;
  onClose: () => void;
  onConfirm: () => void;
}

function Buttons({ confirm, isPending, onClose, onConfirm }: ButtonsProps) {
  return (
    <Group justify="flex-end" mt={24}>
      <Button variant="default" onClick={onClose}>
        {m.common.cancel}
      </Button>
      <Button color="red" loading={isPending} onClick={onConfirm}>
        {confirm}
      </Button>
    </Group>
  );
}
