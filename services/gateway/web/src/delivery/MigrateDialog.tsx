import { Button, Checkbox, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { mainStorageQuery, planQuery, storagesQuery, usageQuery } from "../api/queries";
import type { Storage } from "../api/types";
import { bytes, m } from "../messages";
import { Note } from "../shell/Note";
import { useWorkspace } from "../shell/useWorkspace";
import { CENTRAL } from "./mainChoice";
import { defaultTarget, targetsFor } from "./migration";
import { isName } from "./settingsDraft";
import { useMigrations } from "./useMigrations";

type Figures = Pick<Storage["figures"], "objects" | "bytes">;

interface DialogProps {
  /** A storage, or central storage. */
  from: string;
  isOpen: boolean;
  onClose: () => void;
}

/** Asks where the originals of a storage are to go, and begins to move them. */
export function MigrateDialog({ from, isOpen, onClose }: DialogProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title={m.delivery.migrate.title} size={520}>
      <MigrateForm from={from} onClose={onClose} />
    </Modal>
  );
}

function MigrateForm({ from: first, onClose }: Omit<DialogProps, "isOpen">) {
  const { workspace, api } = useWorkspace();
  const storages = useQuery(storagesQuery(workspace.id, api)).data ?? [];
  const main = useQuery(mainStorageQuery(workspace.id, api)).data?.storage_id ?? null;
  const inPlan = useQuery(planQuery(workspace.id, api)).data?.limits.external_storages ?? true;
  const counted = useQuery(usageQuery(workspace.id, api)).data;
  const central = counted?.storages.find((one) => one.kind === "central");
  const { begin } = useMigrations();
  const [from, setFrom] = useState(first);
  const [chosen, setChosen] = useState<string | null>(null);
  const [isLeft, setLeft] = useState(false);
  const [typed, setTyped] = useState("");
  const words = m.delivery.migrate;
  const source = storages.find((one) => one.id === from);
  const targets = targetsFor(from, storages, inPlan);
  const to =
    targets.find(({ value }) => value === chosen)?.value ?? defaultTarget(from, main, storages, inPlan);
  const leaves = isLeft || source?.access === "read_only";
  const needsName = source !== undefined && !leaves;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const id = (end: string | null) => (end === CENTRAL ? null : end);
    const body = { from_storage_id: id(from), to_storage_id: id(to), leave_source: leaves };
    begin.mutate(body, { onSuccess: onClose });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap={18}>
        <Text>{words.text}</Text>
        <Select
          label={words.from}
          data={[
            { value: CENTRAL, label: words.central },
            ...storages.map((one) => ({ value: one.id, label: one.name })),
          ]}
          value={from}
          description={countOf(source ? source.figures : central)}
          allowDeselect={false}
          onChange={(value) => {
            setFrom(value ?? CENTRAL);
            setTyped("");
          }}
        />
        {to === null ? (
          <Note tone="info">{words.noTarget}</Note>
        ) : (
          <Select label={words.to} data={targets} value={to} allowDeselect={false} onChange={setChosen} />
        )}
        {source && (
          <Checkbox
            label={words.leave}
            description={source.access === "read_only" ? words.leaveForced : words.leaveText}
            checked={leaves}
            disabled={source.access === "read_only"}
            onChange={(event) => setLeft(event.currentTarget.checked)}
          />
        )}
        {needsName && (
          <TextInput
            label={words.confirm(source.name)}
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {m.common.cancel}
          </Button>
          <Button
            type="submit"
            loading={begin.isPending}
            disabled={to === null || (needsName && !isName(typed, source.name))}
          >
            {leaves ? words.beginCopy : words.begin}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** How many originals there are; central storage is only known by its last count. */
function countOf(figures: Figures | undefined): string {
  const words = m.delivery.migrate;
  if (!figures) return words.countLater;
  return figures.objects > 0 ? words.count(figures.objects, bytes(figures.bytes)) : words.none;
}
