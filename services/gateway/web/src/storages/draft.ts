import type { FsSettings, FtpSettings, NewStorage, OnPurge, S3Provider, StorageAccess } from "../api/types";
import { changeOf, type DeliveryDraft, isName, USUAL } from "../delivery/settingsDraft";
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
  use: StorageUse;
  delivery: DeliveryDraft;
  /** What was typed to confirm that files are moved away. */
  typedName: string;
}

/** What a storage is for: to show its files, and one of these besides. */
export type StorageUse = "source" | "main" | "copy" | "collector";

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
  use: "source",
  delivery: USUAL,
  typedName: "",
};

/** What changes with what a storage is for. */
export function withUse({ delivery }: Draft, use: StorageUse): Partial<Draft> {
  return {
    use,
    typedName: "",
    delivery: { ...delivery, moves_to_main: use === "collector", delivery_copy: use === "copy" },
  };
}

/** Whether somebody confirmed what a storage is for, where that takes files away. */
export const isUseConfirmed = (draft: Draft): boolean =>
  draft.use !== "collector" || isName(draft.typedName, draft.name);

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
  ...(
    [
      "file_name_pattern",
      "path_prefix",
      "keep_local_days",
      "collector_hold_hours",
    ] satisfies (keyof DeliveryDraft)[]
  ).map((field) => `delivery.${field}`),
]);

/** Whether something is wrong with what the storage is for, and not with how it is reached. */
export const isAboutUse = (fields: Record<string, string>): boolean =>
  Object.keys(fields).some((field) => field.startsWith("delivery."));

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
  const delivery = draft.access === "read_write" ? changeOf(USUAL, draft.delivery) : {};
  const common = {
    name: draft.name.trim(),
    access: draft.access,
    scan_interval_seconds: draft.interval,
    ...(draft.onPurge && { on_purge: draft.onPurge }),
    ...(Object.keys(delivery).length > 0 && { delivery }),
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
