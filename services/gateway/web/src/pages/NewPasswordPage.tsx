import { Button, PasswordInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { ApiError } from "../api/client";
import { session } from "../api/endpoints";
import { linkToken } from "../lib/linkToken";
import { errorText } from "../lib/notify";
import { m } from "../messages";
import { Note } from "../shell/Note";
import { AuthLayout } from "./AuthLayout";

export function NewPasswordPage() {
  const [token] = useState(() => linkToken());
  const [password, setPassword] = useState("");
  const client = useQueryClient();
  const words = m.newPassword;
  const reset = useMutation({
    mutationFn: () => session.resetPassword({ token: token ?? "", password }),
    meta: { ownErrors: true },
    onSuccess: () => client.clear(),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    reset.mutate();
  };
  const problem = reset.error instanceof ApiError ? reset.error : null;
  if (!token || problem?.slug === "invalid-link") {
    return (
      <AuthLayout
        page={words.page}
        title={words.badTitle}
        text={token ? words.badText : m.invitation.noTokenText}
      >
        {null}
      </AuthLayout>
    );
  }
  if (reset.isSuccess) {
    return (
      <AuthLayout page={words.page} title={words.doneTitle} text={words.doneText}>
        <Button renderRoot={(props) => <Link to="/sign-in" search={{}} {...props} />}>
          {m.signIn.submit}
        </Button>
      </AuthLayout>
    );
  }
  return (
    <AuthLayout page={words.page} title={words.title} text={words.text}>
      <form onSubmit={submit}>
        {reset.error && !problem?.fields.password && (
          <Note tone="bad" role="alert">
            {errorText(reset.error)}
          </Note>
        )}
        <PasswordInput
          label={m.account.next}
          description={m.setup.passwordHint}
          autoComplete="new-password"
          minLength={12}
          required
          withAsterisk={false}
          value={password}
          error={problem?.fields.password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" size="md" loading={reset.isPending}>
          {words.submit}
        </Button>
      </form>
    </AuthLayout>
  );
}
