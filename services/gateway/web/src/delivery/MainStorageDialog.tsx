import { Button, Group, Modal, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { planQuery } from "../api/queries";
import type { MainStorage, Storage } from "../api/types";
import { m } from "../messages";
import { useWorkspace } from "../shell/useWorkspace";
import { ChoiceCards } from "../storages/ChoiceCards";
import { whereIs } from "../storages/words";
import { CENTRAL, mainChoices } from "./mainChoice";
import { useDelivery } from "./useDelivery";

interface DialogProps {
  main: MainStorage;
  storages: readonly Storage[];
  isOpen: boolean;
  onClose: () => void;
}

/** Chooses where new originals go; what exists stays where it is. */
export function MainStorageDialog({ main, storages, isOpen, onClose }: DialogProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title={m.delivery.main.dialog} size={560}>
      <ChoiceForm main={main} storages={storages} onClose={onClose} />
    </Modal>
  );
}

function ChoiceForm({ main, storages, onClose }: Omit<DialogProps, "isOpen">) {
  const { workspace, api } = useWorkspace();
  const inPlan = useQuery(planQuery(workspace.id, api)).data?.limits.external_storages ?? true;
  const { choose } = useDelivery();
  const now = main.storage_id ?? CENTRAL;
  const [value, setValue] = useState(now);
  const words = m.delivery.main;
  const kind = (storage: Storage) => `${m.storages.kind[storage.kind]}, ${whereIs(storage)}`;
  const choices = mainChoices(storages, kind, inPlan);
  const save = (event: FormEvent) => {
    event.preventDefault();
    const name = choices.find((choice) => choice.value === value)?.title ?? words.central;
    choose.mutate({ id: value === CENTRAL ? null : value, name }, { onSuccess: onClose });
  };
  return (
    <form onSubmit={save}>
      <Text mb={18}>{words.dialogText}</Text>
      <ChoiceCards label={words.choose} isLabelHidden value={value} onChange={setValue} choices={choices} />
      <Group justify="flex-end" mt={24}>
        <Button variant="default" onClick={onClose}>
          {m.common.cancel}
        </Button>
        <Button type="submit" loading={choose.isPending} disabled={value === now}>
          {words.save}
        </Button>
      </Group>
    </form>
  );
}
