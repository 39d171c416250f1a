import { useCallback, useRef, useState, useSyncExternalStore } from "react";
import type { Id } from "../api/types";
import { showError } from "../lib/notify";
import type { Sent } from "./locals";
import type { Sender } from "./sender";

const NOTHING: Sent = {};
const noFiles = () => NOTHING;
const noChanges = () => () => {};

/** The files that this page sends. What sends them is loaded with the first of them. */
export function useSender(workspace: Id) {
  const [sender, setSender] = useState<Sender | null>(null);
  const loading = useRef<Promise<Sender> | null>(null);
  const files = useSyncExternalStore(sender?.subscribe ?? noChanges, sender?.snapshot ?? noFiles);

  const withSender = useCallback(
    (act: (sender: Sender) => void) => {
      loading.current ??= import("./sender").then((module) => {
        const made = new module.Sender(workspace);
        setSender(made);
        return made;
      });
      loading.current.then(act).catch((error: unknown) => {
        loading.current = null;
        showError(error);
      });
    },
    [workspace],
  );
  return { files, withSender };
}
