import { apiUrl, http, withQuery } from "./client";
import type {
  Acceptance,
  ApiKey,
  ApiKeyPatch,
  ApiKeySecret,
  AssetCard,
  AssetChanges,
  AssetDetail,
  AssetFilter,
  AssetsChecked,
  AuditAct,
  AuditQuery,
  BinEntry,
  BulkEdited,
  FacetCount,
  Facets,
  Hold,
  Id,
  Invitation,
  InvitationLink,
  InvitationOffer,
  Job,
  JobState,
  LingeringCopy,
  List,
  MainStorage,
  Me,
  MemberEntry,
  Migration,
  MissingAsset,
  MissingForgotten,
  MissingRestored,
  NamePreview,
  NewApiKey,
  NewHold,
  NewInvitation,
  NewMigration,
  NewPassword,
  NewRetentionRule,
  NewSession,
  NewSetup,
  NewStorage,
  NewWorkspace,
  PasswordChange,
  PasswordReset,
  PreviewedFile,
  ProbeReport,
  PurgePlan,
  Purging,
  RereadQueued,
  Restored,
  RetentionBatch,
  RetentionPreview,
  RetentionRule,
  Role,
  ScanRun,
  ServerFolders,
  SessionEntry,
  Setup,
  SkippedFile,
  Stats,
  Storage,
  StoragePatch,
  Timeline,
  Transfer,
  TransferFilter,
  Trashed,
  Upload,
  Usage,
  Workspace,
  WorkspacePatch,
  WorkspacePlan,
} from "./types";

export const session = {
  setup: () => http.get<Setup>("/setup"),
  createOwner: (body: NewSetup) => http.post<Me>("/setup", body),
  me: () => http.get<Me>("/me"),
  signIn: (body: NewSession) => http.post<Me>("/session", body),
  signOut: () => http.delete<void>("/session"),
  list: () => http.get<{ items: SessionEntry[] }>("/me/sessions"),
  end: (id: Id) => http.delete<void>(`/me/sessions/${id}`),
  endOthers: () => http.delete<void>("/me/sessions"),
  changePassword: (body: PasswordChange) => http.post<void>("/me/password", body),
  resetPassword: (body: NewPassword) => http.post<void>("/password-resets", body),
  checkInvitation: (token: string) => http.post<InvitationOffer>("/invitations/check", { token }),
  createWorkspace: (body: NewWorkspace) => http.post<Workspace>("/workspaces", body),
  acceptInvitation: (body: Acceptance) => http.post<Me>("/invitations/accept", body),
};

const filterQuery = (filter: AssetFilter) => ({ ...filter });

