import { Button, Checkbox, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ApiError } from "../api/client";
import { keys } from "../api/queries";
import type { ApiKeySecret, KeyScope } from "../api/types";
import { errorText } from "../lib/notify";
import { m } from "../messages";
import classes from "../people/people.module.css";
import { mayManage } from "../people/roles";
import { Note } from "../shell/Note";
import { SecretField } from "../shell/SecretField";
import { useWorkspace } from "../shell/useWorkspace";

interface KeyDialogProps {
  isOpen: boolean;
  /** A key that was just made, to be shown this once. */
  made: ApiKeySecret | null;
  onMade: (made: ApiKeySecret) => void;
  onClose: () => void;
}

export function KeyDialog({ isOpen, made, onMade, onClose }: KeyDialogProps) {
  const { workspace } = useWorkspace();
  return (
    <Modal opened={isOpen} onClose={onClose} title={made ? m.account.keyReady : m.account.newKey} size={560}>
      {made ? (
        <div className={classes.dialog}>
          <Text>{m.account.keyReadyText}</Text>
          <SecretField label={m.account.key} value={made.key} />
          <SecretField label={m.account.workspaceId} value={workspace.id} />
          <Group justify="flex-end">
            <Button onClick={onClose}>{m.common.close}</Button>
          </Group>
        </div>
      ) : (
        <KeyForm onMade={onMade} onClose={onClose} />
      )}
    </Modal>
  );
}

function KeyForm({ onMade, onClose }: Pick<KeyDialogProps, "onMade" | "onClose">) {
  const { workspace, api } = useWorkspace();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<string[]>(["library:read"]);
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: () => api.apiKeys.create({ name, scopes: scopes as KeyScope[] }),
    meta: { ownErrors: true },
    onSuccess: (secret) => {
      onMade(secret);
      return client.invalidateQueries({ queryKey: keys.apiKeys(workspace.id) });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  const fields = create.error instanceof ApiError ? create.error.fields : {};
  const able: KeyScope[] = ["library:read"];
  if (workspace.role !== "viewer") able.push("library:write");
  if (mayManage(workspace.role)) able.push("bin:purge", "storages:write");
  return (
    <form className={classes.dialog} onSubmit={submit}>
      {create.error && Object.keys(fields).length === 0 && (
        <Note tone="bad" role="alert">
          {errorText(create.error)}
        </Note>
      )}
      <TextInput
        label={m.account.keyName}
        description={m.account.keyNameHint}
        required
        withAsterisk={false}
        value={name}
        error={fields.name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Checkbox.Group label={m.account.scopes} value={scopes} error={fields.scopes} onChange={setScopes}>
        <Stack gap={10} mt={8}>
          {able.map((scope) => (
            <Checkbox key={scope} value={scope} label={m.account.scope[scope]} />
          ))}
        </Stack>
      </Checkbox.Group>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {m.common.cancel}
        </Button>
        <Button type="submit" loading={create.isPending}>
          {m.account.makeKey}
        </Button>
      </Group>
    </form>
  );
}
