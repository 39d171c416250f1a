import type { AssetFilter, StatusFilter } from "../api/types";

const STATUSES: readonly StatusFilter[] = ["processing", "ready", "failed", "unsupported", "missing"];

/** Reads the filter from the address; what it does not know is left out. */
export function parseFilter(search: Record<string, unknown>): AssetFilter {
  const filter: AssetFilter = {};
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  const tags = (Array.isArray(search.tag) ? search.tag : [search.tag])
    .map(text)
    .filter((tag) => tag !== undefined);
  if (tags.length > 0) filter.tag = [...new Set(tags)];
  const storage = text(search.storage_id);
  if (storage) filter.storage_id = storage;
  const status = STATUSES.find((known) => known === search.status);
  if (status) filter.status = status;
  const type = text(search.media_type);
  if (type) filter.media_type = type;
  const camera = text(search.camera);
  if (camera) filter.camera = camera;
  const q = typeof search.q === "number" ? String(search.q) : text(search.q);
  if (q) filter.q = q;
  return filter;
}

export function isFiltered(filter: AssetFilter): boolean {
  return Object.values(filter).some((value) => value !== undefined && value.length > 0);
}