/** Every call that belongs to one workspace. */
export function workspaceApi(workspaceId: Id) {
  const base = `/workspaces/${workspaceId}`;
  return {
    stats: () => http.get<Stats>(`${base}/stats`),
    patch: (body: Partial<WorkspacePatch>) => http.patch<Workspace>(base, body),
    usage: () => http.get<Usage>(`${base}/usage`),
    refreshUsage: (storage_id?: Id) => http.post<Usage>(withQuery(`${base}/usage/refresh`, { storage_id })),
    plan: () => http.get<WorkspacePlan>(`${base}/plan`),
    remove: (name: string) => http.post<void>(`${base}/delete`, { name }),
    eventsUrl: apiUrl(`${base}/events`),

    members: {
      list: () => http.get<{ items: MemberEntry[] }>(`${base}/members`),
      setRole: (id: Id, role: Role) => http.patch<MemberEntry>(`${base}/members/${id}`, { role }),
      remove: (id: Id) => http.delete<void>(`${base}/members/${id}`),
      resetPassword: (id: Id) => http.post<PasswordReset>(`${base}/members/${id}/password-reset`),
      invitations: () => http.get<{ items: Invitation[] }>(`${base}/invitations`),
      invite: (body: NewInvitation) => http.post<InvitationLink>(`${base}/invitations`, body),
      revoke: (id: Id) => http.delete<void>(`${base}/invitations/${id}`),
    },

    apiKeys: {
      list: () => http.get<{ items: ApiKey[] }>(`${base}/api-keys`),
      create: (body: NewApiKey) => http.post<ApiKeySecret>(`${base}/api-keys`, body),
      patch: (id: Id, body: ApiKeyPatch) => http.patch<ApiKey>(`${base}/api-keys/${id}`, body),
      regenerate: (id: Id) => http.post<ApiKeySecret>(`${base}/api-keys/${id}/regenerate`),
      remove: (id: Id) => http.delete<void>(`${base}/api-keys/${id}`),
    },

    storages: {
      list: () => http.get<{ items: Storage[] }>(`${base}/storages`),
      create: (body: NewStorage) => http.post<Storage>(`${base}/storages`, body),
      testNew: (body: NewStorage) => http.post<ProbeReport>(`${base}/storages/test`, body),
      patch: (id: Id, body: StoragePatch) => http.patch<Storage>(`${base}/storages/${id}`, body),
      remove: (id: Id, entries: "keep" | "drop") => http.delete<void>(`${base}/storages/${id}`, { entries }),
      test: (id: Id) => http.post<ProbeReport>(`${base}/storages/${id}/test`),
      scan: (id: Id, folder?: string) =>
        http.post<{ job_id: Id }>(`${base}/storages/${id}/scan`, folder ? { folder } : {}),
      setImportUser: (id: Id, user: Id | null) =>
        http.put<Storage>(`${base}/storages/${id}/import-user`, { user_id: user }),
      confirmAbsence: (id: Id, absent: number) =>
        http.post<Storage>(`${base}/storages/${id}/confirm-absence`, { absent }),
      scans: (id: Id, cursor?: string) =>
        http.get<List<ScanRun>>(`${base}/storages/${id}/scans`, { limit: 20, cursor }),
      skipped: (id: Id, run: Id, cursor?: string) =>
        http.get<List<SkippedFile>>(`${base}/storages/${id}/scans/${run}/skipped`, { limit: 200, cursor }),
      serverFolders: (path?: string) => http.get<ServerFolders>(`${base}/server-folders`, { path }),
    },

    mainStorage: {
      show: () => http.get<MainStorage>(`${base}/main-storage`),
      choose: (storage_id: Id | null) => http.put<MainStorage>(`${base}/main-storage`, { storage_id }),
      previewNames: (pattern: string, path_prefix: string, files: readonly PreviewedFile[]) =>
        http.post<NamePreview>(`${base}/file-names/preview`, { pattern, path_prefix, files }),
    },

    migrations: {
      list: (cursor?: string) => http.get<List<Migration>>(`${base}/migrations`, { limit: 20, cursor }),
      begin: (body: NewMigration) => http.post<Migration>(`${base}/migrations`, body),
      cancel: (id: Id) => http.post<Migration>(`${base}/migrations/${id}/cancel`),
      resume: (id: Id) => http.post<Migration>(`${base}/migrations/${id}/resume`),
    },

    transfers: {
      list: (filter: TransferFilter, cursor?: string) =>
        http.get<List<Transfer>>(`${base}/transfers`, { ...filter, limit: 50, cursor }),
      retry: (id: Id) => http.post<Transfer>(`${base}/transfers/${id}/retry`),
      retryAll: (storage_id?: Id) =>
        http.post<{ retried: number }>(`${base}/transfers/retry`, storage_id ? { storage_id } : {}),
    },

    assets: {
      list: (
        filter: AssetFilter,
        page: { month?: string; limit: number; cursor?: string | undefined },
        signal?: AbortSignal,
      ) => http.get<List<AssetCard>>(`${base}/assets`, { ...filterQuery(filter), ...page }, signal),
      timeline: (filter: AssetFilter, signal?: AbortSignal) =>
        http.get<Timeline>(`${base}/assets/timeline`, filterQuery(filter), signal),
      facets: () => http.get<Facets>(`${base}/assets/facets`),
      get: (id: Id, signal?: AbortSignal) => http.get<AssetDetail>(`${base}/assets/${id}`, undefined, signal),
      update: (id: Id, changes: AssetChanges) => http.patch<AssetDetail>(`${base}/assets/${id}`, changes),
      edit: (ids: readonly Id[], changes: AssetChanges) =>
        http.post<BulkEdited>(`${base}/assets/edit`, { ids, changes }),
      reread: (ids: readonly Id[], overwrite: boolean) =>
        http.post<RereadQueued>(`${base}/assets/reread`, { ids, overwrite }),
      check: (ids: readonly Id[]) => http.post<AssetsChecked>(`${base}/assets/check`, { ids }),
      missing: (storage?: Id, cursor?: string) =>
        http.get<List<MissingAsset>>(`${base}/assets/missing`, { storage_id: storage, limit: 100, cursor }),
      restoreMissing: (ids: readonly Id[]) =>
        http.post<MissingRestored>(`${base}/assets/missing/restore`, { ids }),
      forgetMissing: (ids: readonly Id[]) =>
        http.post<MissingForgotten>(`${base}/assets/missing/forget`, { ids }),
      tags: (q: string, signal?: AbortSignal) =>
        http.get<{ items: FacetCount[] }>(`${base}/tags`, { q, limit: 12 }, signal),
      retry: (id: Id) => http.post<{ job_id: Id }>(`${base}/assets/${id}/retry`),
      originalUrl: (id: Id) => apiUrl(`${base}/assets/${id}/original`, { download: 1 }),
    },

    bin: {
      trash: (ids: readonly Id[]) => http.post<Trashed>(`${base}/assets/trash`, { ids }),
      restore: (ids: readonly Id[]) => http.post<Restored>(`${base}/assets/restore`, { ids }),
      list: (cursor?: string) => http.get<List<BinEntry>>(`${base}/bin`, { limit: 100, cursor }),
      plan: () => http.get<PurgePlan>(`${base}/bin/plan`),
      purge: (ids: readonly Id[]) => http.post<Purging>(`${base}/bin/purge`, { ids }),
      empty: () => http.post<PurgePlan>(`${base}/bin/empty`),
      lingering: (cursor?: string) =>
        http.get<List<LingeringCopy>>(`${base}/lingering`, { limit: 100, cursor }),
      retryCopy: (id: Id) => http.post<{ job_id: Id }>(`${base}/lingering/${id}/retry`),
      acknowledgeCopy: (id: Id) => http.post<void>(`${base}/lingering/${id}/acknowledge`),
    },

    holds: {
      list: (asset_id?: Id) => http.get<List<Hold>>(`${base}/holds`, { asset_id }),
      place: (body: NewHold) => http.post<Hold>(`${base}/holds`, body),
      lift: (id: Id) => http.delete<void>(`${base}/holds/${id}`),
    },

    retention: {
      rules: () => http.get<{ items: RetentionRule[] }>(`${base}/retention/rules`),
      make: (body: NewRetentionRule) => http.post<RetentionRule>(`${base}/retention/rules`, body),
      update: (id: Id, body: NewRetentionRule) =>
        http.put<RetentionRule>(`${base}/retention/rules/${id}`, body),
      remove: (id: Id) => http.delete<void>(`${base}/retention/rules/${id}`),
      run: (id: Id) => http.post<{ job_id: Id }>(`${base}/retention/rules/${id}/run`),
      preview: (terms: NewRetentionRule["terms"]) =>
        http.post<RetentionPreview>(`${base}/retention/preview`, terms),
      batches: (cursor?: string) =>
        http.get<List<RetentionBatch>>(`${base}/retention/batches`, { limit: 50, cursor }),
      approve: (id: Id) => http.post<RetentionBatch>(`${base}/retention/batches/${id}/approve`),
      refuse: (id: Id) => http.post<RetentionBatch>(`${base}/retention/batches/${id}/refuse`),
    },

    audit: (query: AuditQuery, cursor?: string) =>
      http.get<List<AuditAct>>(`${base}/audit`, { limit: 100, ...query, cursor }),

    uploads: {
      list: () => http.get<List<Upload>>(`${base}/uploads`, { limit: 500 }),
      cancel: (id: Id) => http.delete<void>(`${base}/uploads/${id}`, undefined, { "Tus-Resumable": "1.0.0" }),
    },

    jobs: {
      list: (state: JobState, cursor?: string) =>
        http.get<List<Job>>(`${base}/jobs`, { state, limit: 50, cursor }),
      retry: (id: Id) => http.post<void>(`${base}/jobs/${id}/retry`),
    },
  };
}

export type WorkspaceApi = ReturnType<typeof workspaceApi>;
