import type { AssetCard } from "../api/types";

/** A card for tests. */
export function card(id: string, change: Partial<AssetCard> = {}): AssetCard {
  return {
    id,
    name: `${id}.jpg`,
    width: 3000,
    height: 2000,
    taken_at: "2024-05-10T10:00:00Z",
    sort_at: "2024-05-10T10:00:00Z",
    media_type: "image/jpeg",
    status: "ready",
    reason: null,
    placeholder: "jpeg",
    availability: "available",
    thumbhash: null,
    thumbnail_url: `/t/${id}`,
    preview_url: `/p/${id}`,
    fullscreen_url: `/f/${id}`,
    is_animated: false,
    ...change,
  };
}

export function cards(prefix: string, count: number, change: Partial<AssetCard> = {}): AssetCard[] {
  return Array.from({ length: count }, (_, index) => card(`${prefix}-${index}`, change));
}
