import { thumbHashToDataURL } from "thumbhash";

const LIMIT = 4000;
const urls = new Map<string, string>();

/** A blurred stand-in for a picture, drawn from some twenty bytes that came with its card. */
export function placeholderUrl(hash: string): string | undefined {
  const known = urls.get(hash);
  if (known !== undefined) return known || undefined;
  let url = "";
  try {
    url = thumbHashToDataURL(Uint8Array.from(atob(hash), (char) => char.charCodeAt(0)));
  } catch {
    // A broken hash only costs the stand-in.
  }
  if (urls.size >= LIMIT) urls.delete(urls.keys().next().value ?? "");
  urls.set(hash, url);
  return url || undefined;
}
