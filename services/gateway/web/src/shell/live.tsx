import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useRef } from "react";
import { type Hints, openEvents } from "../api/events";
import { keys } from "../api/queries";
import { useWorkspace } from "./useWorkspace";

type Listener = (hints: Hints) => void;

const LiveContext = createContext<Set<Listener>>(new Set());

/** Keeps one event stream per workspace open, and lets queries forget what the hints are about. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const { workspace, api } = useWorkspace();
  const client = useQueryClient();
  const listeners = useRef(new Set<Listener>());

  useEffect(() => {
    const ws = workspace.id;
    const forget = (queryKey: readonly unknown[]) => void client.invalidateQueries({ queryKey });
    return openEvents(api.eventsUrl, (hints) => {
      if (hints.reset) forget([ws]);
      if (hints.assets.size > 0) {
        forget(keys.stats(ws));
        forget(keys.plan(ws));
        forget(keys.jobs(ws));
        forget(keys.bin(ws));
        forget(keys.missing(ws));
        forget(keys.transfers(ws));
        forget(keys.mainStorage(ws));
        forget(keys.migrations(ws));
        void client.invalidateQueries({ queryKey: keys.facets(ws), refetchType: "none" });
        void client.invalidateQueries({
          queryKey: [ws, "asset"],
          predicate: ({ queryKey }) => hints.assets.has(String(queryKey[2])),
        });
      }
      if (hints.storages.size > 0 || hints.scans.size > 0) {
        forget(keys.storages(ws));
        forget(keys.mainStorage(ws));
        forget(keys.transfers(ws));
        forget(keys.stats(ws));
        forget(keys.plan(ws));
      }
      if (hints.scans.size > 0) {
        forget([ws, "scans"]);
        forget(keys.missing(ws));
      }
      for (const listener of listeners.current) listener(hints);
    });
  }, [workspace.id, api, client]);

  return <LiveContext value={listeners.current}>{children}</LiveContext>;
}

export function useHints(listener: Listener): void {
  const listeners = useContext(LiveContext);
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => {
    const call: Listener = (hints) => latest.current(hints);
    listeners.add(call);
    return () => {
      listeners.delete(call);
    };
  }, [listeners]);
}
