import { m } from "../messages";
import { Page } from "../shell/Page";
import { ConnectWizard } from "../storages/ConnectWizard";

export function ConnectPage() {
  return (
    <Page title={m.connect.title} narrow>
      <ConnectWizard />
    </Page>
  );
}
