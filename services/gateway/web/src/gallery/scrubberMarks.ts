import type { Geometry } from "./geometry";

export interface YearMark {
  year: string;
  /** From 0 (newest) to 1 (oldest). */
  at: number;
}

/** The years along the scrubber, those that would touch left out. */
export function yearMarks(geometry: Geometry, trackHeight: number, space = 26): YearMark[] {
  const marks: YearMark[] = [];
  let lastY = Number.NEGATIVE_INFINITY;
  let lastYear = "";
  for (const section of geometry.sections) {
    const year = section.month.slice(0, 4);
    if (year === lastYear) continue;
    lastYear = year;
    const at = geometry.height > 0 ? section.top / geometry.height : 0;
    if (at * trackHeight - lastY < space) continue;
    lastY = at * trackHeight;
    marks.push({ year, at });
  }
  return marks;
}
