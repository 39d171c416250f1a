import { Button } from "@mantine/core";
import { IconChevronLeft } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { skippedQuery } from "../api/queries";
import type { Id, ScanRun, Storage } from "../api/types";
import { m } from "../messages";
import { useWorkspace } from "../shell/useWorkspace";
import classes from "./storages.module.css";

interface SkippedFilesProps {
  storage: Storage;
  run: ScanRun;
  onBack: () => void;
}

/** Leads to the photo that has the content of a skipped file. */
function SameContent({ id }: { id: Id | null | undefined }) {
  const { workspace } = useWorkspace();
  if (!id) return null;
  return (
    <>
      {" "}
      <Link to="/w/$workspace/a/$asset" params={{ workspace: workspace.short_id, asset: id }} search={{}}>
        {m.history.sameContent}
      </Link>
    </>
  );
}

/** Every file that a scan left out, with its reason; a list that may be long, so only what is seen is drawn. */
export function SkippedFiles({ storage, run, onBack }: SkippedFilesProps) {
  const { workspace, api } = useWorkspace();
  const box = useRef<HTMLDivElement>(null);
  const { data, hasNextPage, isFetching, fetchNextPage } = useInfiniteQuery(
    skippedQuery(workspace.id, api, storage.id, run.id),
  );
  const files = data?.pages.flatMap((page) => page.items) ?? [];
  const rows = useVirtualizer({
    count: files.length,
    getScrollElement: () => box.current,
    estimateSize: () => 58,
    overscan: 8,
  });
  const drawn = rows.getVirtualItems();
  const lastDrawn = drawn.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasNextPage && !isFetching && lastDrawn > files.length - 40) void fetchNextPage();
  }, [hasNextPage, isFetching, lastDrawn, files.length, fetchNextPage]);

  return (
    <>
      <Button
        variant="subtle"
        size="compact-sm"
        ml={-8}
        mb={8}
        leftSection={<IconChevronLeft size={16} aria-hidden />}
        onClick={onBack}
      >
        {m.history.backToScans}
      </Button>
      <div
        ref={box}
        className={classes.skipped}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled box must be reachable by the keyboard
        tabIndex={0}
        role="region"
        aria-label={m.history.skippedTitle}
      >
        <div style={{ height: rows.getTotalSize() }}>
          {drawn.map(({ index, start, key }) => (
            <div
              key={key}
              ref={rows.measureElement}
              data-index={index}
              className={classes.skippedRow}
              style={{ transform: `translateY(${start}px)` }}
            >
              <code>{files[index]?.path}</code>
              <span>{files[index]?.reason}</span>
              <SameContent id={files[index]?.asset_id} />
            </div>
          ))}
        </div>
      </div>
    </>
  );
}
