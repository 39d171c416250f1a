/** The language that numbers and dates are written in. */
export const locale = "en-GB";

const rules = new Intl.PluralRules(locale);
const integers = new Intl.NumberFormat(locale);

export const number = (n: number): string => integers.format(n);

export function plural(n: number, forms: { one: string; other: string }): string {
  return rules.select(n) === "one" ? forms.one : forms.other;
}

export function percent(part: number, whole: number): string {
  const share = whole > 0 ? Math.round((100 * part) / whole) : 0;
  return `${number(share)} %`;
}

const BYTE_UNITS = ["bytes", "kB", "MB", "GB", "TB", "PB"];

export function bytes(n: number): string {
  let value = n;
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  const text = new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
  return `${text} ${BYTE_UNITS[unit]}`;
}

export function decimal(value: number, digits = 1): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
}

const monthFormat = new Intl.DateTimeFormat(locale, { month: "long", year: "numeric", timeZone: "UTC" });
const shortMonthFormat = new Intl.DateTimeFormat(locale, {
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});

/** `2024-05` as "May 2024". */
export function monthName(month: string, style: "long" | "short" = "long"): string {
  const date = new Date(`${month}-01T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return month;
  return (style === "long" ? monthFormat : shortMonthFormat).format(date);
}

export function dateTime(iso: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
}

export function date(iso: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "long" }).format(new Date(iso));
}

export function timeOfDay(iso: string): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: "short" }).format(new Date(iso));
}

/** A wall clock as a date that shows the same digits in every zone, so that it is never moved. */
function wallClock(text: string | null): Date | null {
  if (!text) return null;
  const when = new Date(`${text.replace(/(Z|[+-]\d{2}:?\d{2})$/, "")}Z`);
  return Number.isNaN(when.getTime()) ? null : when;
}

const wallDateFormat = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" });

export function wallDate(text: string | null): string | null {
  const when = wallClock(text);
  return when && wallDateFormat.format(when);
}

/** Day and time as the clock of the camera showed them, with its zone where the camera noted one. */
export function takenAt(text: string | null, offset: string | null): TakenAt | null {
  const when = wallClock(text);
  if (!when) return null;
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeZone: "UTC" }).format(when);
  const time = new Intl.DateTimeFormat(locale, { timeStyle: "medium", timeZone: "UTC" }).format(when);
  return { day, time, zone: offset && `UTC${offset.replace("-", "−")}` };
}

export interface TakenAt {
  day: string;
  time: string;
  zone: string | null;
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

/** "5 minutes ago", "in 2 hours"; a date once it is more than a week away. */
export function relative(iso: string, now: number = Date.now()): string {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  if (Math.abs(seconds) > 7 * 86_400) return date(iso);
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return format.format(Math.round(seconds / length), unit);
  }
  return seconds > 15 ? "in under a minute" : "just now";
}

export function duration(from: string, to: string): string {
  const seconds = Math.max(0, Math.round((new Date(to).getTime() - new Date(from).getTime()) / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
