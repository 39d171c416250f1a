import { Button, Checkbox } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { missingQuery, storagesQuery } from "../api/queries";
import type { MissingAsset, Storage } from "../api/types";
import { errorText } from "../lib/notify";
import { m } from "../messages";
import { MissingActions } from "../missing/MissingActions";
import { MissingRow } from "../missing/MissingRow";
import classes from "../missing/missing.module.css";
import { Empty } from "../shell/Empty";
import { Note } from "../shell/Note";
import { Page } from "../shell/Page";
import { useWorkspace } from "../shell/useWorkspace";

const route = getRouteApi("/w/$workspace/missing");

/** Photos whose original is gone from its storage, and what can be done about each. */
export function MissingPage() {
  const { workspace, api } = useWorkspace();
  const { storage_id } = route.useSearch();
  const storages = useQuery(storagesQuery(workspace.id, api)).data ?? [];
  const query = useInfiniteQuery(missingQuery(workspace.id, api, storage_id));
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const only = storages.find((storage) => storage.id === storage_id);
  return (
    <Page title={m.missing.title} text={only ? m.missing.inStorage(only.name) : m.missing.text} narrow>
      <Away storages={storages.filter((storage) => !only || storage === only)} />
      {only && (
        <p>
          <Link to="/w/$workspace/missing" params={{ workspace: workspace.short_id }} search={{}}>
            {m.missing.showAll}
          </Link>
        </p>
      )}
      {query.error && <Note tone="bad">{errorText(query.error)}</Note>}
      {query.data && items.length === 0 && (
        <Empty
          icon={<IconCircleCheck size={34} stroke={1.5} />}
          title={m.missing.emptyTitle}
          text={m.missing.emptyText}
        />
      )}
      {items.length > 0 && <Items items={items} />}
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
