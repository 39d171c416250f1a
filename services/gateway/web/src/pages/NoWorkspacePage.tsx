import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { session } from "../api/endpoints";
import { meQuery } from "../api/queries";
import { errorText } from "../lib/notify";
import { m } from "../messages";
import { Note } from "../shell/Note";
import { AuthLayout } from "./AuthLayout";

/** For people who belong to no library, such as after it was deleted. */
export function NoWorkspacePage() {
  const [name, setName] = useState("");
  const client = useQueryClient();
  const navigate = useNavigate();
  const create = useMutation({
    mutationFn: () => session.createWorkspace({ name }),
    meta: { ownErrors: true },
    onSuccess: async (workspace) => {
      await client.fetchQuery({ ...meQuery, staleTime: 0 });
      await navigate({ to: "/w/$workspace", params: { workspace: workspace.short_id } });
    },
  });
  const signOut = useMutation({
    mutationFn: session.signOut,
    onSuccess: async () => {
      client.clear();
      client.setQueryData(meQuery.queryKey, null);
      await navigate({ to: "/sign-in", search: {} });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <AuthLayout page={m.noLibrary.title} title={m.noLibrary.title} text={m.noLibrary.text}>
      <form onSubmit={submit}>
        {create.error && (
          <Note tone="bad" role="alert">
            {errorText(create.error)}
          </Note>
        )}
        <TextInput
          label={m.setup.workspace}
          required
          withAsterisk={false}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" fullWidth mt={16} loading={create.isPending}>
          {m.noLibrary.create}
        </Button>
        <Button
          variant="subtle"
          fullWidth
          mt={8}
          loading={signOut.isPending}
          onClick={() => signOut.mutate()}
        >
          {m.nav.signOut}
        </Button>
      </form>
    </AuthLayout>
  );
}
