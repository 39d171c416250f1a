import { IconCheck, IconExclamationMark, IconGif, IconPhoto } from "@tabler/icons-react";
import { memo, useState } from "react";
import type { AssetCard } from "../api/types";
import { m, wallDate } from "../messages";
import { FileFace } from "./FileFace";
import { placeholderUrl } from "./thumbhash";
import classes from "./tile.module.css";

interface TileProps {
  card: AssetCard;
  left: number;
  width: number;
  height: number;
  isEntry: boolean;
  isSelected: boolean;
  /** Something is selected, so a click selects instead of opening. */
  isSelecting: boolean;
  onOpen: (id: string) => void;
  /** With `isRange` everything from the last one to this. */
  onSelect: (id: string, isRange: boolean) => void;
  onFocus: (id: string) => void;
}

/** What a tile says in words: its name, its day, and everything that its marks mean. */
function label(card: AssetCard): string {
  const notes: string[] = [];
  if (card.status === "processing") notes.push(m.tile.processing);
  if (card.status === "failed") notes.push(`${m.tile.failed}: ${card.reason ?? ""}`);
  if (card.status === "unsupported") notes.push(`${m.tile.unsupported}: ${card.reason ?? ""}`);
  if (card.availability !== "available") notes.push(m.availability[card.availability]);
  if (card.is_animated) notes.push(m.tile.animated);
  return m.tile.label(card.name, wallDate(card.taken_at), notes);
}

export const Tile = memo(function Tile(props: TileProps) {
  const { card, left, width, height, isEntry, isSelected, isSelecting, onOpen, onSelect, onFocus } = props;
  const isPicture = card.thumbnail_url !== null;
  const isFile = !isPicture && card.status !== "processing" && !card.thumbhash;
  const hash = card.thumbhash ? placeholderUrl(card.thumbhash) : undefined;
  return (
    <div
      role="gridcell"
      tabIndex={isEntry ? 0 : -1}
      data-asset={card.id}
      data-file={isFile || undefined}
      data-selected={isSelected || undefined}
      data-selecting={isSelecting || undefined}
      aria-selected={isSelected}
      className={classes.tile}
      aria-label={label(card)}
      style={{
        transform: `translateX(${left}px)`,
        width,
        height,
        ...(hash && { backgroundImage: `url(${hash})` }),
      }}
      onClick={(event) => {
        if (isSelecting || event.shiftKey || event.ctrlKey || event.metaKey)
          onSelect(card.id, event.shiftKey);
        else onOpen(card.id);
      }}
      onFocus={() => onFocus(card.id)}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        onOpen(card.id);
      }}
    >
      {card.thumbnail_url && <Picture key={card.thumbnail_url} url={card.thumbnail_url} />}
      {isFile && <FileFace card={card} />}
      {card.status === "processing" && (
        <span className={classes.pending} aria-hidden>
          {!hash && <IconPhoto size={26} stroke={1.3} />}
        </span>
      )}
      <span className={classes.marks} aria-hidden>
        {card.is_animated && (
          <span className={classes.mark} title={m.tile.animated}>
            <IconGif size={18} stroke={1.8} />
          </span>
        )}
        {card.availability !== "available" && (
          <span className={classes.alarm} title={m.availability[card.availability]}>
            <IconExclamationMark size={15} stroke={3} />
          </span>
        )}
      </span>
      {!isFile && <span className={classes.name}>{card.name}</span>}
      {/* For the mouse and for fingers; the keyboard has "x", and the cell itself says what is selected. */}
      <span
        className={classes.check}
        data-check
        title={m.selection.select(card.name)}
        aria-hidden
        onClick={(event) => {
          event.stopPropagation();
          onSelect(card.id, event.shiftKey);
        }}
      >
        <IconCheck size={16} stroke={3} />
      </span>
    </div>
  );
});

function Picture({ url }: { url: string }) {
  const [isLoaded, setLoaded] = useState(false);
  return (
    <img
      src={url}
      alt=""
      decoding="async"
      draggable={false}
      data-loaded={isLoaded || undefined}
      // A picture from the cache is there before the handler could be called.
      ref={(element) => {
        if (element?.complete && element.naturalWidth > 0) setLoaded(true);
      }}
      onLoad={() => setLoaded(true)}
    />
  );
}
