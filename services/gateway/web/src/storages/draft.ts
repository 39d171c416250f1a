import type { FsSettings, FtpSettings, NewStorage, OnPurge, S3Provider, StorageAccess } from "../api/types";
import { m } from "../messages";
import { EMPTY_FTP, type FtpDraft, ftpSettings } from "./ftp";
import { endpointOf, PRESETS, type S3Draft, s3Settings } from "./presets";

export type WizardKind = "fs" | "ftp" | S3Provider;

/** What the connect wizard has gathered so far. */
export interface Draft {
  kind: WizardKind | null;
  name: string;
  access: StorageAccess;
  interval: number;
  folder: string;
  s3: S3Draft;
  accessKey: string;
  secretKey: string;
  ftp: FtpDraft;
  user: string;
  password: string;
  /** Nothing until a person chooses. */
  onPurge: OnPurge | null;
  /** New originals go there from now on. */
  isMain: boolean;
}

export const EMPTY_DRAFT: Draft = {
  kind: null,
  name: "",
  access: "read_only",
  interval: 900,
  folder: "",
  s3: { bucket: "", region: "", endpoint: "", public_endpoint: "", path_prefix: "", path_style: false },
  accessKey: "",
  secretKey: "",
  ftp: EMPTY_FTP,
  user: "",
  password: "",
  onPurge: null,
  isMain: false,
};

export function withKind(draft: Draft, kind: WizardKind): Draft {
  if (kind === draft.kind) return draft;
  // What both call a folder are two: one of this server, one of another.
  if (kind === "fs" || kind === "ftp") return { ...draft, kind };
  const preset = PRESETS[kind];
  const region = preset.regions.includes(draft.s3.region) ? draft.s3.region : "";
  return { ...draft, kind, s3: { ...draft.s3, region, path_style: preset.pathStyle } };
}

/** The fields of the wizard by which the gateway's names for them end: `settings.bucket` is `bucket`. */
const FIELDS: ReadonlySet<string> = new Set([
  "name",
  "folder",
  ...([
    "bucket",
    "region",
    "endpoint",
    "public_endpoint",
    "path_prefix",
    "path_style",
  ] satisfies (keyof S3Draft)[]),
  ...(["host", "port", "security", "acknowledge_insecure", "certificate"] satisfies (keyof FtpSettings)[]),
  "user",
  "password",
  "access_key",
  "secret_key",
  "scan_interval_seconds",
]);

/** What the gateway finds wrong, by the wizard's fields; `other` has what stands beside none of them. */
export function fieldErrors(errors: Record<string, string>): {
  fields: Record<string, string>;
  other: string[];
} {
  const fields: Record<string, string> = {};
  const other: string[] = [];
  for (const [name, wrong] of Object.entries(errors)) {
    const field = name.replace(/^(settings|credentials)\./, "");
    if (FIELDS.has(field)) fields[field] = wrong;
    else other.push(`${name}: ${wrong}`);
  }
  return { fields, other };
}

/** What is missing before the storage can be tested, by field. */
export function missingFields(draft: Draft): Record<string, string> {
  const missing: Record<string, string> = {};
  const need = (field: string, value: string) => {
    if (!value.trim()) missing[field] = m.connect.missing;
  };
  need("name", draft.name);
  if (draft.kind === "fs") need("folder", draft.folder);
  else if (draft.kind === "ftp") {
    need("host", draft.ftp.host);
    need("user", draft.user);
    if (draft.ftp.security === "plain" && !draft.ftp.acknowledged)
      missing.acknowledge_insecure = m.connect.plainMissing;
  } else if (draft.kind) {
    need("bucket", draft.s3.bucket);
    need("access_key", draft.accessKey);
    need("secret_key", draft.secretKey);
    if (PRESETS[draft.kind].endpoint) need("region", draft.s3.region);
    else need("endpoint", endpointOf(draft.kind, draft.s3));
  }
  return missing;
}

export function toNewStorage(draft: Draft): NewStorage {
  const common = {
    name: draft.name.trim(),
    access: draft.access,
    scan_interval_seconds: draft.interval,
    ...(draft.onPurge && { on_purge: draft.onPurge }),
  };
  if (draft.kind === "fs" || draft.kind === null) {
    const settings: FsSettings = { folder: draft.folder };
    return { ...common, kind: "fs", settings };
  }
  if (draft.kind === "ftp") {
    const credentials = { user: draft.user.trim(), password: draft.password };
    return { ...common, kind: "ftp", settings: ftpSettings(draft.ftp), credentials };
  }
  return {
    ...common,
    kind: "s3",
    settings: s3Settings(draft.kind, draft.s3),
    credentials: { access_key: draft.accessKey.trim(), secret_key: draft.secretKey.trim() },
  };
}
