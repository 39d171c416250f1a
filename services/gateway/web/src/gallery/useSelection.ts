import { useCallback, useMemo, useRef, useState } from "react";
import { showError } from "../lib/notify";
import type { GalleryStore } from "./store";

export interface Selection {
  ids: ReadonlySet<string>;
  /** Selects one, or lets go of it. */
  toggle: (id: string) => void;
  /** Selects everything from the one that was last selected to this one. */
  extend: (id: string) => void;
  clear: () => void;
}

const NONE: ReadonlySet<string> = new Set();

/** What is selected in the gallery. */
export function useSelection(store: GalleryStore): Selection {
  const [ids, setIds] = useState<ReadonlySet<string>>(NONE);
  const anchor = useRef<string | null>(null);
  const toggle = useCallback((id: string) => {
    anchor.current = id;
    setIds((old) => {
      const next = new Set(old);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  const extend = useCallback(
    (id: string) => {
      const from = anchor.current ?? id;
      anchor.current = id;
      store
        .between(from, id)
        .then((between) => setIds((old) => new Set([...old, ...between])))
        .catch(showError);
    },
    [store],
  );
  const clear = useCallback(() => {
    anchor.current = null;
    setIds(NONE);
  }, []);
  return useMemo(() => ({ ids, toggle, extend, clear }), [ids, toggle, extend, clear]);
}
