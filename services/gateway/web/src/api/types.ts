// The shapes of the REST interface by the names that the UI knows them by. They come from the gateway's own
// description (`npm run gen`), so that a change there that the UI does not follow fails `npm run check`.
import type { components, operations } from "./schema";

type Schemas = components["schemas"];
type AssetQuery = NonNullable<operations["list_assets"]["parameters"]["query"]>;

type TransferQuery = NonNullable<operations["list_transfers"]["parameters"]["query"]>;

export type Id = string;
/** RFC 3339, UTC. */
export type Timestamp = Schemas["Moment"];
/** What a clock on the wall said, without a zone: `2024-05-03T12:00:00`. */
export type WallClock = Schemas["WallClock"];

export type Problem = Schemas["Problem"];

export interface List<T> {
  items: T[];
  next_cursor: string | null;
}

export type Setup = Schemas["Setup"];
export type NewSetup = Schemas["NewSetup"];
export type NewSession = Schemas["NewSession"];
export type Me = Schemas["Me"];
export type User = Schemas["User"];
export type Workspace = Schemas["Workspace"];
export type Role = Workspace["role"];
export type Stats = Schemas["Stats"];
export type Usage = Schemas["Usage"];
export type WorkspacePlan = Schemas["WorkspacePlan"];
export type NewWorkspace = Schemas["NewWorkspace"];

export type MemberEntry = Schemas["MemberEntry"];
export type Invitation = Schemas["Invitation"];
export type NewInvitation = Schemas["NewInvitation"];
export type InvitationLink = Schemas["InvitationLink"];
export type InvitationOffer = Schemas["InvitationOffer"];
export type Acceptance = Schemas["Acceptance"];
export type PasswordReset = Schemas["PasswordReset"];
export type PasswordChange = Schemas["PasswordChange"];
export type NewPassword = Schemas["NewPassword"];
export type SessionEntry = Schemas["SessionEntry"];
export type ApiKey = Schemas["ApiKey"];
export type KeyScope = ApiKey["scopes"][number];
export type NewApiKey = Schemas["NewApiKey"];
export type ApiKeyPatch = Schemas["ApiKeyPatch"];
export type ApiKeySecret = Schemas["ApiKeySecret"];

export type Storage = Schemas["Storage"];
export type StorageKind = Storage["kind"];
export type StorageAccess = Storage["access"];
export type OnPurge = Storage["on_purge"];
export type OnReturn = Storage["on_return"];
export type OnMove = Storage["on_move"];
export type OffMeans = Storage["off_means"];
export type StorageStatus = Storage["status"];
export type StorageHold = Schemas["StorageHold"];
export type StorageFigures = Schemas["StorageFigures"];
export type NewStorage = Omit<Schemas["NewStorage"], "delivery"> & { delivery?: DeliveryPatch };
export type StoragePatch = Omit<Schemas["StoragePatch"], "delivery"> & { delivery?: DeliveryPatch };
export type FsSettings = Schemas["FsSettings"];
export type S3Settings = Schemas["S3Settings"];
export type S3Provider = Schemas["S3Provider"];
export type S3Credentials = Schemas["S3Credentials"];
export type FtpSettings = Schemas["FtpSettings"];
export type FtpSecurity = Schemas["FtpSecurity"];
export type FtpCredentials = Schemas["FtpCredentials"];

export type StorageDelivery = Schemas["StorageDelivery"];
export type DeliveryPatch = Partial<Schemas["DeliveryPatch"]>;
export type KeepLocalCopy = StorageDelivery["keep_local_copy"];
export type OnDuplicate = StorageDelivery["on_duplicate"];
export type MainAway = NonNullable<Schemas["MainStorage"]["away"]>;
export type MainStorage = Schemas["MainStorage"];
export type TransferKind = Schemas["Transfer"]["kind"];
export type TransferState = Schemas["Transfer"]["state"];
export type TransferTrouble = NonNullable<Schemas["Transfer"]["trouble"]>;
export type Transfer = Schemas["Transfer"];
export type TransferFilter = {
  [Name in "storage_id" | "asset_id" | "migration_id" | "kind" | "open" | "troubled"]?:
    | NonNullable<TransferQuery[Name]>
    | undefined;
};
export type Migration = Schemas["Migration"];
export type NewMigration = Schemas["NewMigrationRequest"];
export type PreviewedFile = Partial<Schemas["PreviewedFile"]>;
export type PreviewedName = Schemas["PreviewedName"];
export type NamePreview = Schemas["NamePreview"];

