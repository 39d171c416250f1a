import type { FtpSecurity, FtpSettings } from "../api/types";

export const SECURITIES = ["ftps", "ftps_implicit", "plain"] as const satisfies readonly FtpSecurity[];

export interface FtpDraft {
  host: string;
  /** Empty for the usual one. */
  port: string;
  security: FtpSecurity;
  /** Whether a person ticked that plain FTP can be read by others. */
  acknowledged: boolean;
  folder: string;
  certificate: string;
}

export const EMPTY_FTP: FtpDraft = {
  host: "",
  port: "",
  security: "ftps",
  acknowledged: false,
  folder: "",
  certificate: "",
};

export function ftpPort(security: FtpSecurity): number {
  return security === "ftps_implicit" ? 990 : 21;
}

export function ftpSettings(draft: FtpDraft): FtpSettings {
  const settings: FtpSettings = { host: draft.host.trim(), security: draft.security };
  const port = Number(draft.port);
  if (draft.port.trim() && Number.isInteger(port)) settings.port = port;
  if (draft.security === "plain") settings.acknowledge_insecure = draft.acknowledged;
  else if (draft.certificate.trim()) settings.certificate = draft.certificate.trim();
  if (draft.folder.trim()) settings.folder = draft.folder.trim();
  return settings;
}

export function ftpDraft(settings: FtpSettings): FtpDraft {
  return {
    host: settings.host,
    port: settings.port ? String(settings.port) : "",
    security: settings.security,
    acknowledged: settings.acknowledge_insecure ?? false,
    folder: settings.folder ?? "",
    certificate: settings.certificate ?? "",
  };
}

/** Where it is, as its owner would write it. */
export function ftpAddress(settings: FtpSettings): string {
  const scheme = settings.security === "plain" ? "ftp" : "ftps";
  const isUsual = !settings.port || settings.port === ftpPort(settings.security);
  const port = isUsual ? "" : `:${settings.port}`;
  const folder = settings.folder ? `/${settings.folder.replace(/^\/+/, "")}` : "";
  return `${scheme}://${settings.host}${port}${folder}`;
}
