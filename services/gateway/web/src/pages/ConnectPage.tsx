import { useQuery } from "@tanstack/react-query";
import { planQuery } from "../api/queries";
import { m } from "../messages";
import { mayManage } from "../people/roles";
import { Note } from "../shell/Note";
import { Page } from "../shell/Page";
import { useWorkspace } from "../shell/useWorkspace";
import { ConnectWizard } from "../storages/ConnectWizard";
import { standingOf } from "../storages/plan";

export function ConnectPage() {
  const { workspace, api } = useWorkspace();
  const plan = useQuery(planQuery(workspace.id, api));
  if (plan.isPending) return <Page title={m.connect.title} narrow children={null} />;
  if (!mayManage(workspace.role)) {
    return (
      <Page title={m.connect.title} narrow>
        <Note tone="info">{m.storages.emptyTextOthers}</Note>
      </Page>
    );
  }
  const atLimit = plan.data ? standingOf(plan.data).storages : null;
  return (
    <Page title={m.connect.title} narrow>
      {atLimit ? (
        <Note tone="warn" title={m.plan.limit[atLimit]}>
          {m.plan.limitText[atLimit]}
        </Note>
      ) : (
        <ConnectWizard />
      )}
    </Page>
  );
}
