import { CloseButton, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { statsQuery, storagesQuery } from "../api/queries";
import type { AssetFilter } from "../api/types";
import { m } from "../messages";
import { useWorkspace } from "../shell/useWorkspace";
import { UploadButton } from "../uploads/UploadButton";
import { FilterChips } from "./FilterChips";
import { FilterMenu } from "./FilterMenu";
import { isFiltered } from "./filter";
import classes from "./header.module.css";

/** Changes part of the filter in the address, where the gallery reads it. */
export function useSetFilter(): (change: Partial<AssetFilter>) => void {
  const { workspace } = useWorkspace();
  const navigate = useNavigate();
  return (change) =>
    void navigate({
      to: "/w/$workspace",
      params: { workspace: workspace.short_id },
      search: (old) => ({ ...old, ...change }),
    });
}

export function LibraryHeader({ filter, total }: { filter: AssetFilter; total: number | null }) {
  const { workspace } = useWorkspace();
  const setFilter = useSetFilter();
  const importing = useImport();
  const hasFilter = isFiltered(filter);
  // Nothing to search in yet: the page below says what to do instead.
  const isEmpty = total === 0 && !hasFilter;
  return (
    <header className={classes.header}>
      <div className={classes.bar}>
        <div className={classes.names}>
          <h1>{workspace.name}</h1>
          <p className="num">
            {total === null ? "\u00a0" : hasFilter ? m.library.filtered(total) : m.library.count(total)}
            {importing && (
              <span className={classes.importing}>
                <span className={classes.dot} aria-hidden />
                {importing.text}
              </span>
            )}
          </p>
          <span role="status" className="visually-hidden">
            {importing?.announcement}
          </span>
        </div>
        {!isEmpty && (
          <>
            <Search value={filter.q ?? ""} onChange={(q) => setFilter({ q: q || undefined })} />
            <FilterMenu filter={filter} onChange={setFilter} />
          </>
        )}
        {!isEmpty && <UploadButton />}
      </div>
      <FilterChips filter={filter} onChange={setFilter} />
    </header>
  );
}

/** What a running import is doing, with its figures. */
function useImport(): { text: string; announcement: string } | null {
  const { workspace, api } = useWorkspace();
  const storages = useQuery(storagesQuery(workspace.id, api));
  const stats = useQuery(statsQuery(workspace.id, api));
  const scanning = storages.data?.find((storage) => storage.scanning);
  const processing = stats.data?.by_status.processing ?? 0;
  if (!scanning && processing === 0) return null;
  const parts: string[] = [];
  if (scanning?.scanning) {
    parts.push(m.library.importing(scanning.name));
    if (scanning.scanning.listed > 0) parts.push(m.library.seen(scanning.scanning.listed));
  }
  if (processing > 0) parts.push(m.library.toProcess(processing));
  return { text: parts.join(", "), announcement: scanning ? m.library.importing(scanning.name) : "" };
}

function Search({ value, onChange }: { value: string; onChange: (q: string) => void }) {
  const [text, setText] = useState(value);
  const send = useDebouncedCallback(onChange, 250);
  useEffect(() => setText(value), [value]);
  const change = (next: string) => {
    setText(next);
    send(next.trim());
  };
  return (
    <search className={classes.search}>
      <TextInput
        aria-label={m.library.search}
        placeholder={m.library.searchShort}
        radius="xl"
        value={text}
        onChange={(event) => change(event.currentTarget.value)}
        leftSection={<IconSearch size={17} stroke={1.8} aria-hidden />}
        rightSection={
          text ? (
            <CloseButton
              size="sm"
              radius="xl"
              aria-label={m.library.clearSearch}
              onClick={() => change("")}
            />
          ) : null
        }
      />
    </search>
  );
}
