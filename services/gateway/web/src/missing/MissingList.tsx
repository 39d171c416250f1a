import { Checkbox } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { missingQuery, storagesQuery } from "../api/queries";
import type { Id, MissingAsset, Storage } from "../api/types";
import { errorText } from "../lib/notify";
import { m } from "../messages";
import { Empty } from "../shell/Empty";
import { Note } from "../shell/Note";
import { ShowMore } from "../shell/ShowMore";
import { useWorkspace } from "../shell/useWorkspace";
import { MissingActions } from "./MissingActions";
import { MissingRow } from "./MissingRow";
import classes from "./missing.module.css";

/** Photos whose original is gone from its storage: all, or those of one storage. */
export function MissingList({ storageId }: { storageId?: Id | undefined }) {
  const { workspace, api } = useWorkspace();
  const storages = useQuery(storagesQuery(workspace.id, api)).data ?? [];
  const query = useInfiniteQuery(missingQuery(workspace.id, api, storageId));
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <Away storages={storages.filter((storage) => !storageId || storage.id === storageId)} />
      {query.error && <Note tone="bad">{errorText(query.error)}</Note>}
      {query.data && items.length === 0 && (
        <Empty
          icon={<IconCircleCheck size={34} stroke={1.5} />}
          title={m.missing.emptyTitle}
          text={m.missing.emptyText}
        />
      )}
      {items.length > 0 && <Items items={items} />}
      <ShowMore query={query} />
    </>
  );
}

/** Storages that cannot be read now: their photos are marked, too, for another reason. */
function Away({ storages }: { storages: Storage[] }) {
  const away = storages.filter(
    (storage) =>
      storage.figures.assets > 0 &&
      (storage.status === "failed" ||
        storage.status === "disconnected" ||
        (!storage.on && storage.off_means === "inaccessible")),
  );
  if (away.length === 0) return null;
  return (
    <div className={classes.notes}>
      {away.map((storage) => (
        <Note key={storage.id} tone="bad" title={m.missing.awayTitle(storage.name)}>
          {m.missing.awayText(storage.figures.assets)} {storage.on ? storage.remedy : null}
        </Note>
      ))}
    </div>
  );
}

function Items({ items }: { items: MissingAsset[] }) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const chosen = items.filter((item) => selected.has(item.asset.id));
  const ids = chosen.map((item) => item.asset.id);
  const isAll = chosen.length === items.length;
  const select = (id: string, isSelected: boolean) => {
    const next = new Set(selected);
    if (isSelected) next.add(id);
    else next.delete(id);
    setSelected(next);
  };
  return (
    <>
      <div className={classes.bar}>
        <Checkbox
          checked={isAll}
          indeterminate={!isAll && chosen.length > 0}
          label={chosen.length > 0 ? m.missing.selected(chosen.length) : m.missing.selectAll}
          aria-label={m.missing.selectAll}
          onChange={() => setSelected(isAll ? new Set() : new Set(items.map((item) => item.asset.id)))}
        />
        <MissingActions
          ids={ids}
          canRestore={chosen.some((item) => item.advice === "restore")}
          canForget
          onForgotten={() => setSelected(new Set())}
        />
      </div>
      <ul className={classes.list}>
        {items.map((item) => (
          <MissingRow
            key={item.asset.id}
            missing={item}
            isSelected={selected.has(item.asset.id)}
            onSelect={(isSelected) => select(item.asset.id, isSelected)}
          />
        ))}
      </ul>
    </>
  );
}
