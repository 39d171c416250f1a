// Layout of the justified grid: pure functions from aspect ratios to boxes. Nothing here touches the DOM.

export interface GridMetrics {
  /** Width that rows must fill. */
  width: number;
  /** Height that rows aim at; a justified row comes out a little lower or higher. */
  rowHeight: number;
  gap: number;
  /** Height of a month's heading. */
  headerHeight: number;
}

export interface Box {
  left: number;
  width: number;
}

export interface Row {
  /** From the top of the first row. */
  top: number;
  height: number;
  /** Index of the first item in this row. */
  start: number;
  /** Index behind the last item in this row. */
  end: number;
}

export interface JustifiedRows {
  rows: Row[];
  boxes: Box[];
  height: number;
}

const MIN_ASPECT = 0.5;
const MAX_ASPECT = 3.4;
/** Shape of a tile whose size is not known yet. */
export const UNKNOWN_ASPECT = 4 / 3;
/** What an unloaded picture is taken to be when the height of its month is estimated. */
const TYPICAL_ASPECT = 1.38;
/** A last row is not stretched further than this. */
const MAX_STRETCH = 1.25;

export function aspectOf(item: { width: number | null; height: number | null }): number {
  if (!item.width || !item.height) return UNKNOWN_ASPECT;
  return Math.min(MAX_ASPECT, Math.max(MIN_ASPECT, item.width / item.height));
}

/**
 * Breaks items into rows of equal height that fill the width to the pixel. A row closes where the height
 * is nearer to the target than it would be with one item more. The last row keeps the target height.
 */
export function justify(aspects: readonly number[], metrics: GridMetrics): JustifiedRows {
  const { width, rowHeight, gap } = metrics;
  const rows: Row[] = [];
  const boxes: Box[] = [];
  let top = 0;
  let start = 0;
  while (start < aspects.length) {
    let sum = 0;
    let end = start;
    let isFull = false;
    while (end < aspects.length) {
      const next = sum + (aspects[end] ?? 1);
      const heightWith = (width - gap * (end - start)) / next;
      if (heightWith <= rowHeight) {
        const heightWithout =
          end > start ? (width - gap * (end - start - 1)) / sum : Number.POSITIVE_INFINITY;
        const isNearerWith = rowHeight / heightWith <= heightWithout / rowHeight;
        if (isNearerWith) {
          sum = next;
          end += 1;
        }
        isFull = true;
        break;
      }
      sum = next;
      end += 1;
    }
    const free = width - gap * (end - start - 1);
    const fitted = free / sum;
    const isJustified = isFull || fitted <= rowHeight * MAX_STRETCH;
    const height = Math.max(1, Math.round(isJustified ? fitted : rowHeight));
    placeRow(
      aspects,
      start,
      end,
      { width, gap, height: isJustified ? fitted : rowHeight, isJustified },
      boxes,
    );
    rows.push({ top, height, start, end });
    top += height + gap;
    start = end;
  }
  return { rows, boxes, height: rows.length === 0 ? 0 : top - gap };
}

function placeRow(
  aspects: readonly number[],
  start: number,
  end: number,
  row: { width: number; gap: number; height: number; isJustified: boolean },
  boxes: Box[],
): void {
  // Edges are rounded, not widths, so that a full row ends at the last pixel however many items it has.
  let exact = 0;
  for (let index = start; index < end; index += 1) {
    const left = Math.round(exact);
    exact += (aspects[index] ?? 1) * row.height;
    const isLast = index === end - 1 && row.isJustified;
    const right = isLast ? row.width : Math.round(exact);
    boxes[index] = { left, width: Math.max(1, right - left) };
    exact += row.gap;
  }
}

export interface Estimate {
  rows: number;
  height: number;
}

/** Height and rows of items that are not loaded. */
export function estimate(count: number, metrics: GridMetrics): Estimate {
  if (count <= 0) return { rows: 0, height: 0 };
  const perRow = Math.max(
    1,
    (metrics.width + metrics.gap) / (metrics.rowHeight * TYPICAL_ASPECT + metrics.gap),
  );
  const rows = Math.ceil(count / perRow);
  return { rows, height: rows * metrics.rowHeight + (rows - 1) * metrics.gap };
}

export function metricsFor(width: number): GridMetrics {
  if (width < 560) return { width, rowHeight: 118, gap: 3, headerHeight: 52 };
  if (width < 1000) return { width, rowHeight: 176, gap: 4, headerHeight: 60 };
  if (width < 1900) return { width, rowHeight: 220, gap: 5, headerHeight: 68 };
  return { width, rowHeight: 264, gap: 6, headerHeight: 72 };
}
