import { Button } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { type Ref, useEffect, useImperativeHandle, useMemo, useRef, useState } from "react";
import type { AssetCard } from "../api/types";
import { FileFace } from "../gallery/FileFace";
import { placeholderUrl } from "../gallery/thumbhash";
import { useSize } from "../gallery/useSize";
import { m } from "../messages";
import { useRetryAsset } from "./useRetryAsset";
import { useZoom } from "./useZoom";
import classes from "./viewer.module.css";
import { fitted } from "./zoom";

export interface StageControls {
  isZoomed: boolean;
  zoomBy: (factor: number) => void;
  reset: () => void;
}

interface StageProps {
  ref: Ref<StageControls>;
  card: AssetCard | null;
  error: Error | null;
  onPrevious: (() => void) | null;
  onNext: (() => void) | null;
}

export function Stage({ ref, card, error, onPrevious, onNext }: StageProps) {
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  const width = card?.width ?? 1600;
  const height = card?.height ?? 1200;
  const box = useMemo(
    () => fitted({ width, height }, { width: Math.max(1, size.width), height: Math.max(1, size.height) }),
    [width, height, size],
  );
  const { view, isZoomed, isDragging, zoomBy, reset, handlers } = useZoom({
    frame,
    picture: box,
    onSwipe: (by) => (by === 1 ? onNext?.() : onPrevious?.()),
  });
  useImperativeHandle(ref, () => ({ isZoomed, zoomBy, reset }), [isZoomed, zoomBy, reset]);
  const hasPicture = card !== null && (card.preview_url !== null || card.fullscreen_url !== null);

  return (
    <div className={classes.stage}>
      <div
        ref={frame}
        className={classes.frame}
        data-zoomed={isZoomed || undefined}
        data-dragging={isDragging || undefined}
        {...handlers}
      >
        {hasPicture && size.width > 0 && (
          <div
            className={classes.picture}
            style={{
              width: box.width,
              height: box.height,
              transform: `translate(-50%, -50%) translate(${view.x}px, ${view.y}px) scale(${view.scale})`,
            }}
          >
            <Layers card={card} />
          </div>
        )}
        {!hasPicture && <NoPicture card={card} error={error} />}
      </div>
      {onPrevious && (
        <button
          type="button"
          className={classes.step}
          data-side="left"
          aria-label={m.viewer.previous}
          onClick={onPrevious}
        >
          <IconChevronLeft size={28} stroke={1.6} aria-hidden />
        </button>
      )}
      {onNext && (
        <button
          type="button"
          className={classes.step}
          data-side="right"
          aria-label={m.viewer.next}
          onClick={onNext}
        >
          <IconChevronRight size={28} stroke={1.6} aria-hidden />
        </button>
      )}
    </div>
  );
}

/** The blurred stand-in, the thumbnail that is certainly cached, the preview, and the large picture, each
 * over the one before as soon as it is there. */
function Layers({ card }: { card: AssetCard }) {
  const hash = card.thumbhash ? placeholderUrl(card.thumbhash) : undefined;
  const urls = [card.thumbnail_url, card.preview_url, card.fullscreen_url].filter((url) => url !== null);
  return (
    <>
      {hash && <img src={hash} alt="" aria-hidden data-shown />}
      {urls.map((url, index) => (
        <Layer key={url} url={url} name={index === urls.length - 1 ? card.name : ""} />
      ))}
    </>
  );
}

function Layer({ url, name }: { url: string; name: string }) {
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const image = new Image();
    image.src = url;
    let isWanted = true;
    // Decoded before it is shown, so that it does not come in from top to bottom.
    image.decode().then(
      () => isWanted && setShown(true),
      () => {},
    );
    return () => {
      isWanted = false;
    };
  }, [url]);
  return isShown ? <img src={url} alt={name} draggable={false} data-shown /> : null;
}

function NoPicture({ card, error }: { card: AssetCard | null; error: Error | null }) {
  const retry = useRetryAsset();
  if (error) return <p className={classes.note}>{m.viewer.notFound}</p>;
  if (!card) return null;
  if (card.status === "processing") return <p className={classes.note}>{m.viewer.stillProcessing}</p>;
  return (
    <div className={classes.none}>
      <div className={classes.face}>
        <FileFace card={card} />
      </div>
      {!card.reason && <p>{m.viewer.noPicture}</p>}
      {card.status === "failed" && (
        <Button loading={retry.isPending} onClick={() => retry.mutate(card.id)}>
          {m.viewer.retry}
        </Button>
      )}
    </div>
  );
}
