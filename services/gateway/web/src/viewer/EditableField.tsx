import { Button } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { m } from "../messages";
import { useCanEdit } from "./useEditAsset";
import classes from "./viewer.module.css";

interface EditableFieldProps {
  /** What it is called in "Edit …" and "Add …". */
  name: string;
  /** What is shown; nothing offers to add it. */
  value: ReactNode;
  /** Provenance, below the value. */
  below?: ReactNode;
  /** The inputs, the first of which takes the focus. */
  editor: ReactNode;
  /** Saves; a message when what was typed is not right, nothing when it is saved. */
  onSave: () => Promise<string | undefined>;
  /** Called when editing begins: the inputs start from what is shown. */
  onBegin: () => void;
}

/** A value that becomes inputs when somebody edits it: Enter saves, Escape leaves it as it was. */
export function EditableField({ name, value, below, editor, onSave, onBegin }: EditableFieldProps) {
  const canEdit = useCanEdit();
  const [isEditing, setEditing] = useState(false);
  const [isSaving, setSaving] = useState(false);
  const [error, setError] = useState<string>();
  const form = useRef<HTMLFormElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const wasEditing = useRef(false);

  useEffect(() => {
    if (isEditing) form.current?.querySelector<HTMLElement>("input, textarea, select")?.focus();
    else if (wasEditing.current) opener.current?.focus();
    wasEditing.current = isEditing;
  }, [isEditing]);

  const begin = () => {
    onBegin();
    setError(undefined);
    setEditing(true);
  };
  const save = async () => {
    setSaving(true);
    try {
      const wrong = await onSave();
      setError(wrong);
      if (wrong === undefined) setEditing(false);
    } catch {
      // Whoever sends it has shown why; what was typed stays.
    } finally {
      setSaving(false);
    }
  };

  if (isEditing) {
    return (
      <form
        ref={form}
        className={classes.editor}
        aria-label={m.editing.edit(name)}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void save();
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.preventDefault();
            event.stopPropagation();
            setEditing(false);
          }
        }}
      >
        {editor}
        {error && (
          <p role="alert" className={classes.bad}>
            {error}
          </p>
        )}
        <div className={classes.editorButtons}>
          <Button type="submit" size="compact-sm" loading={isSaving}>
            {m.common.save}
          </Button>
          <Button size="compact-sm" variant="subtle" color="gray" onClick={() => setEditing(false)}>
            {m.common.cancel}
          </Button>
        </div>
      </form>
    );
  }
  if (!value && !below) {
    if (!canEdit) return null;
    return (
      <button ref={opener} type="button" className={classes.adder} onClick={begin}>
        {m.editing.add(name)}
      </button>
    );
  }
  return (
    <div className={classes.editable}>
      <div className={classes.editableValue}>
        {value || <span className={classes.origin}>{m.editing.noValue}</span>}
        {below}
      </div>
      {canEdit && (
        <button
          ref={opener}
          type="button"
          className={classes.pencil}
          aria-label={m.editing.edit(name)}
          onClick={begin}
        >
          <IconPencil size={16} stroke={1.7} aria-hidden />
        </button>
      )}
    </div>
  );
}
