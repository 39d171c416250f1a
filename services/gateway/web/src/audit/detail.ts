import type { AuditAct } from "../api/types";
import { m } from "../messages";

/** The parts of an act's detail that people can read, in one line. */
export function detailText(act: AuditAct): string {
  const detail = act.detail as Record<string, unknown>;
  const parts: string[] = [];
  if (typeof detail.reason === "string") parts.push(detail.reason);
  if (typeof detail.path === "string") parts.push(detail.path);
  if (typeof detail.outcome === "string") parts.push(detail.outcome);
  if (typeof detail.days === "number") parts.push(m.audit.days(detail.days));
  if (typeof detail.from === "number" && typeof detail.to === "number")
    parts.push(m.audit.fromTo(detail.from, detail.to));
  if (Array.isArray(detail.assets)) parts.push(m.common.photos(detail.assets.length));
  if (typeof detail.assets === "number") parts.push(m.common.photos(detail.assets));
  if (Array.isArray(detail.originals)) {
    for (const one of detail.originals as { path?: string }[]) if (one.path) parts.push(one.path);
  }
  return parts.join(", ");
}
