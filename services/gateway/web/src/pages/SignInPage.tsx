import { Button, Code, PasswordInput, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { ApiError } from "../api/client";
import { session } from "../api/endpoints";
import { meQuery } from "../api/queries";
import { errorText } from "../lib/notify";
import { m } from "../messages";
import { Note } from "../shell/Note";
import { AuthLayout } from "./AuthLayout";

const route = getRouteApi("/sign-in");

/** Only a path of this site: an address from elsewhere must not lead away after signing in. */
export function safeTarget(to: string | undefined): string {
  return to?.startsWith("/") && !to.startsWith("//") && !to.includes("\\") ? to : "/";
}

export function SignInPage() {
  const { to } = route.useSearch();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const client = useQueryClient();
  const router = useRouter();
  const signIn = useMutation({
    mutationFn: () => session.signIn({ email, password }),
    meta: { ownErrors: true },
    onSuccess: (me) => {
      client.setQueryData(meQuery.queryKey, me);
      router.history.push(safeTarget(to));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate();
  };
  const isInvalid = signIn.error instanceof ApiError && signIn.error.slug === "invalid-credentials";

  return (
    <AuthLayout page={m.signIn.page} title={m.signIn.title}>
      <form onSubmit={submit}>
        {signIn.error && (
          <Note tone="bad" role="alert">
            {isInvalid ? m.signIn.invalid : errorText(signIn.error)}
          </Note>
        )}
        <TextInput
          label={m.signIn.email}
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label={m.signIn.password}
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" size="md" loading={signIn.isPending}>
          {m.signIn.submit}
        </Button>
        <Text size="sm" c="dimmed">
          {m.signIn.forgotten} <Code>stowage user reset</Code>
        </Text>
      </form>
    </AuthLayout>
  );
}
