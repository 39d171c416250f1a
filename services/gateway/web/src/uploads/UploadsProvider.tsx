import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useMemo, useRef } from "react";
import { keys, uploadsQuery } from "../api/queries";
import { showDone, showError } from "../lib/notify";
import { m } from "../messages";
import { mayContribute } from "../people/roles";
import { useHints } from "../shell/live";
import { useWorkspace } from "../shell/useWorkspace";
import { DropZone } from "./DropZone";
import type { Chosen } from "./dropped";
import { FileInputs, type Inputs } from "./FileInputs";
import { localsOf } from "./locals";
import { type Row, rowsOf } from "./rows";
import { type Choice, UploadsContext } from "./UploadsContext";
import { UploadTray } from "./UploadTray";
import { useSender } from "./useSender";

/** How often it is asked what became of files that were sent, besides when something changes. */
const ASK_EVERY = 4_000;

/** Lets everything below it take files in, wherever in the workspace one is. */
export function UploadsProvider({ children }: { children: ReactNode }) {
  const { workspace } = useWorkspace();
  if (!mayContribute(workspace.role)) return <UploadsContext value={null}>{children}</UploadsContext>;
  return <Uploads key={workspace.id}>{children}</Uploads>;
}

function Uploads({ children }: { children: ReactNode }) {
  const { workspace, api } = useWorkspace();
  const client = useQueryClient();
  const { files, withSender } = useSender(workspace.id);
  const locals = useMemo(() => localsOf(files), [files]);
  const uploads = useQuery(uploadsQuery(workspace.id, api));
  const rows = useMemo(() => rowsOf(locals, uploads.data ?? []), [locals, uploads.data]);
  const isAwaited = rows.some((row) => row.state === "sent");
  const isSending = rows.some((row) => row.state === "sending" || row.state === "waiting");

  const ask = () => void client.invalidateQueries({ queryKey: keys.uploads(workspace.id) });
  useHints((hints) => {
    if (isAwaited && hints.assets.size > 0) ask();
  });
  useEffect(() => {
    if (!isAwaited) return;
    const refresh = () => void client.invalidateQueries({ queryKey: keys.uploads(workspace.id) });
    refresh();
    const timer = setInterval(refresh, ASK_EVERY);
    return () => clearInterval(timer);
  }, [isAwaited, client, workspace.id]);
  useLeaveWarning(isSending);

  const filesInput = useRef<HTMLInputElement>(null);
  const folderInput = useRef<HTMLInputElement>(null);
  const inputs: Inputs = useMemo(() => ({ files: filesInput, folder: folderInput }), []);

  const actions = useMemo(
    () => ({
      choose: (what: Choice) => inputs[what].current?.click(),
      add: (chosen: readonly Chosen[]) => withSender((sender) => sender.add(chosen)),
      pause: (row: Row) => withSender((sender) => sender.pause(row.key)),
      resume: (row: Row) => withSender((sender) => sender.resume(row.key)),
      retry: (row: Row) => withSender((sender) => sender.retry(row.key)),
      remove: (row: Row) => {
        if (row.state !== "left") return withSender((sender) => sender.remove(row.key));
        api.uploads
          .cancel(row.key)
          .then(() => showDone(m.uploads.cancelled(row.name)), showError)
          .finally(() => void client.invalidateQueries({ queryKey: keys.uploads(workspace.id) }));
      },
    }),
    [inputs, withSender, api, client, workspace.id],
  );

  return (
    <UploadsContext value={actions}>
      {children}
      <FileInputs inputs={inputs} onFiles={actions.add} />
      <UploadTray rows={rows} actions={actions} />
      <DropZone onFiles={actions.add} />
    </UploadsContext>
  );
}

/** A page that is left stops sending; who comes back goes on by choosing the same files. */
function useLeaveWarning(isOn: boolean) {
  useEffect(() => {
    if (!isOn) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [isOn]);
}
