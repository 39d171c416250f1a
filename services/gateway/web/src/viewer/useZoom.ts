import { type PointerEvent, type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { clamp, FIT, type Size, type View, zoomAt } from "./zoom";

interface ZoomOptions {
  frame: RefObject<HTMLElement | null>;
  /** The picture's size in the frame when it is fitted. */
  picture: Size;
  onSwipe: (by: 1 | -1) => void;
}

const SWIPE = 60;

/** Wheel, double click, drag, pinch and swipe. */
export function useZoom({ frame, picture, onSwipe }: ZoomOptions) {
  const [view, setView] = useState<View>(FIT);
  const [isDragging, setDragging] = useState(false);
  const pointers = useRef(new Map<number, { x: number; y: number }>());
  const start = useRef<{ x: number; y: number } | null>(null);
  const isZoomed = view.scale > 1.001;

  const change = useCallback(
    (next: (view: View, size: Size) => View) =>
      setView((old) => {
        const box = frame.current?.getBoundingClientRect();
        const size = { width: box?.width ?? 1, height: box?.height ?? 1 };
        return clamp(next(old, size), picture, size);
      }),
    [frame, picture],
  );
  const fromCentre = useCallback(
    (event: { clientX: number; clientY: number }) => {
      const box = frame.current?.getBoundingClientRect();
      if (!box) return { x: 0, y: 0 };
      return { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 };
    },
    [frame],
  );
  const zoomBy = useCallback(
    (factor: number, point = { x: 0, y: 0 }) => change((old) => zoomAt(old, factor, point)),
    [change],
  );
  const reset = useCallback(() => setView(FIT), []);

  // React attaches wheel handlers passively, and the page must not scroll or zoom along.
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const step = event.deltaMode === 1 ? event.deltaY * 16 : event.deltaY;
      zoomBy(Math.exp(-step * (event.ctrlKey ? 0.01 : 0.0018)), fromCentre(event));
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [frame, zoomBy, fromCentre]);

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const point = { x: event.clientX, y: event.clientY };
    pointers.current.set(event.pointerId, point);
    start.current = pointers.current.size === 1 ? point : null;
    setDragging(true);
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const before = pointers.current.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    pointers.current.set(event.pointerId, now);
    if (other) {
      const was = Math.hypot(before.x - other.x, before.y - other.y);
      const is = Math.hypot(now.x - other.x, now.y - other.y);
      zoomBy(
        is / Math.max(1, was),
        fromCentre({ clientX: (now.x + other.x) / 2, clientY: (now.y + other.y) / 2 }),
      );
    } else if (isZoomed) {
      change((old) => ({ ...old, x: old.x + now.x - before.x, y: old.y + now.y - before.y }));
    }
  };
  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    pointers.current.delete(event.pointerId);
    if (pointers.current.size > 0) return;
    setDragging(false);
    const from = start.current;
    start.current = null;
    if (!from || isZoomed || event.pointerType === "mouse") return;
    const dx = event.clientX - from.x;
    if (Math.abs(dx) > SWIPE && Math.abs(dx) > 2 * Math.abs(event.clientY - from.y)) onSwipe(dx < 0 ? 1 : -1);
  };
  const onDoubleClick = (event: { clientX: number; clientY: number }) =>
    isZoomed ? reset() : zoomBy(2.5, fromCentre(event));

  const handlers = { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: onPointerUp, onDoubleClick };
  return { view, isZoomed, isDragging, zoomBy, reset, handlers };
}
