import { IconPhotoPlus } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { showError } from "../lib/notify";
import { m } from "../messages";
import { type Chosen, chosenOf, filesOf, holdsFiles } from "./dropped";
import classes from "./uploads.module.css";

/** The whole page takes what is dropped on it, or pasted. */
export function DropZone({ onFiles }: { onFiles: (chosen: readonly Chosen[]) => void }) {
  const [isOver, setOver] = useState(false);

  useEffect(() => {
    // Each element that the pointer comes to says so before the one that it leaves.
    let depth = 0;
    const enter = (event: DragEvent) => {
      if (!holdsFiles(event.dataTransfer)) return;
      event.preventDefault();
      depth += 1;
      setOver(true);
    };
    const over = (event: DragEvent) => {
      if (holdsFiles(event.dataTransfer)) event.preventDefault();
    };
    const leave = (event: DragEvent) => {
      if (!holdsFiles(event.dataTransfer)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const drop = (event: DragEvent) => {
      depth = 0;
      setOver(false);
      if (!event.dataTransfer || !holdsFiles(event.dataTransfer)) return;
      event.preventDefault();
      filesOf(event.dataTransfer).then(onFiles, showError);
    };
    const paste = (event: ClipboardEvent) => {
      const files = event.clipboardData?.files;
      if (files && files.length > 0) onFiles(chosenOf(files));
    };
    window.addEventListener("dragenter", enter);
    window.addEventListener("dragover", over);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", drop);
    window.addEventListener("paste", paste);
    return () => {
      window.removeEventListener("dragenter", enter);
      window.removeEventListener("dragover", over);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", drop);
      window.removeEventListener("paste", paste);
    };
  }, [onFiles]);

  if (!isOver) return null;
  return (
    <div className={classes.zone} data-testid="drop-zone">
      <div className={classes.target}>
        <IconPhotoPlus size={44} stroke={1.4} aria-hidden />
        <strong>{m.uploads.dropTitle}</strong>
        <span>{m.uploads.dropText}</span>
      </div>
    </div>
  );
}
