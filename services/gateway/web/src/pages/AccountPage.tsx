import { ApiKeys } from "../account/ApiKeys";
import { PasswordForm } from "../account/PasswordForm";
import { Sessions } from "../account/Sessions";
import { m } from "../messages";
import { Page } from "../shell/Page";
import { useWorkspace } from "../shell/useWorkspace";

export function AccountPage() {
  const { me } = useWorkspace();
  return (
    <Page narrow title={m.account.title} text={`${me.user.name}, ${me.user.email}`}>
      <Sessions />
      <ApiKeys />
      <PasswordForm />
    </Page>
  );
}
