import { TextInput } from "@mantine/core";
import { useState } from "react";
import type { OnPurge, StorageAccess } from "../api/types";
import { m } from "../messages";
import { ChoiceCards } from "./ChoiceCards";

interface DeletionChoiceProps {
  name: string;
  access: StorageAccess;
  value: OnPurge | null;
  /** The policy in force; going over to `delete` is confirmed by typing the storage's name. */
  before: OnPurge | null;
  onChange: (value: OnPurge, isConfirmed: boolean) => void;
  isLabelHidden?: boolean;
}

export function DeletionChoice({
  name,
  access,
  value,
  before,
  onChange,
  isLabelHidden,
}: DeletionChoiceProps) {
  const [typed, setTyped] = useState("");
  const needsConfirmation = value === "delete" && before !== "delete";
  const isSame = (text: string) => text.trim().toLowerCase() === name.trim().toLowerCase();
  const isReadOnly = access === "read_only";
  // Only while it is being connected can the access still be chosen.
  const needsWrite = before === null ? m.connect.deleteNeedsWrite : m.edit.deleteNeedsWrite;
  return (
    <>
      <ChoiceCards
        label={m.connect.deletionTitle}
        isWide
        isLabelHidden={isLabelHidden ?? false}
        value={value}
        onChange={(next) => onChange(next, next === "keep" || before === "delete" || isSame(typed))}
        choices={[
          { value: "keep", title: m.connect.keep, text: m.connect.keepText },
          {
            value: "delete",
            title: m.connect.delete,
            text: isReadOnly ? needsWrite : m.connect.deleteText,
            disabled: isReadOnly,
          },
        ]}
      />
      {needsConfirmation && (
        <TextInput
          mt={16}
          label={m.connect.deleteConfirm(name)}
          description={m.connect.deleteConfirmHint}
          autoComplete="off"
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            onChange("delete", isSame(event.currentTarget.value));
          }}
        />
      )}
    </>
  );
}