export type ScanRun = Schemas["ScanRun"];
export type ScanState = ScanRun["state"];
export type ScanTrigger = ScanRun["trigger"];
export type SkippedFile = Schemas["SkippedFile"];
export type ProbeReport = Schemas["ProbeReport"];
export type ProbeStep = Schemas["ProbeStep"];
export type ServerFolders = Schemas["ServerFolders"];

export type AssetCard = Schemas["AssetCard"];
export type AssetStatus = AssetCard["status"];
export type Availability = AssetCard["availability"];
/** A status, or that the original is gone. */
export type StatusFilter = NonNullable<AssetQuery["status"]>;

/** The description leaves out `utc_offset`, which is sent. */
export type AssetMetadata = Schemas["AssetMetadata"] & { utc_offset: string | null };
export type Gps = Schemas["Gps"];
/** The description calls these texts; they are words. */
export type Origin = "exif" | "iptc" | "xmp" | "png" | "person";
export type AssetTag = Schemas["AssetTag"];
export type AssetChanges = Partial<Schemas["AssetChanges"]>;
export type AssetEdit = Schemas["AssetEdit"];
export type AssetProblem = Schemas["AssetProblem"];
export type BulkEdited = Schemas["BulkEdited"];
export type MissingAsset = Schemas["MissingAsset"];
export type Advice = MissingAsset["advice"];
export type AssetCheck = Schemas["AssetCheck"];
export type AssetsChecked = Schemas["AssetsChecked"];
export type MissingForgotten = Schemas["MissingForgotten"];
export type MissingRestored = Schemas["MissingRestored"];
export type RereadQueued = Schemas["RereadQueued"];
export type AssetLocation = Omit<Schemas["AssetLocation"], "storage_kind"> & {
  storage_kind: StorageKind | "central";
};
export type AssetRendition = Schemas["AssetRendition"];
export type RenditionKind = AssetRendition["kind"];
export type AssetDetail = Omit<Schemas["AssetDetail"], "metadata" | "origins" | "locations"> & {
  metadata: AssetMetadata;
  origins: Partial<Record<string, Origin>>;
  locations: AssetLocation[];
};

export type TimelineMonth = Schemas["TimelineMonth"];
export type Timeline = Schemas["Timeline"];
export type FacetCount = Schemas["Facet"];
export type Facets = Schemas["Facets"];

/** The filters that `/assets`, `/assets/timeline` and the gallery's address share. */
export type AssetFilter = {
  [Name in "storage_id" | "tag" | "status" | "media_type" | "camera" | "q"]?: AssetQuery[Name] | undefined;
};

export type OriginalFate = Schemas["OriginalFate"];
export type BinnedOriginal = Schemas["BinnedOriginal"];
export type BinEntry = Schemas["BinEntry"];
export type PurgePlan = Schemas["PurgePlan"];
export type LingeringCopy = Schemas["LingeringCopy"];
export type Hold = Schemas["Hold"];
export type NewHold = Schemas["NewHoldBody"];
export type RetentionRule = Schemas["RetentionRule"];
export type NewRetentionRule = Schemas["NewRetentionRule"];
export type RetentionPreview = Schemas["RetentionPreview"];
export type RetentionBatch = Schemas["RetentionBatch"];
export type AuditAct = Schemas["AuditAct"];
export type AuditAction = AuditAct["action"];
export type AuditQuery = Omit<
  NonNullable<operations["list_audit"]["parameters"]["query"]>,
  "cursor" | "limit"
>;
export type Trashed = Schemas["InBin"];
export type Restored = Schemas["Restored"];
export type Purging = Schemas["Purging"];
export type WorkspacePatch = Schemas["WorkspacePatch"];
export type Upload = Schemas["Upload"];
export type UploadState = Upload["state"];

export type Job = Schemas["Job"];
export type JobState = Job["state"];
