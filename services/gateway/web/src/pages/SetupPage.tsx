import { Button, Code, PasswordInput, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { ApiError } from "../api/client";
import { session } from "../api/endpoints";
import { meQuery, setupQuery } from "../api/queries";
import { errorText } from "../lib/notify";
import { m } from "../messages";
import { Note } from "../shell/Note";
import { AuthLayout } from "./AuthLayout";

const route = getRouteApi("/setup");

export function SetupPage() {
  const { token } = route.useSearch();
  const setup = useQuery(setupQuery);
  if (setup.data && !setup.data.needed) {
    return (
      <AuthLayout page={m.setup.page} title={m.setup.doneTitle} text={m.setup.doneText}>
        <Button renderRoot={(props) => <Link to="/sign-in" search={{}} {...props} />}>
          {m.signIn.submit}
        </Button>
      </AuthLayout>
    );
  }
  if (!token) {
    return (
      <AuthLayout page={m.setup.page} title={m.setup.noTokenTitle} text={m.setup.noTokenText}>
        <Text>
          {m.setup.noTokenWhere} <Code>/setup?token=</Code>
        </Text>
      </AuthLayout>
    );
  }
  return <SetupForm token={token} />;
}

function SetupForm({ token }: { token: string }) {
  const [values, setValues] = useState({ name: "", email: "", password: "", workspace_name: "" });
  const client = useQueryClient();
  const navigate = useNavigate();
  const create = useMutation({
    mutationFn: () => session.createOwner({ token, ...values }),
    meta: { ownErrors: true },
    onSuccess: async (me) => {
      client.setQueryData(meQuery.queryKey, me);
      client.setQueryData(setupQuery.queryKey, { needed: false });
      await navigate({ to: "/" });
    },
  });
  const fields = create.error instanceof ApiError ? create.error.fields : {};
  const field = (name: keyof typeof values) => ({
    value: values[name],
    error: fields[name],
    required: true,
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setValues((old) => ({ ...old, [name]: value }));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };

  return (
    <AuthLayout page={m.setup.page} title={m.setup.title} text={m.setup.text}>
      <form onSubmit={submit}>
        {create.error && Object.keys(fields).length === 0 && (
          <Note tone="bad" role="alert">
            {errorText(create.error)}
          </Note>
        )}
        <TextInput label={m.setup.name} autoComplete="name" data-autofocus {...field("name")} />
        <TextInput label={m.setup.email} type="email" autoComplete="email" {...field("email")} />
        <PasswordInput
          label={m.setup.password}
          description={m.setup.passwordHint}
          autoComplete="new-password"
          minLength={12}
          {...field("password")}
        />
        <TextInput
          label={m.setup.workspace}
          description={m.setup.workspaceHint}
          autoComplete="organization"
          {...field("workspace_name")}
        />
        <Button type="submit" size="md" loading={create.isPending}>
          {m.setup.submit}
        </Button>
      </form>
    </AuthLayout>
  );
}
