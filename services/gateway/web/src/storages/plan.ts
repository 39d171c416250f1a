import type { WorkspacePlan } from "../api/types";

export interface Standing {
  /** Whether central storage has room for more files. */
  room: "free" | "nearly" | "full";
  /** Why no further storage may be connected; null where one may. */
  storages: "none" | "external" | "count" | null;
}

/** From which share on people are told that room runs out. */
const NEARLY = 0.9;

/** How a workspace stands against its plan, as the server would decide. */
export function standingOf({ limits, used }: WorkspacePlan): Standing {
  const most = limits.central_bytes;
  const isFull = most !== null && used.central_bytes >= most;
  const isNearly = most !== null && used.central_bytes >= most * NEARLY;
  const isOut = limits.storages !== null && used.storages >= limits.storages;
  return {
    room: isFull ? "full" : isNearly ? "nearly" : "free",
    storages: !limits.external_storages
      ? "external"
      : isOut
        ? limits.storages === 0
          ? "none"
          : "count"
        : null,
  };
}
