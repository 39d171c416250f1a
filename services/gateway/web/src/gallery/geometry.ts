import type { AssetCard } from "../api/types";
import {
  aspectOf,
  type Box,
  estimate,
  type GridMetrics,
  type JustifiedRows,
  justify,
  type Row,
} from "./layout";

/** One month of the gallery: where it is, and what of it is loaded. */
export interface Section {
  month: string;
  count: number;
  items: readonly AssetCard[];
  layout: JustifiedRows;
  /** From the top of the whole gallery. */
  top: number;
  height: number;
  /** Rows before this month, for `aria-rowindex`; the month's heading is a row too. */
  firstRow: number;
  rows: number;
}

export interface Geometry {
  sections: readonly Section[];
  byMonth: ReadonlyMap<string, Section>;
  height: number;
  rows: number;
  metrics: GridMetrics;
}

export interface MonthItems {
  month: string;
  count: number;
  items: readonly AssetCard[];
  isComplete: boolean;
}

const SECTION_GAP = 20;

const cache = new WeakMap<readonly AssetCard[], { metrics: GridMetrics; layout: JustifiedRows }>();

function layoutOf(items: readonly AssetCard[], metrics: GridMetrics): JustifiedRows {
  const known = cache.get(items);
  if (known && known.metrics === metrics) return known.layout;
  const layout = justify(items.map(aspectOf), metrics);
  cache.set(items, { metrics, layout });
  return layout;
}

export function buildGeometry(months: readonly MonthItems[], metrics: GridMetrics): Geometry {
  const sections: Section[] = [];
  let top = 0;
  let firstRow = 0;
  for (const { month, count, items, isComplete } of months) {
    const layout = layoutOf(items, metrics);
    const rest = estimate(isComplete ? 0 : Math.max(0, count - items.length), metrics);
    const between = rest.height > 0 && layout.height > 0 ? metrics.gap : 0;
    const height = metrics.headerHeight + layout.height + between + rest.height + SECTION_GAP;
    const rows = 1 + layout.rows.length + rest.rows;
    sections.push({ month, count, items, layout, top, height, firstRow, rows });
    top += height;
    firstRow += rows;
  }
  return {
    sections,
    byMonth: new Map(sections.map((s) => [s.month, s])),
    height: top,
    rows: firstRow,
    metrics,
  };
}

/** Index of the last element that begins at or above `y`. */
function lastAtOrAbove(length: number, topOf: (index: number) => number, y: number): number {
  let low = 0;
  let high = length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (topOf(middle) <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}

export function sectionAt(geometry: Geometry, y: number): Section | undefined {
  const { sections } = geometry;
  return sections[lastAtOrAbove(sections.length, (i) => sections[i]?.top ?? 0, y)];
}

export interface VisibleSection {
  section: Section;
  rows: readonly Row[];
  /** How many of the month's items must be loaded to fill the view. */
  wanted: number;
}

/** What lies between two heights, overscan already included. */
export function visible(geometry: Geometry, from: number, to: number): VisibleSection[] {
  const { sections, metrics } = geometry;
  const found: VisibleSection[] = [];
  if (sections.length === 0) return found;
  let index = lastAtOrAbove(sections.length, (i) => sections[i]?.top ?? 0, from);
  for (; index < sections.length; index += 1) {
    const section = sections[index];
    if (!section || section.top > to) break;
    const origin = section.top + metrics.headerHeight;
    const rows = section.layout.rows;
    const first = lastAtOrAbove(rows.length, (i) => rows[i]?.top ?? 0, from - origin);
    let end = first;
    while (end < rows.length && (rows[end]?.top ?? 0) + origin <= to) end += 1;
    found.push({ section, rows: rows.slice(first, end), wanted: wantedItems(section, to - origin, metrics) });
  }
  return found;
}

function wantedItems(section: Section, depth: number, metrics: GridMetrics): number {
  const missingDepth = depth - section.layout.height;
  if (missingDepth <= 0) return Math.min(section.count, section.items.length);
  const perPixel = section.count / Math.max(1, section.height - metrics.headerHeight);
  return Math.min(section.count, section.items.length + Math.ceil(missingDepth * perPixel * 1.2) + 20);
}

export interface Place {
  section: Section;
  index: number;
  row: Row;
  box: Box;
  /** From the top of the whole gallery. */
  top: number;
}

export function placeAt(geometry: Geometry, month: string, index: number): Place | undefined {
  const section = geometry.byMonth.get(month);
  const box = section?.layout.boxes[index];
  if (!section || !box) return undefined;
  const rows = section.layout.rows;
  const row = rows[lastAtOrAbove(rows.length, (i) => rows[i]?.start ?? 0, index)];
  if (!row) return undefined;
  return { section, index, row, box, top: section.top + geometry.metrics.headerHeight + row.top };
}

/** The loaded tile nearest to a point, looking in the row that covers `y`. */
export function placeNear(geometry: Geometry, x: number, y: number): Place | undefined {
  const section = sectionAt(geometry, y);
  if (!section || section.items.length === 0) return undefined;
  const rows = section.layout.rows;
  const inside = y - section.top - geometry.metrics.headerHeight;
  const row = rows[lastAtOrAbove(rows.length, (i) => rows[i]?.top ?? 0, inside)];
  if (!row) return undefined;
  return placeAt(geometry, section.month, nearestInRow(section, row, x));
}

export function nearestInRow(section: Section, row: Row, x: number): number {
  let best = row.start;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (let index = row.start; index < row.end; index += 1) {
    const box = section.layout.boxes[index];
    if (!box) continue;
    const distance = Math.abs(box.left + box.width / 2 - x);
    if (distance < bestDistance) {
      best = index;
      bestDistance = distance;
    }
  }
  return best;
}
