import { FocusTrap, Portal } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconExclamationMark } from "@tabler/icons-react";
import { useEffect, useMemo, useRef } from "react";
import type { AssetCard, AssetDetail } from "../api/types";
import { useTrash } from "../bin/useTrash";
import { useLibrary } from "../gallery/LibraryContext";
import { m } from "../messages";
import { useTitle } from "../shell/useTitle";
import { InfoPanel } from "./InfoPanel";
import { Stage, type StageControls } from "./Stage";
import { TopBar } from "./TopBar";
import { useCanEdit } from "./useEditAsset";
import classes from "./viewer.module.css";

interface ViewerProps {
  card: AssetCard | null;
  detail: AssetDetail | null;
  error: Error | null;
  before: AssetCard | null;
  after: AssetCard | null;
}

export function Viewer({ card, detail, error, before, after }: ViewerProps) {
  const { close, show } = useLibrary();
  const [hasInfo, setInfo] = useLocalStorage({
    key: "stowage-viewer-info",
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  const canEdit = useCanEdit();
  const trash = useTrash({
    onDone: () => {
      const next = after ?? before;
      if (next) show(next.id);
      else close();
    },
  });
  const { mutate: moveToBin, isPending } = trash;
  const id = card?.id;
  const onTrash = useMemo(
    () => (id && canEdit && detail && !detail.bin && !isPending ? () => moveToBin([id]) : null),
    [id, canEdit, detail, isPending, moveToBin],
  );
  const stage = useRef<StageControls>(null);
  useTitle(card?.name ?? m.viewer.info);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const isOwn = target.closest("input, textarea, select, [role=menu], [role=slider]");
      if (event.defaultPrevented || isOwn || event.ctrlKey || event.metaKey || event.altKey) return;
      const actions: Record<string, () => void> = {
        Escape: () => (stage.current?.isZoomed ? stage.current.reset() : close()),
        ArrowLeft: () => before && show(before.id),
        ArrowRight: () => after && show(after.id),
        Delete: () => onTrash?.(),
        i: () => setInfo((old) => !old),
        "+": () => stage.current?.zoomBy(1.5),
        "=": () => stage.current?.zoomBy(1.5),
        "-": () => stage.current?.zoomBy(1 / 1.5),
        "0": () => stage.current?.reset(),
      };
      const action = actions[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [before, after, close, show, setInfo, onTrash]);

  return (
    <Portal>
      <FocusTrap active>
        <div
          className={classes.viewer}
          role="dialog"
          aria-modal
          aria-label={m.viewer.dialog(card?.name ?? "")}
          data-info={hasInfo || undefined}
        >
          <div className={classes.main}>
            <TopBar
              card={card}
              detail={detail}
              hasInfo={hasInfo}
              onInfo={() => setInfo(!hasInfo)}
              onTrash={onTrash}
              onZoom={(factor) => stage.current?.zoomBy(factor)}
            />
            <Stage
              key={card?.id ?? "none"}
              ref={stage}
              card={card}
              error={error}
              onPrevious={before ? () => show(before.id) : null}
              onNext={after ? () => show(after.id) : null}
            />
            {card && card.availability !== "available" && !hasInfo && (
              <button type="button" className={classes.alarm} onClick={() => setInfo(true)}>
                <IconExclamationMark size={15} stroke={3} aria-hidden />
                {m.availability[card.availability]}
              </button>
            )}
          </div>
          {hasInfo && <InfoPanel detail={detail} onClose={() => setInfo(false)} />}
        </div>
      </FocusTrap>
    </Portal>
  );
}
