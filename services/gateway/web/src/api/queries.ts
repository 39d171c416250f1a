import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { ApiError } from "./client";
import { session, type WorkspaceApi } from "./endpoints";
import type {
  AssetFilter,
  AuditQuery,
  Id,
  JobState,
  NewRetentionRule,
  PreviewedFile,
  TransferFilter,
} from "./types";

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: () =>
    session.me().catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }),
  staleTime: 5 * 60_000,
});

export const setupQuery = queryOptions({ queryKey: ["setup"], queryFn: session.setup, staleTime: 60_000 });

/** Keys begin with the workspace, so that one call can forget everything of it. */
export const keys = {
  stats: (ws: Id) => [ws, "stats"] as const,
  plan: (ws: Id) => [ws, "plan"] as const,
  usage: (ws: Id) => [ws, "usage"] as const,
  storages: (ws: Id) => [ws, "storages"] as const,
  mainStorage: (ws: Id) => [ws, "main-storage"] as const,
  migrations: (ws: Id) => [ws, "migrations"] as const,
  transfers: (ws: Id) => [ws, "transfers"] as const,
  scans: (ws: Id, storage: Id) => [ws, "scans", storage] as const,
  timeline: (ws: Id) => [ws, "timeline"] as const,
  facets: (ws: Id) => [ws, "facets"] as const,
  asset: (ws: Id, id: Id) => [ws, "asset", id] as const,
  missing: (ws: Id) => [ws, "missing"] as const,
  jobs: (ws: Id) => [ws, "jobs"] as const,
  members: (ws: Id) => [ws, "members"] as const,
  invitations: (ws: Id) => [ws, "invitations"] as const,
  apiKeys: (ws: Id) => [ws, "api-keys"] as const,
  bin: (ws: Id) => [ws, "bin"] as const,
  lingering: (ws: Id) => [ws, "lingering"] as const,
  holds: (ws: Id) => [ws, "holds"] as const,
  retention: (ws: Id) => [ws, "retention"] as const,
  audit: (ws: Id) => [ws, "audit"] as const,
  uploads: (ws: Id) => [ws, "uploads"] as const,
};

export const sessionsQuery = queryOptions({
  queryKey: ["sessions"],
  queryFn: async () => (await session.list()).items,
});

export const membersQuery = (ws: Id, api: WorkspaceApi) =>
  queryOptions({ queryKey: keys.members(ws), queryFn: async () => (await api.members.list()).items });

export const invitationsQuery = (ws: Id, api: WorkspaceApi) =>
  queryOptions({
    queryKey: keys.invitations(ws),
    queryFn: async () => (await api.members.invitations()).items,
  });

export const apiKeysQuery = (ws: Id, api: WorkspaceApi) =>
  queryOptions({ queryKey: keys.apiKeys(ws), queryFn: async () => (await api.apiKeys.list()).items });

export const statsQuery = (ws: Id, api: WorkspaceApi) =>
  queryOptions({ queryKey: keys.stats(ws), queryFn: api.stats });

export const usageQuery = (ws: Id, api: WorkspaceApi) =>
  queryOptions({ queryKey: keys.usage(ws), queryFn: api.usage });

export const planQuery = (ws: Id, api: WorkspaceApi) =>
  queryOptions({ queryKey: keys.plan(ws), queryFn: api.plan });

export const storagesQuery = (ws: Id, api: WorkspaceApi) =>
  queryOptions({
    queryKey: keys.storages(ws),
    queryFn: async () => (await api.storages.list()).items,
  });

export const mainStorageQuery = (ws: Id, api: WorkspaceApi) =>
  queryOptions({ queryKey: keys.mainStorage(ws), queryFn: api.mainStorage.show });

/** The latest moves of many originals. */
export const migrationsQuery = (ws: Id, api: WorkspaceApi) =>
  queryOptions({
    queryKey: keys.migrations(ws),
    queryFn: async () => (await api.migrations.list()).items,
  });

/** What of one asset is on its way now. */
export const assetTransfersQuery = (ws: Id, api: WorkspaceApi, asset_id: Id) =>
  queryOptions({
    queryKey: [...keys.transfers(ws), "asset", asset_id],
    queryFn: async () => (await api.transfers.list({ asset_id, open: true })).items,
  });

