import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import type { WorkspaceApi } from "../api/endpoints";
import { timelineQuery } from "../api/queries";
import type { AssetFilter, Id } from "../api/types";
import { useHints } from "../shell/live";
import { GalleryStore } from "./store";

/** A store for this workspace and filter that follows the event stream. */
export function useGalleryStore(ws: Id, api: WorkspaceApi, filter: AssetFilter) {
  const client = useQueryClient();
  const key = JSON.stringify(filter);
  const store = useMemo(() => {
    const fixed = JSON.parse(key) as AssetFilter;
    return new GalleryStore(fixed, {
      page: (month, limit, cursor, signal) => api.assets.list(fixed, { month, limit, cursor }, signal),
      card: (id) => api.assets.get(id),
      // Through the cache, so that the page's own figures follow too.
      timeline: () => client.fetchQuery({ ...timelineQuery(ws, api, fixed), staleTime: 0 }),
    });
  }, [client, ws, api, key]);

  const timeline = useQuery({ ...timelineQuery(ws, api, filter), staleTime: 0 });
  useEffect(() => {
    if (timeline.data) store.setTimeline(timeline.data);
  }, [store, timeline.data]);

  useHints((hints) => {
    if (hints.reset) void store.reset().catch(() => {});
    else if (hints.assets.size > 0) void store.apply(hints.assets).catch(() => {});
  });
  return { store, timeline };
}
