import { Button, Group, Modal, Text } from "@mantine/core";
import type { Storage } from "../api/types";
import { m } from "../messages";
import { useStorageActions } from "./useStorageActions";

interface PanelProps {
  storage: Storage;
  isOpen: boolean;
  onClose: () => void;
}

/** Switching off always says first how many photos it concerns. */
export function SwitchOff({ storage, isOpen, onClose }: PanelProps) {
  const { patch } = useStorageActions(storage);
  const confirm = () => patch.mutate({ on: false }, { onSuccess: onClose });
  return (
    <Modal opened={isOpen} onClose={onClose} title={m.storages.offTitle(storage.name)}>
      <Text>{m.storages.offText[storage.off_means](storage.figures.assets)}</Text>
      <Group justify="flex-end" mt={24}>
        <Button variant="default" onClick={onClose}>
          {m.common.cancel}
        </Button>
        <Button loading={patch.isPending} onClick={confirm}>
          {m.storages.switchOff}
        </Button>
      </Group>
    </Modal>
  );
}
