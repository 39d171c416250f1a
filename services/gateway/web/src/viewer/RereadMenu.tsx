import { Button, Menu } from "@mantine/core";
import { IconFileSearch } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { m } from "../messages";

interface RereadMenuProps {
  onReread: (overwrite: boolean) => void;
  loading?: boolean;
  target?: ReactElement;
}

/** Reading again, and who wins: people or the file. */
export function RereadMenu({ onReread, loading, target }: RereadMenuProps) {
  return (
    <Menu position="top-start" width={300} shadow="md" zIndex={410} withinPortal={false}>
      <Menu.Target>
        {target ?? (
          <Button
            size="xs"
            variant="default"
            loading={loading ?? false}
            leftSection={<IconFileSearch size={16} stroke={1.7} aria-hidden />}
          >
            {m.editing.reread}
          </Button>
        )}
      </Menu.Target>
      <Menu.Dropdown>
        <Choice
          title={m.editing.rereadKeep}
          text={m.editing.rereadKeepText}
          onClick={() => onReread(false)}
        />
        <Choice
          title={m.editing.rereadOverwrite}
          text={m.editing.rereadOverwriteText}
          onClick={() => onReread(true)}
        />
      </Menu.Dropdown>
    </Menu>
  );
}

function Choice({ title, text, onClick }: { title: string; text: string; onClick: () => void }) {
  return (
    <Menu.Item onClick={onClick}>
      <b style={{ display: "block", fontWeight: 550 }}>{title}</b>
      <small style={{ color: "var(--ink-2)", lineHeight: 1.4, display: "block" }}>{text}</small>
    </Menu.Item>
  );
}
