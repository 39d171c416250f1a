import type { NewRetentionRule, RetentionRule } from "../api/types";
import { m } from "../messages";

/** What a rule asks for, as a form holds it. */
export interface RuleDraft {
  name: string;
  tag: string;
  storage: string | null;
  basis: "imported" | "captured";
  /** Empty where the age does not matter. */
  days: number | string;
}

export const EMPTY_RULE: RuleDraft = { name: "", tag: "", storage: null, basis: "captured", days: "" };

export function draftOf(rule: RetentionRule): RuleDraft {
  return {
    name: rule.name,
    tag: rule.tag ?? "",
    storage: rule.storage_id,
    basis: rule.age?.basis ?? "captured",
    days: rule.age?.days ?? "",
  };
}

/** The terms of a draft; null where it asks for nothing yet. */
export function termsOf(draft: RuleDraft): NewRetentionRule["terms"] | null {
  const tag = draft.tag.trim();
  const hasAge = typeof draft.days === "number" && draft.days > 0;
  if (tag === "" && !hasAge && draft.storage === null) return null;
  return {
    ...(tag !== "" && { tag }),
    ...(hasAge && { age: { basis: draft.basis, days: Number(draft.days) } }),
    ...(draft.storage !== null && { storage_id: draft.storage }),
  };
}

/** What a rule means, in words. `storageName` knows storages by their id. */
export function ruleWords(rule: RetentionRule, storageName: (id: string) => string | undefined): string {
  const parts: string[] = [];
  if (rule.tag !== null) parts.push(m.retention.tagged(rule.tag));
  if (rule.age) parts.push(m.retention.older[rule.age.basis](rule.age.days));
  if (rule.storage_id !== null) {
    parts.push(m.retention.inStorage(storageName(rule.storage_id) ?? m.retention.goneStorage));
  }
  return m.retention.means(parts);
}
