import { describe, expect, it } from "vitest";
import { EMPTY_DRAFT, fieldErrors, missingFields, withKind } from "./draft";

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
