import { ActionIcon, Menu } from "@mantine/core";
import { IconDownload, IconInfoCircle, IconTrash, IconX, IconZoomIn, IconZoomOut } from "@tabler/icons-react";
import type { AssetCard, AssetDetail, AssetRendition, RenditionKind } from "../api/types";
import { useLibrary } from "../gallery/LibraryContext";
import { bytes, m } from "../messages";
import { useWorkspace } from "../shell/useWorkspace";
import classes from "./viewer.module.css";

interface TopBarProps {
  card: AssetCard | null;
  detail: AssetDetail | null;
  hasInfo: boolean;
  onInfo: () => void;
  onZoom: (factor: number) => void;
  /** None where it is in the bin, or the person may not. */
  onTrash: (() => void) | null;
}

export function TopBar({ card, detail, hasInfo, onInfo, onZoom, onTrash }: TopBarProps) {
  const { close } = useLibrary();
  const icon = { size: 21, stroke: 1.7, "aria-hidden": true } as const;
  return (
    <div className={classes.bar}>
      <ActionIcon className={classes.tool} aria-label={m.viewer.close} onClick={close} data-autofocus>
        <IconX {...icon} />
      </ActionIcon>
      <span className={classes.name}>{card?.name}</span>
      <ActionIcon
        className={`${classes.tool} ${classes.wide}`}
        aria-label={m.viewer.zoomOut}
        onClick={() => onZoom(1 / 1.5)}
      >
        <IconZoomOut {...icon} />
      </ActionIcon>
      <ActionIcon
        className={`${classes.tool} ${classes.wide}`}
        aria-label={m.viewer.zoomIn}
        onClick={() => onZoom(1.5)}
      >
        <IconZoomIn {...icon} />
      </ActionIcon>
      <DownloadMenu detail={detail} />
      {onTrash && (
        <ActionIcon
          className={classes.tool}
          aria-label={m.bin.move}
          aria-keyshortcuts="Delete"
          onClick={onTrash}
        >
          <IconTrash {...icon} />
        </ActionIcon>
      )}
      <ActionIcon
        className={classes.tool}
        aria-label={m.viewer.info}
        aria-pressed={hasInfo}
        aria-keyshortcuts="i"
        onClick={onInfo}
      >
        <IconInfoCircle {...icon} />
      </ActionIcon>
    </div>
  );
}

const SIZES: readonly RenditionKind[] = ["fullscreen", "preview", "thumbnail"];
const largestFirst = (a: AssetRendition, b: AssetRendition) => SIZES.indexOf(a.kind) - SIZES.indexOf(b.kind);

function DownloadMenu({ detail }: { detail: AssetDetail | null }) {
  const { api } = useWorkspace();
  const isAvailable = detail?.availability === "available";
  return (
    <Menu position="bottom-end" width={260} shadow="md" zIndex={410} withinPortal={false}>
      <Menu.Target>
        <ActionIcon className={classes.tool} aria-label={m.viewer.download} disabled={!detail}>
          <IconDownload size={21} stroke={1.7} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      {detail && (
        <Menu.Dropdown>
          <Menu.Item
            component="a"
            href={isAvailable ? api.assets.originalUrl(detail.id) : undefined}
            disabled={!isAvailable}
            download={detail.name}
            rightSection={<Size width={detail.width} height={detail.height} size={detail.size} />}
          >
            {m.viewer.original}
          </Menu.Item>
          {[...detail.renditions].sort(largestFirst).map((one) => (
            <Menu.Item
              key={one.kind}
              component="a"
              href={one.url}
              download={`${detail.name.replace(/\.[^.]+$/, "")}-${one.kind}.jpg`}
              rightSection={<Size width={one.width} height={one.height} size={one.bytes} />}
            >
              {m.viewer.rendition[one.kind]}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      )}
    </Menu>
  );
}

function Size({ width, height, size }: { width: number | null; height: number | null; size: number }) {
  return (
    <small className={`${classes.size} num`}>
      {width && height ? `${m.viewer.dimensions(width, height)}, ` : ""}
      {bytes(size)}
    </small>
  );
}
