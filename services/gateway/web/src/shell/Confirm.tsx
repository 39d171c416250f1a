import { Button, Group, Modal, Text } from "@mantine/core";
import { m } from "../messages";

interface ConfirmProps {
  isOpen: boolean;
  title: string;
  text: string;
  /** What the button that does it says. */
  confirm: string;
  isPending: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that cannot be taken back. */
export function Confirm({ isOpen, title, text, confirm, isPending, onConfirm, onClose }: ConfirmProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title={title} size={460} zIndex={450}>
      <Text>{text}</Text>
      <Group justify="flex-end" mt={24}>
        <Button variant="default" onClick={onClose}>
          {m.common.cancel}
        </Button>
        <Button color="red" loading={isPending} onClick={onConfirm}>
          {confirm}
        </Button>
      </Group>
    </Modal>
  );
}
