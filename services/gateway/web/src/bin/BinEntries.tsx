import { Button, Checkbox } from "@mantine/core";
import { IconRestore, IconTrash, IconTrashX } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { binPlanQuery, binQuery } from "../api/queries";
import type { BinEntry, Id } from "../api/types";
import { errorText } from "../lib/notify";
import { bytes, date, m } from "../messages";
import { mayManage } from "../people/roles";
import { Empty } from "../shell/Empty";
import { Note } from "../shell/Note";
import { useWorkspace } from "../shell/useWorkspace";
import { useCanEdit } from "../viewer/useEditAsset";
import { BinDays } from "./BinDays";
import { BinRow } from "./BinRow";
import classes from "./bin.module.css";
import { EmptyDialog, PurgeDialog } from "./PurgeDialog";
import { useRestore } from "./useTrash";

const NONE: ReadonlySet<Id> = new Set();

/** What is in the bin, by the day on which it goes. */
export function BinEntries() {
  const { workspace, api } = useWorkspace();
  const canEdit = useCanEdit();
  const canPurge = mayManage(workspace.role);
  const query = useInfiniteQuery(binQuery(workspace.id, api));
  const plan = useQuery(binPlanQuery(workspace.id, api));
  const [chosen, setChosen] = useState<ReadonlySet<Id>>(NONE);
  const [purging, setPurging] = useState<readonly BinEntry[] | null>(null);
  const [isEmptying, setEmptying] = useState(false);
  const restore = useRestore({ onDone: () => setChosen(NONE) });
  const entries = query.data?.pages.flatMap((page) => page.items) ?? [];
  const selected = entries.filter((entry) => chosen.has(entry.asset.id));
  const toggle = (id: Id) =>
    setChosen((old) => {
      const next = new Set(old);
      if (!next.delete(id)) next.add(id);
      return next;
    });

  if (query.error) return <Note tone="bad">{errorText(query.error)}</Note>;
  return (
    <>
      <BinDays />
      {query.data && entries.length === 0 && (
        <Empty
          icon={<IconTrash size={34} stroke={1.5} />}
          title={m.bin.emptyTitle}
          text={m.bin.emptyText(workspace.bin_days)}
        />
      )}
      {entries.length > 0 && (
        <div className={classes.tools}>
          <Checkbox
            label={selected.length > 0 ? m.selection.count(selected.length) : m.bin.selectAll}
            checked={selected.length === entries.length}
            indeterminate={selected.length > 0 && selected.length < entries.length}
            onChange={() =>
              setChosen(
                selected.length === entries.length ? NONE : new Set(entries.map((entry) => entry.asset.id)),
              )
            }
          />
          <div className={classes.actions}>
            {canEdit && selected.length > 0 && (
              <Button
                variant="default"
                leftSection={<IconRestore size={17} stroke={1.7} aria-hidden />}
                loading={restore.isPending}
                onClick={() => restore.mutate(selected.map((entry) => entry.asset.id))}
              >
                {m.bin.restoreThese(selected.length)}
              </Button>
            )}
            {canPurge && selected.length > 0 && (
              <Button
                color="red"
                variant="light"
                leftSection={<IconTrashX size={17} stroke={1.7} aria-hidden />}
                onClick={() => setPurging(selected)}
              >
                {m.bin.deleteThese(selected.length)}
              </Button>
            )}
            {canPurge && selected.length === 0 && (
              <Button color="red" variant="light" onClick={() => setEmptying(true)}>
                {m.bin.empty}
              </Button>
            )}
          </div>
        </div>
      )}
      {plan.data && entries.length > 0 && (
        <p className={`${classes.sum} num`}>
          {m.bin.sum(plan.data.assets + plan.data.held, bytes(plan.data.bytes))}
        </p>
      )}
      {byDay(entries).map(([day, some]) => (
        <section key={day} aria-labelledby={`day-${day}`}>
          <h2 id={`day-${day}`} className={classes.day}>
            {m.bin.goesOn(day)}
          </h2>
          <ul className={classes.list}>
            {some.map((entry) => (
              <BinRow
                key={entry.asset.id}
                entry={entry}
                isChosen={chosen.has(entry.asset.id)}
                onChoose={() => toggle(entry.asset.id)}
                onRestore={canEdit ? () => restore.mutate([entry.asset.id]) : null}
                onPurge={canPurge ? () => setPurging([entry]) : null}
              />
            ))}
          </ul>
        </section>
      ))}
      {query.hasNextPage && (
        <Button
          variant="default"
          mt={16}
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {m.common.loadMore}
        </Button>
      )}
      <PurgeDialog
        entries={purging}
        onClose={() => setPurging(null)}
        onDone={() => {
          setPurging(null);
          setChosen(NONE);
        }}
      />
      <EmptyDialog isOpen={isEmptying} onClose={() => setEmptying(false)} />
    </>
  );
}

/** Entries by the day on which they are purged, in the order in which they come. */
function byDay(entries: readonly BinEntry[]): [string, BinEntry[]][] {
  const days = new Map<string, BinEntry[]>();
  for (const entry of entries) {
    const day = date(entry.purge_after);
    const same = days.get(day);
    if (same) same.push(entry);
    else days.set(day, [entry]);
  }
  return [...days];
}
