import { Button, Group, Modal, Text } from "@mantine/core";
import { useState } from "react";
import type { Storage } from "../api/types";
import { m } from "../messages";
import { ChoiceCards } from "./ChoiceCards";
import { useStorageActions } from "./useStorageActions";

interface PanelProps {
  storage: Storage;
  isOpen: boolean;
  onClose: () => void;
}

export function RemoveStorage({ storage, isOpen, onClose }: PanelProps) {
  const { remove } = useStorageActions(storage);
  const [entries, setEntries] = useState<"keep" | "drop" | null>(null);
  const count = storage.figures.assets;
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={m.removal.title(storage.name)}
      size={520}
      closeButtonProps={{ "aria-label": m.common.close }}
    >
      <Text mb={18}>{m.removal.text}</Text>
      <ChoiceCards
        label={m.removal.legend}
        value={entries}
        onChange={setEntries}
        choices={[
          { value: "keep", title: m.removal.keep, text: m.removal.keepText(count) },
          { value: "drop", title: m.removal.drop, text: m.removal.dropText(count) },
        ]}
      />
      <Group justify="flex-end" mt={24}>
        <Button variant="default" onClick={onClose}>
          {m.common.cancel}
        </Button>
        <Button
          color="red"
          disabled={entries === null}
          loading={remove.isPending}
          onClick={() => entries && remove.mutate(entries, { onSuccess: onClose })}
        >
          {m.removal.confirm}
        </Button>
      </Group>
    </Modal>
  );
}
