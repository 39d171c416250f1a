import { Button, Group, Modal, Stack, Switch } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ApiError } from "../api/client";
import { keys } from "../api/queries";
import type { Storage } from "../api/types";
import { errorText, showDone } from "../lib/notify";
import { m } from "../messages";
import { Note } from "../shell/Note";
import { useWorkspace } from "../shell/useWorkspace";
import { CollectorFields } from "./CollectorFields";
import classes from "./delivery.module.css";
import { KeepFields } from "./KeepFields";
import { NameFields } from "./NameFields";
import { changeOf, type DeliveryDraft, draftOf, isName, startsMoving } from "./settingsDraft";

interface PanelProps {
  storage: Storage;
  isOpen: boolean;
  onClose: () => void;
}

/** How originals come into a storage, and whether its own are moved out of it. */
export function DeliverySettings({ storage, isOpen, onClose }: PanelProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title={m.delivery.settings.title(storage.name)} size={640}>
      {storage.access === "read_only" ? (
        <Note tone="info" title={m.delivery.settings.readOnly}>
          {m.delivery.settings.readOnlyText}
        </Note>
      ) : (
        <SettingsForm storage={storage} onClose={onClose} />
      )}
    </Modal>
  );
}

function useSave(storage: Storage, onSaved: () => void) {
  const { workspace, api } = useWorkspace();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ([before, after]: [DeliveryDraft, DeliveryDraft]) =>
      api.storages.patch(storage.id, { delivery: changeOf(before, after) }),
    meta: { ownErrors: true },
    onSuccess: async () => {
      showDone(m.delivery.settings.saved);
      onSaved();
      await client.invalidateQueries({ queryKey: keys.storages(workspace.id) });
    },
  });
}

function SettingsForm({ storage, onClose }: Omit<PanelProps, "isOpen">) {
  const [before] = useState(() => draftOf(storage));
  const [draft, setDraft] = useState(before);
  const [typed, setTyped] = useState("");
  const save = useSave(storage, onClose);
  const change = (part: Partial<DeliveryDraft>) => setDraft((old) => ({ ...old, ...part }));
  const words = m.delivery.settings;
  const needsConfirmation = startsMoving(before, draft);
  const isChanged = Object.keys(changeOf(before, draft)).length > 0;
  const errors = save.error instanceof ApiError ? save.error.fields : {};
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate([before, draft]);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap={26}>
        <section className={classes.group} aria-labelledby="delivery-names">
          <h3 id="delivery-names">{words.names}</h3>
          <NameFields
            pattern={draft.file_name_pattern}
            prefix={draft.path_prefix}
            errors={errors}
            onPattern={(file_name_pattern) => change({ file_name_pattern })}
            onPrefix={(path_prefix) => change({ path_prefix })}
          />
        </section>
        <KeepFields draft={draft} errors={errors} onChange={change} />
        <CollectorFields
          storage={storage}
          draft={draft}
          errors={errors}
          onChange={change}
          needsConfirmation={needsConfirmation}
          typed={typed}
          onTyped={setTyped}
        />
        <CopySwitch storage={storage} draft={draft} onChange={change} />
        {save.error && (
          <Note tone="bad" role="alert" title={words.isWrong}>
            {Object.keys(errors).length > 0 ? Object.values(errors).join("; ") : errorText(save.error)}
          </Note>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {m.common.cancel}
          </Button>
          <Button
            type="submit"
            loading={save.isPending}
            disabled={!isChanged || (needsConfirmation && !isName(typed, storage.name))}
          >
            {m.common.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface FieldsProps {
  draft: DeliveryDraft;
  onChange: (change: Partial<DeliveryDraft>) => void;
}

function CopySwitch({ storage, draft, onChange }: FieldsProps & { storage: Storage }) {
  const words = m.delivery.settings;
  const isMain = storage.roles.includes("main");
  const why = draft.moves_to_main ? words.copyCollector : isMain ? words.copyMain : words.copyText;
  return (
    <Switch
      label={words.copy}
      description={why}
      checked={draft.delivery_copy}
      disabled={draft.moves_to_main || (isMain && !draft.delivery_copy)}
      onChange={(event) => onChange({ delivery_copy: event.currentTarget.checked })}
    />
  );
}
