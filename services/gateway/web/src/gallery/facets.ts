import type { AssetFilter, Facets, StatusFilter } from "../api/types";
import { m } from "../messages";

export type FacetKey = keyof typeof m.library.facet;

export interface Choice {
  label: string;
  count: number;
  isChosen: boolean;
  /** The change of the filter that choosing it, or choosing it again, makes. */
  change: Partial<AssetFilter>;
}

export const FACETS: readonly FacetKey[] = ["tag", "storage_id", "camera", "media_type", "status"];

/** `image/jpeg` as "JPEG". */
export function mediaTypeName(type: string): string {
  const name = type.split("/").pop() ?? type;
  return name
    .replace(/^x-/, "")
    .replace(/^vnd\./, "")
    .toUpperCase();
}

export function choices(facet: FacetKey, facets: Facets, filter: AssetFilter): Choice[] {
  const one = <K extends FacetKey>(key: K, value: string, label: string, count: number): Choice => {
    const isChosen = filter[key] === value;
    return { label, count, isChosen, change: { [key]: isChosen ? undefined : value } };
  };
  switch (facet) {
    case "tag":
      return facets.tags.map(({ name, count }) => {
        const chosen = filter.tag ?? [];
        const isChosen = chosen.includes(name);
        const tag = isChosen ? chosen.filter((other) => other !== name) : [...chosen, name];
        return { label: name, count, isChosen, change: { tag: tag.length > 0 ? tag : undefined } };
      });
    case "storage_id":
      return facets.storages.map(({ id, name, count }) => one("storage_id", id, name, count));
    case "camera":
      return facets.cameras.map(({ name, count }) => one("camera", name, name, count));
    case "media_type":
      return facets.media_types.map(({ name, count }) => one("media_type", name, mediaTypeName(name), count));
    case "status":
      return facets.statuses.map(({ name, count }) =>
        one("status", name, m.library.status[name as StatusFilter] ?? name, count),
      );
  }
}
