import { createContext, useContext } from "react";
import type { Chosen } from "./dropped";
import type { Row } from "./rows";

export type Choice = "files" | "folder";

export interface UploadActions {
  /** Has the browser ask for files, or for a folder with all that is in it. */
  choose: (what: Choice) => void;
  add: (chosen: readonly Chosen[]) => void;
  pause: (row: Row) => void;
  resume: (row: Row) => void;
  retry: (row: Row) => void;
  remove: (row: Row) => void;
}

/** Null for those who may only look. */
export const UploadsContext = createContext<UploadActions | null>(null);

export const useUploads = (): UploadActions | null => useContext(UploadsContext);
