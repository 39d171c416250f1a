import { Button, Group, Modal, NumberInput, Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ApiError } from "../api/client";
import { keys, storagesQuery } from "../api/queries";
import type { RetentionRule } from "../api/types";
import { errorText } from "../lib/notify";
import { m } from "../messages";
import people from "../people/people.module.css";
import { Note } from "../shell/Note";
import { useWorkspace } from "../shell/useWorkspace";
import { Preview } from "./Preview";
import { draftOf, EMPTY_RULE, type RuleDraft, termsOf } from "./terms";

/** Makes or changes a rule; what it means now shows before it is saved. */
export function RuleDialog({ rule, onClose }: { rule: RetentionRule | null; onClose: () => void }) {
  const { workspace, api } = useWorkspace();
  const [draft, setDraft] = useState<RuleDraft>(rule ? draftOf(rule) : EMPTY_RULE);
  const [shown] = useDebouncedValue(draft, 300);
  const client = useQueryClient();
  const storages = useQuery(storagesQuery(workspace.id, api));
  const change = (part: Partial<RuleDraft>) => setDraft((old) => ({ ...old, ...part }));
  const terms = termsOf(draft);
  const save = useMutation({
    mutationFn: () => {
      const body = { name: draft.name, terms: terms ?? {}, on: rule?.on ?? true };
      return rule ? api.retention.update(rule.id, body) : api.retention.make(body);
    },
    meta: { ownErrors: true },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.retention(workspace.id) });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const fields = save.error instanceof ApiError ? save.error.fields : {};
  const places = storages.data?.map((one) => ({ value: one.id, label: one.name })) ?? [];
  return (
    <Modal
      opened
      onClose={onClose}
      title={rule ? m.retention.editTitle(rule.name) : m.retention.make}
      size={620}
    >
      <form className={people.dialog} onSubmit={submit}>
        {save.error && Object.keys(fields).length === 0 && (
          <Note tone="bad" role="alert">
            {errorText(save.error)}
          </Note>
        )}
        <TextInput
          label={m.retention.name}
          required
          withAsterisk={false}
          value={draft.name}
          error={fields.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <TextInput
          label={m.retention.tag}
          description={m.retention.tagHint}
          value={draft.tag}
          error={fields["terms.tag"]}
          onChange={(event) => change({ tag: event.currentTarget.value })}
        />
        <Group grow align="flex-start">
          <NumberInput
            label={m.retention.days}
            min={1}
            max={36_500}
            allowDecimal={false}
            value={draft.days}
            error={fields["terms.age.days"]}
            onChange={(days) => change({ days })}
          />
          <Select
            label={m.retention.since}
            value={draft.basis}
            allowDeselect={false}
            data={[
              { value: "captured", label: m.retention.basis.captured },
              { value: "imported", label: m.retention.basis.imported },
            ]}
            onChange={(basis) => basis && change({ basis: basis as RuleDraft["basis"] })}
          />
        </Group>
        <Select
          label={m.retention.storage}
          placeholder={m.retention.anyStorage}
          clearable
          clearButtonProps={{ "aria-label": m.retention.anyStorage }}
          value={draft.storage}
          data={places}
          error={fields["terms.storage_id"]}
          onChange={(storage) => change({ storage })}
        />
        <Preview terms={termsOf(shown)} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {m.common.cancel}
          </Button>
          <Button
            type="submit"
            loading={save.isPending}
            disabled={terms === null || draft.name.trim() === ""}
          >
            {m.common.save}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
