import { ActionIcon, CopyButton } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { storagesQuery } from "../api/queries";
import type { AssetDetail, AssetLocation } from "../api/types";
import { useLibrary } from "../gallery/LibraryContext";
import { date, m } from "../messages";
import { MissingActions } from "../missing/MissingActions";
import { Note } from "../shell/Note";
import { useWorkspace } from "../shell/useWorkspace";
import { OnItsWay } from "./OnItsWay";
import classes from "./viewer.module.css";

/** Where the original lives, with the red mark's reason in words when it cannot be had. */
export function Locations({ detail }: { detail: AssetDetail }) {
  const { close } = useLibrary();
  const isMissing = detail.availability === "missing";
  const canRestore =
    isMissing && detail.locations.some((location) => location.back_since && !location.restored_at);
  return (
    <section className={classes.section}>
      <h3>{m.viewer.where}</h3>
      {detail.availability !== "available" && (
        <div style={{ marginBottom: 14 }}>
          <Note tone="bad" title={m.availability[detail.availability]}>
            {canRestore ? m.missing.advice.restore : m.availabilityRemedy[detail.availability]}
          </Note>
        </div>
      )}
      {detail.locations.map((location) => (
        <Location
          key={`${location.storage_id} ${location.path}`}
          location={location}
          folder={detail.folder}
        />
      ))}
      <OnItsWay asset={detail.id} />
      {detail.locations.length > 0 && (
        <MissingActions ids={[detail.id]} canRestore={canRestore} canForget={isMissing} onForgotten={close} />
      )}
    </section>
  );
}

/** Whether what lies in a storage cannot be read just now, though the storage has it as far as is known. */
function useIsAway(location: AssetLocation): boolean {
  const { workspace, api } = useWorkspace();
  const storages = useQuery(storagesQuery(workspace.id, api)).data;
  const storage = storages?.find((one) => one.id === location.storage_id);
  if (!storage || location.missing_since) return false;
  return storage.status === "failed" || storage.status === "disconnected";
}

function Location({ location, folder }: { location: AssetLocation; folder: string | null }) {
  const kind = location.storage_kind;
  const isAway = useIsAway(location);
  return (
    <div style={{ marginBottom: 12 }}>
      <strong style={{ fontWeight: 550 }}>{location.storage_name}</strong>{" "}
      <span className={classes.origin}>
        {kind === "central" ? m.viewer.uploaded : m.storages.kind[kind]}
        {location.role === "original" ? "" : `, ${m.viewer.role[location.role]}`}
      </span>
      {kind === "central" ? (
        folder && <p className={classes.origin}>{m.viewer.cameFrom(folder)}</p>
      ) : (
        <Path path={location.path} />
      )}
      {isAway && (
        <p style={{ margin: "6px 0 0", color: "var(--bad)" }}>{m.missing.awayTitle(location.storage_name)}</p>
      )}
      {location.missing_since && (
        <p style={{ margin: "6px 0 0", color: "var(--bad)" }}>
          {m.viewer.goneSince(date(location.missing_since))}
          {location.back_since && `. ${m.missing.backSince(date(location.back_since))}`}
        </p>
      )}
    </div>
  );
}

function Path({ path }: { path: string }) {
  return (
    <div className={classes.path}>
      <code>{path}</code>
      <CopyButton value={path}>
        {({ copied, copy }) => (
          <ActionIcon
            variant="subtle"
            size="sm"
            color="gray"
            aria-label={copied ? m.common.copied : m.viewer.copyPath}
            onClick={copy}
          >
            {copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
          </ActionIcon>
        )}
      </CopyButton>
    </div>
  );
}
