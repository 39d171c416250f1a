import { number, plural } from "./format";

/** A number of things in words: 1 photo, 2 photos. */
export const things = (n: number, one: string, other: string) => `${number(n)} ${plural(n, { one, other })}`;
export const photos = (n: number) => things(n, "photo", "photos");
export const files = (n: number) => things(n, "file", "files");
