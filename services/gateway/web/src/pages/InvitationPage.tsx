import { Anchor, Button, PasswordInput, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { ApiError } from "../api/client";
import { session } from "../api/endpoints";
import { meQuery } from "../api/queries";
import type { InvitationOffer } from "../api/types";
import { forgetInvitation, invitationToken, keepInvitation } from "../lib/linkToken";
import { errorText } from "../lib/notify";
import { m } from "../messages";
import { Note } from "../shell/Note";
import { AuthLayout } from "./AuthLayout";

const words = m.invitation;

export function InvitationPage() {
  const [token] = useState(invitationToken);
  const offer = useQuery({
    queryKey: ["invitation", token],
    queryFn: () => session.checkInvitation(token ?? ""),
    enabled: token !== null,
    retry: false,
    meta: { ownErrors: true },
  });
  if (!token || offer.error) {
    const isBad = offer.error instanceof ApiError && offer.error.slug === "invalid-link";
    const text = !token ? words.noTokenText : isBad ? words.badText : errorText(offer.error);
    return (
      <AuthLayout page={words.page} title={words.badTitle} text={text}>
        {null}
      </AuthLayout>
    );
  }
  if (!offer.data) {
    return (
      <AuthLayout page={words.page} title={words.page} text={words.loading}>
        {null}
      </AuthLayout>
    );
  }
  return <Accept token={token} offer={offer.data} />;
}

function Accept({ token, offer }: { token: string; offer: InvitationOffer }) {
  const me = useQuery(meQuery);
  const [values, setValues] = useState({ name: "", email: "", password: "" });
  const client = useQueryClient();
  const isSignedIn = Boolean(me.data);
  const accept = useMutation({
    mutationFn: () => session.acceptInvitation(isSignedIn ? { token } : { token, account: values }),
    meta: { ownErrors: true },
    onSuccess: (joined) => {
      forgetInvitation();
      client.clear();
      const workspace = joined.workspaces.find((one) => one.name === offer.workspace_name);
      window.location.assign(workspace ? `/w/${workspace.short_id}` : "/");
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    accept.mutate();
  };
  const fields = accept.error instanceof ApiError ? accept.error.fields : {};
  const alert = accept.error && Object.keys(fields).length === 0 && (
    <Note tone="bad" role="alert">
      {errorText(accept.error)}
    </Note>
  );
  const field = (name: keyof typeof values) => ({
    value: values[name],
    error: fields[name],
    required: true,
    withAsterisk: false,
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setValues((old) => ({ ...old, [name]: value }));
    },
  });
  const role = m.roles[offer.role].toLowerCase();
  const title = words.title(offer.workspace_name);
  if (me.data) {
    return (
      <AuthLayout page={words.page} title={title} text={words.joinText(offer.invited_by, role)}>
        <form onSubmit={submit}>
          {alert}
          <Button type="submit" size="md" loading={accept.isPending}>
            {words.joinAs(me.data.user.name)}
          </Button>
          <Text size="sm" c="dimmed">
            {words.other}
          </Text>
        </form>
      </AuthLayout>
    );
  }
  return (
    <AuthLayout page={words.page} title={title} text={words.text(offer.invited_by, role)}>
      <form onSubmit={submit}>
        {alert}
        <TextInput label={m.setup.name} autoComplete="name" {...field("name")} />
        <TextInput label={m.setup.email} type="email" autoComplete="email" {...field("email")} />
        <PasswordInput
          label={m.setup.password}
          description={m.setup.passwordHint}
          autoComplete="new-password"
          minLength={12}
          {...field("password")}
        />
        <Button type="submit" size="md" loading={accept.isPending}>
          {words.submit}
        </Button>
        <Anchor
          size="sm"
          renderRoot={(props) => <Link to="/sign-in" search={{ to: "/invitation" }} {...props} />}
          onClick={() => keepInvitation(token)}
        >
          {words.haveAccount}
        </Anchor>
      </form>
    </AuthLayout>
  );
}
