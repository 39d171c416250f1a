import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { storagesQuery } from "../api/queries";
import { m } from "../messages";
import { MissingList } from "../missing/MissingList";
import { Page } from "../shell/Page";
import { useWorkspace } from "../shell/useWorkspace";

const route = getRouteApi("/w/$workspace/missing");

/** Photos whose original is gone from its storage, and what can be done about each. */
export function MissingPage() {
  const { workspace, api } = useWorkspace();
  const { storage_id } = route.useSearch();
  const storages = useQuery(storagesQuery(workspace.id, api)).data ?? [];
  const only = storages.find((storage) => storage.id === storage_id);
  return (
    <Page title={m.missing.title} text={only ? m.missing.inStorage(only.name) : m.missing.text} narrow>
      {only && (
        <p>
          <Link to="/w/$workspace/missing" params={{ workspace: workspace.short_id }} search={{}}>
            {m.missing.showAll}
          </Link>
        </p>
      )}
      <MissingList storageId={storage_id} />
    </Page>
  );
}
