import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { m } from "../messages";
import classes from "./gallery.module.css";
import { buildGeometry, placeAt, sectionAt, type VisibleSection, visible } from "./geometry";
import { metricsFor } from "./layout";
import { MonthRows } from "./MonthRows";
import { Scrubber } from "./Scrubber";
import type { GalleryStore } from "./store";
import { useGridKeys } from "./useGridKeys";
import { useScroller } from "./useScroller";
import type { Selection } from "./useSelection";
import { useSize } from "./useSize";

interface GalleryProps {
  store: GalleryStore;
  /** The asset that the viewer shows over the gallery, if it is open. */
  viewed: string | undefined;
  onOpen: (id: string) => void;
  selection: Selection;
}

/** Pixels that are drawn above and below the view. */
const OVERSCAN = 700;
/** A view that moved less than this since the last look is at rest, and may load. */
const LOAD_DELAY = 70;

export function Gallery({ store, viewed, onOpen, selection }: GalleryProps) {
  const box = useRef<HTMLDivElement>(null);
  const size = useSize(box);
  const version = useSyncExternalStore(store.subscribe, store.snapshot);
  const metrics = useMemo(() => metricsFor(Math.max(200, size.width)), [size.width]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version stands for what is in the store
  const geometry = useMemo(() => buildGeometry(store.view(), metrics), [store, version, metrics]);
  const find = useCallback((id: string) => store.find(id), [store]);
  const scroller = useScroller(box, geometry, size.height, find);
  const { position, shift, viewport, goTo } = scroller;

  const shown = visible(geometry, position - OVERSCAN, position + viewport + OVERSCAN);
  const wantedKey = shown.map(({ section, wanted }) => `${section.month}:${wanted}`).join(" ");
  useEffect(() => {
    if (size.height === 0) return;
    const timer = setTimeout(() => {
      const wanted = wantedKey.split(" ").filter(Boolean);
      store.want(new Map(wanted.map((one) => [one.slice(0, 7), Number(one.slice(8))])));
    }, LOAD_DELAY);
    return () => clearTimeout(timer);
  }, [store, wantedKey, size.height]);

  const [active, setActive] = useState<string | null>(null);
  const [focusRequest, setFocusRequest] = useState(0);
  const focus = useCallback((id: string) => {
    setActive(id);
    setFocusRequest((n) => n + 1);
  }, []);

  const reveal = useCallback(
    (id: string) => {
      const found = store.find(id);
      const place = found && placeAt(geometry, found.month, found.index);
      if (!place) return;
      const above = place.top - (place.row.top === 0 ? metrics.headerHeight : 12);
      const below = place.top + place.row.height + 12 - viewport;
      if (above < position) goTo(above);
      else if (below > position) goTo(below);
    },
    [store, geometry, metrics, position, viewport, goTo],
  );

  const latestReveal = useRef(reveal);
  useEffect(() => {
    latestReveal.current = reveal;
  });
  useEffect(() => {
    if (focusRequest === 0 || !active) return;
    latestReveal.current(active);
    const tile = box.current?.querySelector<HTMLElement>(`[data-asset="${CSS.escape(active)}"]`);
    tile?.focus({ preventScroll: true });
  }, [focusRequest, active]);

  // The gallery follows the viewer, and takes the focus back when it closes.
  const lastViewed = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (viewed) {
      setActive(viewed);
      latestReveal.current(viewed);
    } else if (lastViewed.current) focus(lastViewed.current);
    lastViewed.current = viewed;
  }, [viewed, focus]);

  const { toggle, extend } = selection;
  const select = useCallback(
    (id: string, isRange: boolean) => (isRange ? extend(id) : toggle(id)),
    [toggle, extend],
  );
  const onKeyDown = useGridKeys({ store, geometry, active, position, viewport, goTo, focus, selection });

  const activePlace = active ? store.find(active) : undefined;
  const activeShown = activePlace && placeAt(geometry, activePlace.month, activePlace.index);
  const isActiveOnScreen =
    activeShown &&
    activeShown.top + activeShown.row.height > position &&
    activeShown.top < position + viewport;
  const entry = isActiveOnScreen ? active : firstOnScreen(shown, position, metrics.headerHeight);
  const current = sectionAt(geometry, position + metrics.headerHeight);

  return (
    <div className={classes.gallery} inert={viewed !== undefined}>
      <div
        ref={box}
        className={classes.box}
        onScroll={scroller.onScroll}
        // The grid's tiles take the focus; the box itself must not be one more stop.
        tabIndex={-1}
      >
        <div
          role="grid"
          aria-label={m.library.grid}
          aria-rowcount={geometry.rows}
          aria-readonly
          aria-multiselectable
          className={classes.grid}
          style={{ height: scroller.physicalHeight, width: metrics.width }}
          onKeyDown={onKeyDown}
        >
          {shown.map(({ section, rows }) => (
            <MonthRows
              key={section.month}
              section={section}
              rows={
                activeShown?.section === section && !rows.includes(activeShown.row)
                  ? [...rows, activeShown.row]
                  : rows
              }
              metrics={metrics}
              shift={shift}
              entry={entry}
              selected={selection.ids}
              onOpen={onOpen}
              onSelect={select}
              onFocus={setActive}
            />
          ))}
        </div>
      </div>
      <Scrubber geometry={geometry} position={position} viewport={viewport} current={current} goTo={goTo} />
    </div>
  );
}

/** Where the Tab key enters the grid while the active tile is elsewhere. */
function firstOnScreen(
  shown: readonly VisibleSection[],
  position: number,
  headerHeight: number,
): string | null {
  for (const { section, rows } of shown) {
    const row = rows.find((one) => section.top + headerHeight + one.top + one.height > position);
    const id = row && section.items[row.start]?.id;
    if (id) return id;
  }
  return null;
}
