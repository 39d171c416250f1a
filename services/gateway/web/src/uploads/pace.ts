import { m, number } from "../messages";

/** How much had been sent at a moment, in milliseconds. */
export interface Sample {
  at: number;
  sent: number;
}

/** The pace is that of the last seconds: lines change. */
const WINDOW_MS = 12_000;

/** Nothing is said of a pace before it is one. */
const SHORTEST_MS = 2_000;

/** Adds a moment, and forgets what is too long ago. Less sent than before begins anew. */
export function added(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1);
  if (last && sample.sent < last.sent) return [sample];
  return [...samples.filter((one) => sample.at - one.at <= WINDOW_MS), sample];
}

/** Bytes a second; null where there is too little to go by. */
export function paceOf(samples: readonly Sample[]): number | null {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.at - first.at < SHORTEST_MS || last.sent <= first.sent) return null;
  return ((last.sent - first.sent) * 1000) / (last.at - first.at);
}

/** How long the rest takes at this pace, in words that do not flicker. */
export function timeLeft(rest: number, pace: number): string {
  const words = m.uploads.timeLeft;
  const minutes = rest / pace / 60;
  if (minutes < 1) return words.soon;
  if (minutes < 90) return words.minutes(number(Math.round(minutes)));
  return words.hours(number(Math.round(minutes / 60)));
}
