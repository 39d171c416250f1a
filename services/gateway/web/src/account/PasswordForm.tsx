import { Button, PasswordInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ApiError } from "../api/client";
import { session } from "../api/endpoints";
import { sessionsQuery } from "../api/queries";
import { errorText, showDone } from "../lib/notify";
import { m } from "../messages";
import classes from "../people/people.module.css";
import { Note } from "../shell/Note";
import { useWorkspace } from "../shell/useWorkspace";

export function PasswordForm() {
  const { me } = useWorkspace();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: () => session.changePassword({ current_password: current, new_password: next }),
    meta: { ownErrors: true },
    onSuccess: () => {
      setCurrent("");
      setNext("");
      showDone(m.account.changed);
      return client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  const problem = change.error instanceof ApiError ? change.error : null;
  const isWrong = problem?.slug === "wrong-password";
  const nextError = problem?.fields.new_password;
  return (
    <section className={classes.section} aria-labelledby="password">
      <h2 id="password">{m.account.password}</h2>
      <p className={classes.hint}>{m.account.passwordText}</p>
      <form className={classes.form} onSubmit={submit}>
        {change.error && !isWrong && !nextError && (
          <Note tone="bad" role="alert">
            {errorText(change.error)}
          </Note>
        )}
        {/* Password managers file the new password under this name. */}
        <input type="hidden" name="username" autoComplete="username" value={me.user.email} readOnly />
        <PasswordInput
          label={m.account.current}
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={current}
          error={isWrong ? errorText(change.error) : undefined}
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
        <PasswordInput
          label={m.account.next}
          description={m.setup.passwordHint}
          autoComplete="new-password"
          minLength={12}
          required
          withAsterisk={false}
          value={next}
          error={nextError}
          onChange={(event) => setNext(event.currentTarget.value)}
        />
        <Button type="submit" loading={change.isPending}>
          {m.account.change}
        </Button>
      </form>
    </section>
  );
}
