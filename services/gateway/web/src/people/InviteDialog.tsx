import { Button, Group, Modal, Select, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ApiError } from "../api/client";
import { keys } from "../api/queries";
import type { Role } from "../api/types";
import { errorText } from "../lib/notify";
import { m } from "../messages";
import { Note } from "../shell/Note";
import { SecretField } from "../shell/SecretField";
import { useWorkspace } from "../shell/useWorkspace";
import classes from "./people.module.css";
import { givable } from "./roles";

export function InviteDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { workspace, api } = useWorkspace();
  const [role, setRole] = useState<Role>("viewer");
  const [note, setNote] = useState("");
  const [days, setDays] = useState("7");
  const client = useQueryClient();
  const invite = useMutation({
    mutationFn: () => api.members.invite({ role, note, days: Number(days) }),
    meta: { ownErrors: true },
    onSuccess: () => client.invalidateQueries({ queryKey: keys.invitations(workspace.id) }),
  });
  const close = () => {
    onClose();
    invite.reset();
    setNote("");
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate();
  };
  const fields = invite.error instanceof ApiError ? invite.error.fields : {};
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={invite.data ? m.members.linkTitle : m.members.inviteTitle}
      size={560}
    >
      {invite.data ? (
        <div className={classes.dialog}>
          <Text>{m.members.linkText}</Text>
          <SecretField label={m.members.link} value={invite.data.link} />
          <Group justify="flex-end">
            <Button onClick={close}>{m.common.close}</Button>
          </Group>
        </div>
      ) : (
        <form className={classes.dialog} onSubmit={submit}>
          <Text>{m.members.inviteText}</Text>
          {invite.error && Object.keys(fields).length === 0 && (
            <Note tone="bad" role="alert">
              {errorText(invite.error)}
            </Note>
          )}
          <Select
            label={m.members.role}
            description={m.roleTexts[role]}
            value={role}
            allowDeselect={false}
            data={givable(workspace.role).map((one) => ({ value: one, label: m.roles[one] }))}
            onChange={(value) => value && setRole(value as Role)}
          />
          <TextInput
            label={m.members.note}
            description={m.members.noteHint}
            value={note}
            error={fields.note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <Select
            label={m.members.days}
            value={days}
            allowDeselect={false}
            data={Object.entries(m.members.dayChoices).map(([value, label]) => ({ value, label }))}
            onChange={(value) => value && setDays(value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {m.common.cancel}
            </Button>
            <Button type="submit" loading={invite.isPending}>
              {m.members.makeLink}
            </Button>
          </Group>
        </form>
      )}
    </Modal>
  );
}
