import { Button, Group, Modal, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { meQuery } from "../api/queries";
import { errorText, showDone } from "../lib/notify";
import { m } from "../messages";
import classes from "../people/people.module.css";
import { Note } from "../shell/Note";
import { useWorkspace } from "../shell/useWorkspace";

/** Deletes the library. Only its owner sees this. */
export function DangerZone() {
  const { workspace } = useWorkspace();
  const [isOpen, setOpen] = useState(false);
  return (
    <section className={classes.section} aria-labelledby="danger">
      <h2 id="danger">{m.settings.danger}</h2>
      <p className={classes.hint}>{m.settings.dangerText}</p>
      <Button color="red" variant="outline" mt={14} onClick={() => setOpen(true)}>
        {m.settings.deleteLibrary}
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={m.settings.deleteTitle(workspace.name)}
        size={520}
      >
        <DeleteForm onClose={() => setOpen(false)} />
      </Modal>
    </section>
  );
}

function DeleteForm({ onClose }: { onClose: () => void }) {
  const { workspace, api } = useWorkspace();
  const [typed, setTyped] = useState("");
  const client = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => api.remove(typed),
    meta: { ownErrors: true },
    onSuccess: async () => {
      showDone(m.settings.deleted(workspace.name));
      await client.fetchQuery({ ...meQuery, staleTime: 0 });
      await navigate({ to: "/" });
      client.removeQueries({ queryKey: [workspace.id] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    remove.mutate();
  };
  return (
    <form onSubmit={submit}>
      <p style={{ marginTop: 0 }}>{m.settings.deleteText}</p>
      <p>{m.settings.deleteStays}</p>
      {remove.error && (
        <Note tone="bad" role="alert">
          {errorText(remove.error)}
        </Note>
      )}
      <TextInput
        mt={16}
        label={m.settings.typeName(workspace.name)}
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <Group justify="flex-end" mt={24}>
        <Button variant="default" onClick={onClose}>
          {m.common.cancel}
        </Button>
        <Button
          type="submit"
          color="red"
          loading={remove.isPending}
          disabled={typed.trim() !== workspace.name.trim()}
        >
          {m.settings.deleteForGood}
        </Button>
      </Group>
    </form>
  );
}
