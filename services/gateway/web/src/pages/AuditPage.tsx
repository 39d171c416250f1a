import { IconHistory } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { auditQuery, storagesQuery, usageQuery } from "../api/queries";
import { AuditFilters } from "../audit/AuditFilters";
import { AuditRow } from "../audit/AuditRow";
import classes from "../audit/audit.module.css";
import type { StorageName } from "../audit/detail";
import { isFiltered, queryOf } from "../audit/filter";
import { errorText } from "../lib/notify";
import { m } from "../messages";
import { Empty } from "../shell/Empty";
import { Note } from "../shell/Note";
import { Page } from "../shell/Page";
import { ShowMore } from "../shell/ShowMore";
import { useWorkspace } from "../shell/useWorkspace";

const route = getRouteApi("/w/$workspace/audit");

/** What was taken away, given back or decided, the latest first. */
export function AuditPage() {
  const { workspace, api } = useWorkspace();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const nameOf = useStorageName();
  const query = useInfiniteQuery(auditQuery(workspace.id, api, queryOf(filter)));
  const acts = query.data?.pages.flatMap((page) => page.items) ?? [];
  const subject = acts.find((act) => act.subject_id === filter.subject);
  const isNarrowed = isFiltered(filter);
  return (
    <Page narrow title={m.audit.title} text={m.audit.text}>
      <AuditFilters
        filter={filter}
        subjectName={subject?.subject_name ?? null}
        onChange={(search) => void navigate({ search, replace: true })}
      />
      {query.error && <Note tone="bad">{errorText(query.error)}</Note>}
      {query.data && acts.length === 0 && (
        <Empty
          icon={<IconHistory size={34} stroke={1.5} />}
          title={isNarrowed ? m.audit.noneMatches : m.audit.none}
          text={isNarrowed ? m.audit.noneMatchesText : m.audit.noneText}
        />
      )}
      <ol className={classes.list}>
        {acts.map((act) => (
          <AuditRow
            key={act.id}
            act={act}
            nameOf={nameOf}
            onSubject={(id) => void navigate({ search: { subject: id } })}
          />
        ))}
      </ol>
      <ShowMore query={query} />
    </Page>
  );
}

/** Names of storages, central storage among them once it was counted. */
function useStorageName(): StorageName {
  const { workspace, api } = useWorkspace();
  const storages = useQuery(storagesQuery(workspace.id, api)).data ?? [];
  const counted = useQuery(usageQuery(workspace.id, api)).data?.storages ?? [];
  const names = new Map(counted.map((one) => [one.storage_id, one.name]));
  for (const storage of storages) names.set(storage.id, storage.name);
  return (id) => names.get(id);
}
