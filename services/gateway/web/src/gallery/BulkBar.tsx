import { Button, CloseButton, NativeSelect, Popover, Textarea, TextInput } from "@mantine/core";
import { IconFileSearch, IconPencil, IconTagMinus, IconTagPlus, IconTrash } from "@tabler/icons-react";
import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import type { AssetChanges } from "../api/types";
import { useTrash } from "../bin/useTrash";
import { m } from "../messages";
import { RATINGS } from "../viewer/RatingRow";
import { RereadMenu } from "../viewer/RereadMenu";
import { TagInput } from "../viewer/TagInput";
import { useCanEdit } from "../viewer/useEditAsset";
import { type BulkTask, useBulk } from "./bulk";
import classes from "./bulk.module.css";
import type { Selection } from "./useSelection";

const icon = { size: 17, stroke: 1.7, "aria-hidden": true } as const;

/** What can be done with everything that is selected, at the foot of the gallery. */
export function BulkBar({ selection }: { selection: Selection }) {
  const ids = [...selection.ids];
  const [outcome, setOutcome] = useState("");
  const { run, isRunning, progress } = useBulk(ids, setOutcome);
  const canEdit = useCanEdit();
  const trash = useTrash({ onDone: selection.clear });
  useEffect(() => {
    if (ids.length === 0) setOutcome("");
  }, [ids.length]);
  if (ids.length === 0) return null;
  return (
    <section
      className={classes.bar}
      aria-label={m.selection.bar}
      onKeyDown={(event) => event.key === "Escape" && !event.defaultPrevented && selection.clear()}
    >
      <CloseButton aria-label={m.selection.clear} onClick={selection.clear} />
      <p role="status" className={`${classes.count} num`}>
        {isRunning ? m.selection.working(progress, ids.length) : m.selection.count(ids.length)}
        {outcome && !isRunning && <small>{outcome}</small>}
      </p>
      <div className={classes.actions}>
        <TagAction label={m.selection.addTag} leading={<IconTagPlus {...icon} />} disabled={isRunning}>
          {(close) => (
            <TagInput
              label={m.selection.addTag}
              onSubmit={(tag) => {
                run({ changes: { add_tags: [tag] } });
                close();
              }}
            />
          )}
        </TagAction>
        <TagAction label={m.selection.removeTag} leading={<IconTagMinus {...icon} />} disabled={isRunning}>
          {(close) => (
            <TagInput
              label={m.selection.removeTag}
              onSubmit={(tag) => {
                run({ changes: { remove_tags: [tag] } });
                close();
              }}
            />
          )}
        </TagAction>
        <TagAction label={m.selection.setField} leading={<IconPencil {...icon} />} disabled={isRunning}>
          {(close) => (
            <SetField
              onRun={(task) => {
                run(task);
                close();
              }}
            />
          )}
        </TagAction>
        {canEdit && (
          <Button
            size="sm"
            variant="default"
            aria-label={m.bin.move}
            loading={trash.isPending}
            disabled={isRunning}
            leftSection={<IconTrash {...icon} />}
            onClick={() => trash.mutate(ids)}
          >
            <span className={classes.word}>{m.bin.move}</span>
          </Button>
        )}
        <RereadMenu
          onReread={(overwrite) => run({ overwrite })}
          target={
            <Button
              size="sm"
              variant="default"
              aria-label={m.editing.reread}
              disabled={isRunning}
              leftSection={<IconFileSearch {...icon} />}
            >
              <span className={classes.word}>{m.editing.reread}</span>
            </Button>
          }
        />
      </div>
    </section>
  );
}

interface TagActionProps {
  label: string;
  leading: ReactNode;
  disabled: boolean;
  children: (close: () => void) => ReactNode;
}

function TagAction({ label, leading, disabled, children }: TagActionProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover
      opened={isOpen}
      onChange={setOpen}
      position="top"
      width={280}
      shadow="md"
      trapFocus
      returnFocus
      withRoles
      closeOnEscape
      keepMounted={false}
    >
      <Popover.Target>
        <Button
          size="sm"
          variant="default"
          aria-label={label}
          disabled={disabled}
          leftSection={leading}
          onClick={() => setOpen(!isOpen)}
        >
          <span className={classes.word}>{label}</span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown
        aria-label={label}
        onKeyDown={(event) => event.key === "Escape" && event.stopPropagation()}
      >
        {children(() => setOpen(false))}
      </Popover.Dropdown>
    </Popover>
  );
}

const FIELDS = [
  "title",
  "description",
  "creator",
  "copyright",
  "city",
  "state",
  "country",
  "taken_at",
  "rating",
] as const;

function SetField({ onRun }: { onRun: (task: BulkTask) => void }) {
  const [field, setField] = useState<(typeof FIELDS)[number]>("creator");
  const [value, setValue] = useState("");
  const label = m.selection.value;
  const change = (event: { currentTarget: { value: string } }) => setValue(event.currentTarget.value);
  const apply = (event: FormEvent) => {
    event.preventDefault();
    const changes: AssetChanges = { [field]: field === "rating" ? Number(value) : value.trim() };
    onRun({ changes });
  };
  return (
    <form className={classes.form} onSubmit={apply}>
      <NativeSelect
        label={m.selection.which}
        value={field}
        data={FIELDS.map((name) => ({ value: name, label: m.editing.field[name] }))}
        onChange={(event) => {
          setField(event.currentTarget.value as (typeof FIELDS)[number]);
          setValue("");
        }}
      />
      {field === "rating" ? (
        <NativeSelect
          label={label}
          value={value}
          onChange={change}
          data={[
            { value: "", label: "…" },
            ...RATINGS.map((stars) => ({ value: String(stars), label: m.editing.stars(stars) })),
          ]}
        />
      ) : field === "description" ? (
        <Textarea label={label} value={value} onChange={change} autosize minRows={2} maxRows={6} />
      ) : (
        <TextInput
          label={label}
          type={field === "taken_at" ? "datetime-local" : "text"}
          step={1}
          value={value}
          onChange={change}
        />
      )}
      <Button type="submit" disabled={value.trim() === ""}>
        {m.selection.apply}
      </Button>
      <Button variant="subtle" onClick={() => onRun({ changes: { [field]: null } })}>
        {m.selection.useFile}
      </Button>
    </form>
  );
}