export const transfersQuery = (ws: Id, api: WorkspaceApi, filter: TransferFilter) =>
  infiniteQueryOptions({
    queryKey: [...keys.transfers(ws), filter],
    queryFn: ({ pageParam }) => api.transfers.list(filter, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });

export const namePreviewQuery = (
  ws: Id,
  api: WorkspaceApi,
  pattern: string,
  prefix: string,
  files: readonly PreviewedFile[],
) =>
  queryOptions({
    queryKey: [ws, "name-preview", pattern, prefix],
    queryFn: () => api.mainStorage.previewNames(pattern, prefix, files),
    placeholderData: keepPreviousData,
  });

export const facetsQuery = (ws: Id, api: WorkspaceApi) =>
  queryOptions({ queryKey: keys.facets(ws), queryFn: api.assets.facets, staleTime: 30_000 });

export const timelineQuery = (ws: Id, api: WorkspaceApi, filter: AssetFilter) =>
  queryOptions({
    queryKey: [...keys.timeline(ws), filter],
    queryFn: ({ signal }) => api.assets.timeline(filter, signal),
  });

export const assetQuery = (ws: Id, api: WorkspaceApi, id: Id) =>
  queryOptions({
    queryKey: keys.asset(ws, id),
    queryFn: ({ signal }) => api.assets.get(id, signal),
    staleTime: 60_000,
  });

export const missingQuery = (ws: Id, api: WorkspaceApi, storage: Id | undefined) =>
  infiniteQueryOptions({
    queryKey: [...keys.missing(ws), storage ?? null],
    queryFn: ({ pageParam }) => api.assets.missing(storage, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });

export const tagsQuery = (ws: Id, api: WorkspaceApi, q: string) =>
  queryOptions({
    queryKey: [...keys.facets(ws), "like", q],
    queryFn: async ({ signal }) => (await api.assets.tags(q, signal)).items.map((tag) => tag.name),
    staleTime: 10_000,
    placeholderData: keepPreviousData,
  });

/** One's own uploads of the last days, as far as a tray is long. */
export const uploadsQuery = (ws: Id, api: WorkspaceApi) =>
  queryOptions({ queryKey: keys.uploads(ws), queryFn: async () => (await api.uploads.list()).items });

export const jobsQuery = (ws: Id, api: WorkspaceApi, state: JobState) =>
  infiniteQueryOptions({
    queryKey: [...keys.jobs(ws), state],
    queryFn: ({ pageParam }) => api.jobs.list(state, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });

export const scansQuery = (ws: Id, api: WorkspaceApi, storage: Id) =>
  infiniteQueryOptions({
    queryKey: keys.scans(ws, storage),
    queryFn: ({ pageParam }) => api.storages.scans(storage, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });

export const skippedQuery = (ws: Id, api: WorkspaceApi, storage: Id, run: Id) =>
  infiniteQueryOptions({
    queryKey: [...keys.scans(ws, storage), run, "skipped"],
    queryFn: ({ pageParam }) => api.storages.skipped(storage, run, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });

export const binQuery = (ws: Id, api: WorkspaceApi) =>
  infiniteQueryOptions({
    queryKey: [...keys.bin(ws), "list"],
    queryFn: ({ pageParam }) => api.bin.list(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });

export const binPlanQuery = (ws: Id, api: WorkspaceApi) =>
  queryOptions({ queryKey: [...keys.bin(ws), "plan"], queryFn: api.bin.plan });

export const lingeringQuery = (ws: Id, api: WorkspaceApi) =>
  infiniteQueryOptions({
    queryKey: keys.lingering(ws),
    queryFn: ({ pageParam }) => api.bin.lingering(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });

export const holdsQuery = (ws: Id, api: WorkspaceApi, asset: Id) =>
  queryOptions({
    queryKey: [...keys.holds(ws), asset],
    queryFn: async () => (await api.holds.list(asset)).items,
  });

export const rulesQuery = (ws: Id, api: WorkspaceApi) =>
  queryOptions({
    queryKey: [...keys.retention(ws), "rules"],
    queryFn: async () => (await api.retention.rules()).items,
  });

export const previewQuery = (ws: Id, api: WorkspaceApi, terms: NewRetentionRule["terms"]) =>
  queryOptions({
    queryKey: [...keys.retention(ws), "preview", terms],
    queryFn: () => api.retention.preview(terms),
    placeholderData: keepPreviousData,
  });

export const batchesQuery = (ws: Id, api: WorkspaceApi) =>
  infiniteQueryOptions({
    queryKey: [...keys.retention(ws), "batches"],
    queryFn: ({ pageParam }) => api.retention.batches(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });

export const workspaceHoldsQuery = (ws: Id, api: WorkspaceApi) =>
  queryOptions({
    queryKey: [...keys.holds(ws), null],
    queryFn: async () => (await api.holds.list()).items.filter((hold) => hold.asset_id === null),
  });

export const auditQuery = (ws: Id, api: WorkspaceApi, query: AuditQuery) =>
  infiniteQueryOptions({
    queryKey: [...keys.audit(ws), query],
    queryFn: ({ pageParam }) => api.audit(query, pageParam),
    placeholderData: keepPreviousData,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });
