import type { OriginalFate } from "../api/types";
import { m } from "../messages";

/** What becomes of an original, in words. */
export function fateText(fate: OriginalFate): string {
  if (fate.deleted && fate.how) return m.bin.how[fate.how];
  if (fate.reason) return m.bin.kept[fate.reason];
  return m.common.unknown;
}
