import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect, useState, useSyncExternalStore } from "react";
import { assetQuery } from "../api/queries";
import type { AssetCard } from "../api/types";
import { useLibrary } from "../gallery/LibraryContext";
import type { GalleryStore } from "../gallery/store";
import { useWorkspace } from "../shell/useWorkspace";
import { Viewer } from "./Viewer";

const route = getRouteApi("/w/$workspace/library/a/$asset");

export interface Neighbours {
  before: AssetCard | null;
  after: AssetCard | null;
}

/** The assets before and after this one in the gallery, loaded when they are not there yet. */
function useNeighbours(store: GalleryStore, id: string, version: number): Neighbours {
  const [neighbours, setNeighbours] = useState<Neighbours & { of: string }>({
    of: id,
    before: null,
    after: null,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version stands for what is in the store
  useEffect(() => {
    let isCurrent = true;
    const quietly = (step: Promise<AssetCard | null>) => step.catch(() => null);
    void Promise.all([quietly(store.step(id, -1)), quietly(store.step(id, 1))]).then(([before, after]) => {
      if (isCurrent) setNeighbours({ of: id, before, after });
    });
    return () => {
      isCurrent = false;
    };
  }, [store, id, version]);
  return neighbours.of === id ? neighbours : { before: null, after: null };
}

export function ViewerRoute() {
  const { asset: id } = route.useParams();
  const { workspace, api } = useWorkspace();
  const { store } = useLibrary();
  const client = useQueryClient();
  const version = useSyncExternalStore(store.subscribe, store.snapshot);
  const asset = useQuery(assetQuery(workspace.id, api, id));
  const card = store.find(id)?.card;
  const neighbours = useNeighbours(store, id, version);

  // Opened by its address: the gallery looks for it, so that it has neighbours too.
  const isTimelineKnown = store.total !== null;
  useEffect(() => {
    if (asset.data && isTimelineKnown) void store.locate(asset.data).catch(() => {});
  }, [store, asset.data, isTimelineKnown]);

  const { before, after } = neighbours;
  useEffect(() => {
    for (const one of [after, before]) {
      if (!one) continue;
      void client.prefetchQuery(assetQuery(workspace.id, api, one.id));
      for (const url of [one.preview_url, one.fullscreen_url]) {
        if (!url) continue;
        const image = new Image();
        image.decoding = "async";
        image.src = url;
      }
    }
  }, [client, workspace.id, api, before, after]);

  return (
    <Viewer
      card={asset.data ?? card ?? null}
      detail={asset.data ?? null}
      error={asset.error}
      before={before}
      after={after}
    />
  );
}
