import { Textarea, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { AssetDetail } from "../api/types";
import { m } from "../messages";
import { EditableField } from "./EditableField";
import { type TextField, textChange } from "./fields";
import { Edited, From } from "./Provenance";
import { useEditAsset } from "./useEditAsset";

interface TextFieldRowProps {
  detail: AssetDetail;
  field: Exclude<TextField, "city" | "state" | "country">;
  isLong?: boolean;
  render?: (text: string) => ReactNode;
}

/** A text of the metadata that can be edited in place. */
export function TextFieldRow({ detail, field, isLong, render }: TextFieldRowProps) {
  const edit = useEditAsset(detail.id);
  const value = detail.metadata[field] ?? "";
  const [text, setText] = useState(value);
  const label = m.editing.field[field];
  const input = {
    label,
    value: text,
    size: "sm",
    maxLength: isLong ? 10_000 : 500,
    onChange: (event: { currentTarget: { value: string } }) => setText(event.currentTarget.value),
  } as const;
  return (
    <EditableField
      name={label}
      value={
        value && (
          <>
            {render ? render(value) : value} <From detail={detail} fields={[field]} />
          </>
        )
      }
      below={detail.edits[field] && <Edited detail={detail} field={field} />}
      editor={isLong ? <Textarea {...input} autosize minRows={3} maxRows={10} /> : <TextInput {...input} />}
      onBegin={() => setText(value)}
      onSave={async () => {
        if (text.trim() !== value) await edit.mutateAsync(textChange(detail, field, text));
        return undefined;
      }}
    />
  );
}
