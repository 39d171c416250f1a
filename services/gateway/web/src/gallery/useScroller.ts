import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { type Geometry, placeAt, placeNear, sectionAt } from "./geometry";
import { ScrollMap } from "./scrollMap";

export interface ScrollView {
  position: number;
  shift: number;
  viewport: number;
}

export interface Scroller extends ScrollView {
  physicalHeight: number;
  goTo: (virtual: number) => void;
  onScroll: () => void;
}

const SETTLE_AFTER = 160;

type FindAsset = (id: string) => { month: string; index: number } | undefined;

/** Ties the scrolled box to the gallery's own coordinates, and holds the view still when heights change. */
export function useScroller(
  box: RefObject<HTMLDivElement | null>,
  geometry: Geometry,
  viewport: number,
  find: FindAsset,
): Scroller {
  const map = useRef<ScrollMap>(null);
  map.current ??= new ScrollMap();
  const scroll = map.current;
  scroll.resize(geometry.height, viewport);

  const [view, setView] = useState<ScrollView>({ position: 0, shift: 0, viewport });
  const drawn = useRef(geometry);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // What is held still. It stays the same until a person scrolls: taken anew at every change, it would
  // wander to the neighbour in its row each time something is inserted.
  const anchor = useRef<Anchor | null>(null);

  const publish = useCallback(
    () => setView({ position: scroll.position, shift: scroll.shift, viewport: scroll.viewport }),
    [scroll],
  );

  const moveBox = useCallback(
    (physical: number | null) => {
      if (physical !== null && box.current) box.current.scrollTop = physical;
      publish();
    },
    [box, publish],
  );

  const onScroll = useCallback(() => {
    if (!box.current || scroll.isAt(box.current.scrollTop)) return;
    anchor.current = null;
    moveBox(scroll.scrolled(box.current.scrollTop));
    clearTimeout(timer.current);
    if (scroll.isScaled) timer.current = setTimeout(() => moveBox(scroll.settle()), SETTLE_AFTER);
  }, [box, scroll, moveBox]);

  const goTo = useCallback(
    (virtual: number) => {
      anchor.current = null;
      moveBox(scroll.goTo(virtual));
    },
    [scroll, moveBox],
  );

  // Months above that turn out taller or shorter than estimated, and pictures that arrive while an import
  // runs, must not move what is being looked at. At the very top the newest are let in instead.
  useLayoutEffect(() => {
    const before = drawn.current;
    if (before === geometry) return;
    drawn.current = geometry;
    const { position } = scroll;
    if (position < 4) moveBox(scroll.goTo(position));
    else {
      anchor.current ??= anchorAt(before, position);
      const held = anchor.current && placeOf(anchor.current, geometry, find);
      moveBox(scroll.goTo(held ?? samePart(before, geometry, position)));
    }
  }, [geometry, scroll, moveBox, find]);

  useEffect(() => {
    if (viewport > 0) publish();
    return () => clearTimeout(timer.current);
  }, [viewport, publish]);

  return { ...view, physicalHeight: scroll.physicalHeight, goTo, onScroll };
}

interface Anchor {
  id: string;
  /** From the top of the asset's row to the upper edge of the view. */
  offset: number;
}

/** The first asset of the row that begins nearest to the upper edge of the view, if it is loaded. */
function anchorAt(geometry: Geometry, position: number): Anchor | null {
  const { rowHeight } = geometry.metrics;
  const place = placeNear(geometry, 0, position + rowHeight / 2);
  const id = place?.section.items[place.index]?.id;
  if (!place || !id) return null;
  const offset = position - place.top;
  const isNear = offset >= -rowHeight && offset <= place.row.height;
  return isNear ? { id, offset } : null;
}

function placeOf(anchor: Anchor, geometry: Geometry, find: FindAsset): number | null {
  const found = find(anchor.id);
  const place = found && placeAt(geometry, found.month, found.index);
  return place ? place.top + Math.min(anchor.offset, place.row.height) : null;
}

/** The same distance into the same month, where nothing is loaded that could be held. */
function samePart(before: Geometry, after: Geometry, position: number): number {
  const section = sectionAt(before, position);
  const same = section && after.byMonth.get(section.month);
  return same ? same.top + Math.min(position - section.top, same.height - 1) : position;
}
