// Zoom and pan as arithmetic. A view is a scale and the offset of the picture's centre from the frame's.

export interface View {
  scale: number;
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

export const FIT: View = { scale: 1, x: 0, y: 0 };
export const MAX_SCALE = 8;

/** The size at which a picture just fits into a frame; it is not blown up beyond its own pixels. */
export function fitted(picture: Size, frame: Size): Size {
  const ratio = Math.min(frame.width / picture.width, frame.height / picture.height, 1);
  return { width: picture.width * ratio, height: picture.height * ratio };
}

/** Keeps the picture from leaving the frame. */
export function clamp(view: View, picture: Size, frame: Size): View {
  const scale = Math.min(MAX_SCALE, Math.max(1, view.scale));
  const roomX = Math.max(0, (picture.width * scale - frame.width) / 2);
  const roomY = Math.max(0, (picture.height * scale - frame.height) / 2);
  // Adding zero turns -0 into 0.
  return {
    scale,
    x: Math.min(roomX, Math.max(-roomX, view.x)) + 0,
    y: Math.min(roomY, Math.max(-roomY, view.y)) + 0,
  };
}

/** Zooms so that the point under the pointer (from the frame's centre) stays where it is. */
export function zoomAt(view: View, factor: number, point: { x: number; y: number }): View {
  const scale = Math.min(MAX_SCALE, Math.max(1, view.scale * factor));
  const real = scale / view.scale;
  return { scale, x: point.x - (point.x - view.x) * real, y: point.y - (point.y - view.y) * real };
}
