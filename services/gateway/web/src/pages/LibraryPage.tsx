import { Button, Group } from "@mantine/core";
import {
  IconFolderSearch,
  IconPhotoSearch,
  IconPhotoSpark,
  IconPlugConnectedX,
  IconSearch,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, Outlet, useNavigate, useParams, useRouter } from "@tanstack/react-router";
import { useCallback, useMemo, useRef } from "react";
import { storagesQuery } from "../api/queries";
import { BulkBar } from "../gallery/BulkBar";
import { isFiltered } from "../gallery/filter";
import { Gallery } from "../gallery/Gallery";
import { LibraryContext } from "../gallery/LibraryContext";
import { LibraryHeader } from "../gallery/LibraryHeader";
import { useGalleryStore } from "../gallery/useGalleryStore";
import { useSelection } from "../gallery/useSelection";
import { errorText } from "../lib/notify";
import { m } from "../messages";
import { Empty } from "../shell/Empty";
import { useTitle } from "../shell/useTitle";
import { useWorkspace } from "../shell/useWorkspace";
import { UploadButton } from "../uploads/UploadButton";
import classes from "./library.module.css";

const route = getRouteApi("/w/$workspace/library");

export function LibraryPage() {
  const { workspace, api } = useWorkspace();
  const filter = route.useSearch();
  const { asset: viewed } = useParams({ strict: false });
  const { store, timeline } = useGalleryStore(workspace.id, api, filter);
  const selection = useSelection(store);
  const navigate = useNavigate();
  const router = useRouter();
  useTitle(workspace.name);

  const openedFromGallery = useRef(false);
  const open = useCallback(
    (asset: string, replace = false) => {
      if (!replace) openedFromGallery.current = true;
      void navigate({
        to: "/w/$workspace/a/$asset",
        params: { workspace: workspace.short_id, asset },
        search: (old) => old,
        replace,
      });
    },
    [navigate, workspace.short_id],
  );
  const close = useCallback(() => {
    if (openedFromGallery.current) router.history.back();
    else {
      const params = { workspace: workspace.short_id };
      void navigate({ to: "/w/$workspace", params, search: (old) => old, replace: true });
    }
    openedFromGallery.current = false;
  }, [router, navigate, workspace.short_id]);
  const library = useMemo(
    () => ({ store, close, show: (id: string) => open(id, true) }),
    [store, close, open],
  );
  const openTile = useCallback((id: string) => open(id), [open]);

  return (
    <LibraryContext value={library}>
      <div className={classes.page} inert={viewed !== undefined}>
        <LibraryHeader filter={filter} total={timeline.data?.total ?? null} />
        <div className={classes.content}>
          {timeline.data && timeline.data.total > 0 && (
            <Gallery
              key={JSON.stringify(filter)}
              store={store}
              viewed={viewed}
              onOpen={openTile}
              selection={selection}
            />
          )}
          {viewed === undefined && <BulkBar selection={selection} />}
          {timeline.data?.total === 0 && <EmptyLibrary isFiltered={isFiltered(filter)} />}
          {timeline.error && !timeline.data && (
            <Empty
              icon={<IconPlugConnectedX size={34} stroke={1.5} />}
              title={m.library.loadError}
              text={errorText(timeline.error)}
              action={<Button onClick={() => void timeline.refetch()}>{m.common.retry}</Button>}
            />
          )}
        </div>
      </div>
      <Outlet />
    </LibraryContext>
  );
}

function EmptyLibrary({ isFiltered }: { isFiltered: boolean }) {
  const { workspace, api } = useWorkspace();
  const storages = useQuery(storagesQuery(workspace.id, api));
  const params = { workspace: workspace.short_id };
  const scanning = storages.data?.find((storage) => storage.scanning);

  if (isFiltered) {
    return (
      <Empty
        icon={<IconPhotoSearch size={34} stroke={1.5} />}
        title={m.library.noMatchTitle}
        text={m.library.noMatchText}
        action={
          <Button
            variant="default"
            renderRoot={(props) => <Link to="/w/$workspace" params={params} {...props} />}
          >
            {m.library.clearFilters}
          </Button>
        }
      />
    );
  }
  if (scanning) {
    return (
      <Empty
        icon={<IconFolderSearch size={34} stroke={1.5} />}
        title={m.library.scanningTitle}
        text={m.library.scanningText(scanning.name)}
      />
    );
  }
  if (storages.data && storages.data.length > 0) {
    return (
      <Empty
        icon={<IconSearch size={34} stroke={1.5} />}
        title={m.library.foundNothingTitle}
        text={m.library.foundNothingText}
        action={
          <Group justify="center">
            <Button renderRoot={(props) => <Link to="/w/$workspace/storages" params={params} {...props} />}>
              {m.library.foundNothingAction}
            </Button>
            <UploadButton />
          </Group>
        }
      />
    );
  }
  if (!storages.data) return null;
  return (
    <Empty
      icon={<IconPhotoSpark size={34} stroke={1.5} />}
      title={m.library.emptyTitle}
      text={m.library.emptyText}
      action={
        <Group justify="center">
          <Button
            size="md"
            renderRoot={(props) => <Link to="/w/$workspace/storages/connect" params={params} {...props} />}
          >
            {m.library.emptyAction}
          </Button>
          <UploadButton size="md" />
        </Group>
      }
    />
  );
}
