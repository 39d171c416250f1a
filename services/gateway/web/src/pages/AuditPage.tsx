import { Anchor, Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { auditQuery } from "../api/queries";
import { detailText } from "../audit/detail";
import jobs from "../jobs/jobs.module.css";
import { errorText } from "../lib/notify";
import { dateTime, m } from "../messages";
import { Note } from "../shell/Note";
import { Page } from "../shell/Page";
import { useWorkspace } from "../shell/useWorkspace";

/** What was taken away, given back or decided, the latest first. */
export function AuditPage() {
  const { workspace, api } = useWorkspace();
  const [subject, setSubject] = useState<string | null>(null);
  const query = useInfiniteQuery(auditQuery(workspace.id, api, subject));
  const acts = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page narrow title={m.audit.title} text={m.audit.text}>
      {subject && (
        <Button variant="default" size="xs" onClick={() => setSubject(null)}>
          {m.audit.showAll}
        </Button>
      )}
      {query.error && <Note tone="bad">{errorText(query.error)}</Note>}
      {query.data && acts.length === 0 && <p>{m.audit.none}</p>}
      <ol className={jobs.list}>
        {acts.map((act) => (
          <li key={act.id} className={jobs.job}>
            <div>
              <b>{m.audit.action[act.action]}</b>
              <p>{detailText(act)}</p>
              <p className="num">
                {act.user_name ?? (act.user_id ? m.common.unknown : m.audit.system)}, {dateTime(act.at)},{" "}
                {m.audit.subject[act.subject]}{" "}
                <Anchor
                  component="button"
                  fz="inherit"
                  title={m.audit.only}
                  onClick={() => setSubject(act.subject_id)}
                >
                  {act.subject_name ?? act.subject_id}
                </Anchor>
              </p>
            </div>
          </li>
        ))}
      </ol>
      {query.hasNextPage && (
        <Button
          variant="default"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {m.common.loadMore}
        </Button>
      )}
    </Page>
  );
}
