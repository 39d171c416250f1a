import { useEffect, useState } from "react";
import { added, paceOf, type Sample } from "./pace";

/** Bytes a second at which something is sent just now; null while that is not known. */
export function usePace(sent: number, isMoving: boolean): number | null {
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  useEffect(() => {
    setSamples((old) => (isMoving ? added(old, { at: Date.now(), sent }) : []));
  }, [sent, isMoving]);
  return paceOf(samples);
}
