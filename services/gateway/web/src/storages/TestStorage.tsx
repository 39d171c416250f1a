import { Button, Group, Loader, Modal } from "@mantine/core";
import { useEffect, useRef } from "react";
import type { Storage } from "../api/types";
import { errorText } from "../lib/notify";
import { m } from "../messages";
import { Note } from "../shell/Note";
import { ProbeSteps } from "./ProbeSteps";
import { useStorageActions } from "./useStorageActions";

interface PanelProps {
  storage: Storage;
  isOpen: boolean;
  onClose: () => void;
}

export function TestStorage({ storage, isOpen, onClose }: PanelProps) {
  const { test } = useStorageActions(storage);
  const run = useRef(test.mutate);
  useEffect(() => {
    if (isOpen) run.current();
  }, [isOpen]);
  return (
    <Modal opened={isOpen} onClose={onClose} title={m.probe.title} size={520}>
      {test.isPending && (
        <Group gap={12} role="status" py={16}>
          <Loader size="sm" />
          {m.probe.running}
        </Group>
      )}
      {test.error && <Note tone="bad">{errorText(test.error)}</Note>}
      {test.data && !test.isPending && <ProbeSteps report={test.data} />}
      <Group justify="flex-end" mt={16}>
        <Button variant="default" disabled={test.isPending} onClick={() => test.mutate()}>
          {m.probe.again}
        </Button>
      </Group>
    </Modal>
  );
}
