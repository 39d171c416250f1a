import { createContext, useContext } from "react";
import type { GalleryStore } from "./store";

export interface Library {
  store: GalleryStore;
  /** Closes the viewer, by going back where the gallery is what was before it. */
  close: () => void;
  /** Shows another asset in the viewer, without a step in the history. */
  show: (id: string) => void;
}

export const LibraryContext = createContext<Library | null>(null);

export function useLibrary(): Library {
  const library = useContext(LibraryContext);
  if (!library) throw new Error("the viewer is only used inside the library");
  return library;
}
