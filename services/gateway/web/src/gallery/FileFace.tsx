import {
  IconFile,
  IconFileText,
  IconFileZip,
  IconMovie,
  IconMusic,
  IconPhoto,
  IconPhotoX,
  type TablerIcon,
} from "@tabler/icons-react";
import type { AssetCard } from "../api/types";
import { m } from "../messages";
import classes from "./tile.module.css";

const ICONS: Record<string, TablerIcon> = {
  jpeg: IconPhoto,
  image: IconPhoto,
  raw: IconPhoto,
  video: IconMovie,
  audio: IconMusic,
  document: IconFileText,
  archive: IconFileZip,
};

/** What stands where there is no picture: the type, the name, and the reason in words. */
export function FileFace({ card }: { card: AssetCard }) {
  const isFailed = card.status === "failed";
  const Icon = isFailed ? IconPhotoX : (ICONS[card.placeholder] ?? IconFile);
  const extension = card.name.includes(".") ? card.name.split(".").pop()?.toUpperCase() : undefined;
  return (
    <span className={classes.file} data-failed={isFailed || undefined} aria-hidden>
      <span className={classes.fileType}>
        <Icon size={22} stroke={1.6} />
        {extension && extension.length <= 5 && <span>{extension}</span>}
      </span>
      <span className={classes.fileName}>{card.name}</span>
      <span className={classes.fileReason}>
        {card.reason ?? (isFailed ? m.tile.failed : m.tile.unsupported)}
      </span>
    </span>
  );
}
