import { m } from "../messages";

/** A job's kind in words; a kind without words is shown as it is called, made readable. */
export function jobName(kind: string): string {
  const known = m.jobs.kind[kind];
  if (known) return known;
  const text = kind.replace(/[_.-]+/g, " ").trim();
  return text.charAt(0).toUpperCase() + text.slice(1);
}
