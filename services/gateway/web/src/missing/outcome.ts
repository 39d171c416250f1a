import type { AssetCheck, AssetProblem } from "../api/types";
import { m } from "../messages";

/** What a look at one file found, in words. */
export function checkWords(check: AssetCheck): string {
  const words = m.missing.result;
  const found = check.result === "away" ? words.away(check.detail ?? "") : words[check.result];
  return check.scan_queued ? `${found} ${words.queued}` : found;
}

/** What a look at many files found, in words. */
export function checksWords(checks: readonly AssetCheck[]): string {
  const [only] = checks;
  if (only && checks.length === 1) return checkWords(only);
  const count = (...results: AssetCheck["result"][]) =>
    checks.filter((check) => results.includes(check.result)).length;
  return m.missing.checked(count("there", "held"), count("gone"), count("away"));
}

/** What was done to how many, and what was not and why. */
export function doneWords(done: string | null, problems: readonly AssetProblem[]): string {
  const why = [...new Set(problems.map((problem) => problem.detail))].join("; ");
  const kept = problems.length > 0 ? m.missing.kept(problems.length, why) : "";
  return [done ?? "", kept].filter(Boolean).join(" ");
}
