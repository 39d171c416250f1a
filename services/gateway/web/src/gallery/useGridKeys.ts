import { type KeyboardEvent, useEffect, useRef } from "react";
import { type Geometry, nearestInRow, type Place, placeAt, placeNear, type Section } from "./geometry";
import type { GalleryStore } from "./store";
import type { Selection } from "./useSelection";

interface GridKeys {
  store: GalleryStore;
  geometry: Geometry;
  active: string | null;
  position: number;
  viewport: number;
  goTo: (virtual: number) => void;
  focus: (id: string) => void;
  selection: Selection;
}

const centre = (place: Place) => place.box.left + place.box.width / 2;
const idAt = (place: Place | undefined) => place?.section.items[place.index]?.id;

/** Arrow keys, Home, End and the page keys, x and Shift+x to select, Escape to let go; what they lead to is loaded when it is not there yet. */
export function useGridKeys(props: GridKeys): (event: KeyboardEvent) => void {
  const latest = useRef(props);
  /** A point whose tile takes the focus as soon as it is loaded. */
  const pending = useRef<{ x: number; y: number } | null>(null);
  useEffect(() => {
    latest.current = props;
    if (!pending.current) return;
    const { x, y } = pending.current;
    const place = placeNear(props.geometry, x, y);
    const id = idAt(place);
    if (!place || !id || place.top + place.row.height < y - 2 * place.row.height) return;
    pending.current = null;
    props.focus(id);
  });

  const focusPoint = (x: number, y: number) => {
    const { geometry, viewport, goTo } = latest.current;
    const inside = Math.max(0, Math.min(geometry.height - 1, y));
    pending.current = { x, y: inside };
    goTo(inside - viewport / 2);
  };

  /** Waits for the layout that contains what was just loaded. */
  const laidOut = () => new Promise<void>((resolve) => requestAnimationFrame(() => resolve()));

  const toNeighbourMonth = async (section: Section, by: 1 | -1, x: number) => {
    const { sections } = latest.current.geometry;
    const next = sections[sections.findIndex((s) => s.month === section.month) + by];
    if (!next) return;
    await latest.current.store.ensure(next.month, by === 1 ? 1 : Number.POSITIVE_INFINITY);
    await laidOut();
    const there = latest.current.geometry.byMonth.get(next.month);
    const row = by === 1 ? there?.layout.rows[0] : there?.layout.rows.at(-1);
    const id = there && row && there.items[nearestInRow(there, row, x)]?.id;
    if (id) latest.current.focus(id);
  };

  const vertical = async (here: Place, by: 1 | -1) => {
    const { section } = here;
    const row = section.layout.rows[section.layout.rows.indexOf(here.row) + by];
    if (row) {
      const id = section.items[nearestInRow(section, row, centre(here))]?.id;
      if (id) latest.current.focus(id);
    } else if (by === 1 && section.items.length < section.count) {
      focusPoint(centre(here), here.top + here.row.height * 1.5);
    } else await toNeighbourMonth(section, by, centre(here));
  };

  const toEnd = async () => {
    const { geometry, store, goTo } = latest.current;
    const last = geometry.sections.at(-1);
    if (!last) return;
    goTo(geometry.height);
    await store.ensure(last.month, Number.POSITIVE_INFINITY);
    await laidOut();
    const id = latest.current.geometry.sections.at(-1)?.items.at(-1)?.id;
    if (id) latest.current.focus(id);
  };

  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { store, geometry, active, position, viewport, focus, selection } = latest.current;
    const found = active ? store.find(active) : undefined;
    const here = found ? placeAt(geometry, found.month, found.index) : placeNear(geometry, 0, position);
    const id = idAt(here);
    if (!here || !id) return;

    const step = async (by: 1 | -1) => {
      const card = await store.step(id, by);
      if (!card) return;
      await laidOut();
      focus(card.id);
    };
    const actions: Record<string, () => unknown> = {
      ArrowRight: () => step(1),
      ArrowLeft: () => step(-1),
      ArrowDown: () => vertical(here, 1),
      ArrowUp: () => vertical(here, -1),
      PageDown: () => focusPoint(centre(here), here.top + here.row.height / 2 + viewport * 0.9),
      PageUp: () => focusPoint(centre(here), here.top + here.row.height / 2 - viewport * 0.9),
      Home: () => focusPoint(0, 0),
      End: () => toEnd(),
      x: () => selection.toggle(id),
      X: () => selection.extend(id),
    };
    if (selection.ids.size > 0) actions.Escape = () => selection.clear();
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    pending.current = null;
    void action();
  };
}
