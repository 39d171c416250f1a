import { describe, expect, it } from "vitest";
import { EMPTY_FTP, ftpAddress, ftpDraft, ftpSettings } from "./ftp";

describe("ftpSettings", () => {
  it("leaves_out_what_was_left_empty", () => {
    expect(ftpSettings({ ...EMPTY_FTP, host: " nas.local " })).toEqual({
      host: "nas.local",
      security: "ftps",
    });
  });

  it("says_what_a_person_ticked_only_where_nothing_is_encrypted", () => {
    const filled = { ...EMPTY_FTP, host: "nas", port: "2121", acknowledged: true, certificate: "pem" };
    expect(ftpSettings({ ...filled, security: "plain" })).toEqual({
      host: "nas",
      port: 2121,
      security: "plain",
      acknowledge_insecure: true,
    });
    expect(ftpSettings(filled)).toEqual({ host: "nas", port: 2121, security: "ftps", certificate: "pem" });
  });

  it("comes_back_as_it_was", () => {
    const draft = { ...EMPTY_FTP, host: "nas", port: "2121", folder: "/photos", certificate: "pem" };
    expect(ftpDraft(ftpSettings(draft))).toEqual(draft);
  });
});

describe("ftpAddress", () => {
  it("writes_it_as_its_owner_would", () => {
    expect(ftpAddress({ host: "nas", security: "ftps" })).toBe("ftps://nas");
    expect(ftpAddress({ host: "nas", security: "ftps_implicit", port: 990 })).toBe("ftps://nas");
    expect(ftpAddress({ host: "nas", security: "plain", port: 2121, folder: "a/b" })).toBe(
      "ftp://nas:2121/a/b",
    );
  });
});
