import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { m, monthName } from "../messages";
import { type Geometry, type Section, sectionAt } from "./geometry";
import classes from "./scrubber.module.css";
import { yearMarks } from "./scrubberMarks";

interface ScrubberProps {
  geometry: Geometry;
  position: number;
  viewport: number;
  current: Section | undefined;
  goTo: (virtual: number) => void;
}

const INSET = 18;

/** The whole library along one line: years as marks, a handle for the month in view. */
export function Scrubber({ geometry, position, viewport, current, goTo }: ScrubberProps) {
  const track = useRef<HTMLDivElement>(null);
  const [hover, setHover] = useState<number | null>(null);
  const [isDragging, setDragging] = useState(false);
  const { sections, height } = geometry;
  if (sections.length === 0 || height <= viewport) return null;

  const trackHeight = Math.max(1, viewport - 2 * INSET);
  const furthest = Math.max(1, height - viewport);
  const at = Math.min(1, position / furthest);
  const index = current ? sections.indexOf(current) : 0;

  const shareOf = (event: PointerEvent) => {
    const rect = track.current?.getBoundingClientRect();
    return rect ? Math.min(1, Math.max(0, (event.clientY - rect.top) / rect.height)) : 0;
  };
  const move = (event: PointerEvent) => {
    setHover(shareOf(event));
    if (isDragging) goTo(shareOf(event) * furthest);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12 };
    const aim =
      event.key === "Home" ? 0 : event.key === "End" ? sections.length - 1 : index + (by[event.key] ?? 0);
    if (aim === index && event.key !== "Home") return;
    event.preventDefault();
    goTo(sections[Math.min(sections.length - 1, Math.max(0, aim))]?.top ?? 0);
  };
  const hovered =
    hover === null ? undefined : sectionAt(geometry, hover * furthest + geometry.metrics.headerHeight);

  return (
    <div
      className={classes.scrubber}
      role="slider"
      tabIndex={0}
      aria-label={m.library.scrubber}
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={sections.length - 1}
      aria-valuenow={index}
      aria-valuetext={current ? monthName(current.month) : ""}
      data-dragging={isDragging || undefined}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setDragging(true);
        goTo(shareOf(event) * furthest);
      }}
      onPointerMove={move}
      onPointerUp={() => setDragging(false)}
      onPointerCancel={() => setDragging(false)}
      onPointerLeave={() => setHover(null)}
    >
      <div ref={track} className={classes.track} style={{ top: INSET, bottom: INSET }}>
        {yearMarks(geometry, trackHeight).map(({ year, at: markAt }) => (
          <span key={year} className={classes.year} style={{ top: `${markAt * 100}%` }}>
            {year}
          </span>
        ))}
        <span className={classes.handle} style={{ transform: `translateY(${at * trackHeight}px)` }}>
          <span className={classes.bubble}>{current ? monthName(current.month, "short") : ""}</span>
        </span>
        {hovered && !isDragging && hover !== null && (
          <span className={classes.hover} style={{ transform: `translateY(${hover * trackHeight}px)` }}>
            <span className={classes.bubble}>{monthName(hovered.month, "short")}</span>
          </span>
        )}
      </div>
    </div>
  );
}
