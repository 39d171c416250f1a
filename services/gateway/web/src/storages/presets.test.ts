import { describe, expect, it } from "vitest";
import { EMPTY_DRAFT, missingFields, toNewStorage, withKind } from "./draft";
import { endpointOf, isInsecure, s3Settings } from "./presets";

describe("endpointOf", () => {
  it("follows_from_the_region", () => {
    const at = (region: string) => ({ region, endpoint: "" });
    expect(endpointOf("digitalocean", at("fra1"))).toBe("https://fra1.digitaloceanspaces.com");
    expect(endpointOf("backblaze", at("us-west-004"))).toBe("https://s3.us-west-004.backblazeb2.com");
    expect(endpointOf("aws", at(""))).toBe("");
  });

  it("is_what_was_typed_where_there_is_no_rule", () => {
    expect(endpointOf("minio", { region: "", endpoint: " http://nas:9000 " })).toBe("http://nas:9000");
  });
});

describe("s3Settings", () => {
  it("leaves_out_what_is_empty", () => {
    const draft = { ...EMPTY_DRAFT.s3, bucket: "b", region: "fra1" };
    expect(s3Settings("digitalocean", draft)).toEqual({
      provider: "digitalocean",
      bucket: "b",
      region: "fra1",
      endpoint: "https://fra1.digitaloceanspaces.com",
      path_style: false,
    });
  });
});

describe("the connect wizard's draft", () => {
  it("uses_path_style_addresses_for_minio", () => {
    expect(withKind(EMPTY_DRAFT, "minio").s3.path_style).toBe(true);
    expect(withKind(withKind(EMPTY_DRAFT, "minio"), "aws").s3.path_style).toBe(false);
  });

  it("names_what_is_missing", () => {
    expect(Object.keys(missingFields({ ...EMPTY_DRAFT, kind: "fs" }))).toEqual(["name", "folder"]);
    expect(Object.keys(missingFields({ ...EMPTY_DRAFT, kind: "minio", name: "x" }))).toEqual([
      "bucket",
      "access_key",
      "secret_key",
      "endpoint",
    ]);
  });

  it("sends_no_deletion_policy_before_one_was_chosen", () => {
    const draft = { ...EMPTY_DRAFT, kind: "fs" as const, name: "x", folder: "/srv" };
    expect(toNewStorage(draft)).not.toHaveProperty("on_purge");
  });
});

describe("isInsecure", () => {
  it("is_about_the_scheme", () => {
    expect(isInsecure("http://nas:9000")).toBe(true);
    expect(isInsecure("https://nas:9000")).toBe(false);
  });
});
