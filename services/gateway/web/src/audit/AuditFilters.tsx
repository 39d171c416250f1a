import { Button, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { membersQuery } from "../api/queries";
import type { AuditAction } from "../api/types";
import { m } from "../messages";
import { useWorkspace } from "../shell/useWorkspace";
import classes from "./audit.module.css";
import { type AuditFilter, GROUPS, isFiltered, SYSTEM } from "./filter";

const WHAT = Object.entries(GROUPS).map(([group, actions]) => ({
  group: m.audit.group[group as keyof typeof GROUPS],
  items: actions.map((action) => ({ value: action as string, label: m.audit.action[action] })),
}));

interface FiltersProps {
  filter: AuditFilter;
  /** What the subject of the filter is called, as far as that is known. */
  subjectName: string | null;
  onChange: (filter: AuditFilter) => void;
}

/** What of the record is shown: what was done, by whom, when and to what. */
export function AuditFilters({ filter, subjectName, onChange }: FiltersProps) {
  const { workspace, api } = useWorkspace();
  const members = useQuery(membersQuery(workspace.id, api)).data ?? [];
  const change = (part: Partial<AuditFilter>) => onChange({ ...filter, ...part });
  const words = m.audit;
  return (
    <section className={classes.filters} aria-label={words.filters}>
      <Select
        className={classes.whole}
        label={words.what}
        placeholder={words.anything}
        data={WHAT}
        value={filter.action ?? null}
        clearable
        searchable
        onChange={(value) => change({ action: (value as AuditAction | null) ?? undefined })}
      />
      <Select
        className={classes.whole}
        label={words.who}
        placeholder={words.anybody}
        data={[
          { value: SYSTEM, label: words.system },
          ...members.map((member) => ({ value: member.user_id as string, label: member.name })),
        ]}
        value={filter.by ?? null}
        clearable
        onChange={(value) => change({ by: value ?? undefined })}
      />
      <TextInput
        type="date"
        label={words.since}
        value={filter.since ?? ""}
        max={filter.until}
        onChange={(event) => change({ since: event.currentTarget.value || undefined })}
      />
      <TextInput
        type="date"
        label={words.until}
        value={filter.until ?? ""}
        min={filter.since}
        onChange={(event) => change({ until: event.currentTarget.value || undefined })}
      />
      {isFiltered(filter) && (
        <div className={classes.only}>
          {filter.subject && <span>{words.of(subjectName ?? filter.subject)}</span>}
          <Button variant="default" size="xs" onClick={() => onChange({})}>
            {words.showAll}
          </Button>
        </div>
      )}
    </section>
  );
}
