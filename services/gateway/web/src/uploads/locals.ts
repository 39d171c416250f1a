import type { Body, Meta, UppyFile } from "@uppy/core";
import type { Id } from "../api/types";
import { m } from "../messages";
import type { Local } from "./rows";

type File_ = UppyFile<Meta, Body>;

/** The files of this page, by their ids. */
export type Sent = Record<string, File_>;

/** Reads what the tray needs to know of the files. */
export function localsOf(files: Sent): Local[] {
  return Object.values(files).map((file) => ({
    id: file.id,
    name: file.name ?? m.uploads.unnamed,
    path: typeof file.meta.relativePath === "string" ? file.meta.relativePath : "",
    size: file.size ?? 0,
    sent: Number(file.progress.bytesUploaded) || 0,
    isStarted: Boolean(file.progress.uploadStarted),
    isPaused: "isPaused" in file && file.isPaused === true,
    isSent: file.progress.uploadComplete === true,
    error: file.error ?? null,
    upload: uploadOf(file),
  }));
}

/** The upload's id is the end of the address that the server gave it. */
function uploadOf(file: File_): Id | null {
  const tus: unknown = "tus" in file ? file.tus : null;
  const url = tus && typeof tus === "object" && "uploadUrl" in tus ? tus.uploadUrl : null;
  return typeof url === "string" ? (url.split("/").pop() ?? null) : null;
}
