import { Button, Group, Modal, Text } from "@mantine/core";
import { useState } from "react";
import type { Storage } from "../api/types";
import { useMigrations } from "../delivery/useMigrations";
import { m } from "../messages";
import { Note } from "../shell/Note";
import { ChoiceCards } from "./ChoiceCards";
import { useStorageActions } from "./useStorageActions";

/** What becomes of the entries; with `home`, nothing is removed yet. */
type Answer = "keep" | "drop" | "home";

interface PanelProps {
  storage: Storage;
  isOpen: boolean;
  onClose: () => void;
}

export function RemoveStorage({ storage, isOpen, onClose }: PanelProps) {
  const { remove } = useStorageActions(storage);
  const { begin } = useMigrations();
  const [entries, setEntries] = useState<Answer | null>(null);
  const confirm = () => {
    if (entries === "home") {
      const body = { from_storage_id: storage.id, to_storage_id: null, leave_source: true };
      begin.mutate(body, { onSuccess: onClose });
    } else if (entries) remove.mutate(entries, { onSuccess: onClose });
  };
  const isHome = entries === "home";
  const count = storage.figures.assets;
  const { waiting } = storage.delivery;
  const notes = [
    ...(storage.roles.includes("main") ? [m.removal.main] : []),
    ...(waiting > 0 ? [m.removal.waiting(waiting)] : []),
  ];
  return (
    <Modal opened={isOpen} onClose={onClose} title={m.removal.title(storage.name)} size={520}>
      <Text mb={18}>{m.removal.text}</Text>
      {notes.length > 0 && (
        <div style={{ marginBottom: 18 }}>
          <Note tone="warn">{notes.join(" ")}</Note>
        </div>
      )}
      <ChoiceCards
        label={m.removal.legend}
        value={entries}
        onChange={setEntries}
        choices={[
          { value: "keep", title: m.removal.keep, text: m.removal.keepText(count) },
          { value: "drop", title: m.removal.drop, text: m.removal.dropText(count) },
          { value: "home", title: m.removal.home, text: m.removal.homeText(count) },
        ]}
      />
      <Group justify="flex-end" mt={24}>
        <Button variant="default" onClick={onClose}>
          {m.common.cancel}
        </Button>
        <Button
          {...(!isHome && { color: "red" })}
          disabled={entries === null}
          loading={remove.isPending || begin.isPending}
          onClick={confirm}
        >
          {isHome ? m.removal.bringHome : m.removal.confirm}
        </Button>
      </Group>
    </Modal>
  );
}
