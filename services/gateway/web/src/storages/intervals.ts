import { m } from "../messages";

/** The usual intervals, and the one in force if it is another. */
export function intervalChoices(current: number): { value: string; label: string }[] {
  const seconds = new Set([...Object.keys(m.connect.intervals).map(Number), current]);
  return [...seconds]
    .sort((a, b) => a - b)
    .map((one) => ({
      value: String(one),
      label: m.connect.intervals[one] ?? m.connect.intervalOther(one),
    }));
}
