import { m } from "../messages";
import { mayManage } from "../people/roles";
import { DangerZone } from "../settings/DangerZone";
import { LibraryForm } from "../settings/LibraryForm";
import { PlanSection } from "../settings/PlanSection";
import { WorkspaceHold } from "../settings/WorkspaceHold";
import { Page } from "../shell/Page";
import { useWorkspace } from "../shell/useWorkspace";

export function SettingsPage() {
  const { workspace } = useWorkspace();
  const isManager = mayManage(workspace.role);
  return (
    <Page narrow title={m.settings.title} text={m.settings.text}>
      {isManager && <LibraryForm />}
      <PlanSection />
      {isManager && <WorkspaceHold />}
      {workspace.role === "owner" && <DangerZone />}
    </Page>
  );
}
