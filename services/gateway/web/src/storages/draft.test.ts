import { describe, expect, it } from "vitest";
import {
  EMPTY_DRAFT,
  fieldErrors,
  isAboutUse,
  isUseConfirmed,
  missingFields,
  toNewStorage,
  withKind,
  withUse,
} from "./draft";

describe("fieldErrors", () => {
  it("puts_every_refused_field_of_the_form_beside_its_own_input", () => {
    const names = [
      "name",
      "settings.folder",
      "settings.bucket",
      "settings.region",
      "settings.endpoint",
      "settings.public_endpoint",
      "settings.path_prefix",
      "settings.path_style",
      "settings.host",
      "settings.port",
      "settings.security",
      "settings.acknowledge_insecure",
      "settings.certificate",
      "credentials.user",
      "credentials.password",
      "credentials.access_key",
      "credentials.secret_key",
      "scan_interval_seconds",
    ];
    const { fields, other } = fieldErrors(Object.fromEntries(names.map((name) => [name, "is wrong"])));
    expect(Object.keys(fields)).toEqual(names.map((name) => name.split(".").at(-1)));
    expect(other).toEqual([]);
  });

  it("keeps_what_stands_beside_no_input", () => {
    expect(fieldErrors({ credentials: "is missing", "settings.provider": "is unknown" })).toEqual({
      fields: {},
      other: ["credentials: is missing", "settings.provider: is unknown"],
    });
  });
});

describe("missingFields", () => {
  it("names_what_a_bucket_needs_by_the_same_fields", () => {
    const missing = Object.keys(missingFields(withKind(EMPTY_DRAFT, "minio")));
    expect(missing).toEqual(["name", "bucket", "access_key", "secret_key", "endpoint"]);
  });

  it("insists_on_the_tick_where_nothing_is_encrypted", () => {
    const draft = withKind({ ...EMPTY_DRAFT, name: "NAS", user: "anna" }, "ftp");
    const plain = { ...draft.ftp, host: "nas", security: "plain" as const };
    expect(Object.keys(missingFields({ ...draft, ftp: plain }))).toEqual(["acknowledge_insecure"]);
    expect(missingFields({ ...draft, ftp: { ...plain, acknowledged: true } })).toEqual({});
    expect(missingFields({ ...draft, ftp: { ...plain, security: "ftps" } })).toEqual({});
  });
});

describe("what a storage is for", () => {
  const draft = { ...EMPTY_DRAFT, name: "Camera card", access: "read_write" as const };

  it("says nothing where it only shows its files", () => {
    expect(toNewStorage(draft).delivery).toBeUndefined();
  });

  it("moves no files away before somebody typed whose", () => {
    const collector = { ...draft, ...withUse(draft, "collector") };
    expect(isUseConfirmed(collector)).toBe(false);
    expect(isUseConfirmed({ ...collector, typedName: " camera CARD " })).toBe(true);
    expect(toNewStorage(collector).delivery).toEqual({ moves_to_main: true });
  });

  it("is one of them at a time", () => {
    const collector = { ...draft, ...withUse(draft, "collector") };
    const copy = { ...collector, ...withUse(collector, "copy") };
    expect(toNewStorage(copy).delivery).toEqual({ delivery_copy: true });
    const main = { ...copy, ...withUse(copy, "main") };
    expect(toNewStorage(main).delivery).toBeUndefined();
  });

  it("is nothing where only reading is allowed", () => {
    const collector = { ...draft, ...withUse(draft, "collector") };
    expect(toNewStorage({ ...collector, access: "read_only" }).delivery).toBeUndefined();
  });

  it("is told from how the storage is reached where something is wrong", () => {
    const { fields } = fieldErrors({ "delivery.file_name_pattern": "is odd" });
    expect(fields).toEqual({ "delivery.file_name_pattern": "is odd" });
    expect(isAboutUse(fields)).toBe(true);
    expect(isAboutUse({ bucket: "is odd" })).toBe(false);
  });
});
