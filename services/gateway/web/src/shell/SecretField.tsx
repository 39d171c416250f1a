import { Button, CopyButton, TextInput } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { m } from "../messages";
import classes from "./secret.module.css";

/** Something that is shown this once, with a button that copies it. */
export function SecretField({ label, value }: { label: string; value: string }) {
  return (
    <div className={classes.secret}>
      <TextInput
        label={label}
        value={value}
        readOnly
        className={classes.field}
        onFocus={(event) => event.currentTarget.select()}
      />
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Button
            variant="default"
            onClick={copy}
            leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
          >
            <span aria-live="polite">{copied ? m.common.copied : m.common.copy}</span>
          </Button>
        )}
      </CopyButton>
    </div>
  );
}
