import { ActionIcon, Button, Menu, Switch } from "@mantine/core";
import { IconBucket, IconDots, IconFolder, IconServer } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Storage } from "../api/types";
import { DeliveryDrawer } from "../delivery/DeliveryDrawer";
import { DeliverySettings } from "../delivery/DeliverySettings";
import { MigrateDialog } from "../delivery/MigrateDialog";
import { Roles } from "../delivery/Roles";
import { showDone } from "../lib/notify";
import { bytes, m, number, relative } from "../messages";
import { mayEdit, mayManage } from "../people/roles";
import { Note } from "../shell/Note";
import { useWorkspace } from "../shell/useWorkspace";
import { EditStorage } from "./EditStorage";
import { HoldNote } from "./HoldNote";
import { RemoveStorage } from "./RemoveStorage";
import { ScanHistory } from "./ScanHistory";
import { StateMark } from "./StateMark";
import { SwitchOff } from "./SwitchOff";
import classes from "./storages.module.css";
import { TestStorage } from "./TestStorage";
import { useRefreshUsage } from "./useRefreshUsage";
import { useStorageActions } from "./useStorageActions";
import { changeWords, isReadable, stateWords, whereIs } from "./words";

type Panel = "test" | "history" | "deliveries" | "delivery" | "migrate" | "edit" | "remove" | "off" | null;

export function StorageCard({ storage }: { storage: Storage }) {
  const [panel, setPanel] = useState<Panel>(null);
  const { workspace } = useWorkspace();
  const { scan, patch } = useStorageActions(storage);
  const manages = mayManage(workspace.role);
  const close = () => setPanel(null);
  const Icon = storage.kind === "fs" ? IconFolder : storage.kind === "ftp" ? IconServer : IconBucket;
  const titleId = `storage-${storage.id}`;

  return (
    <article className={classes.card} aria-labelledby={titleId} data-off={!storage.on || undefined}>
      <header className={classes.head}>
        <span className={classes.kind} aria-hidden>
          <Icon size={22} stroke={1.6} />
        </span>
        <div className={classes.title}>
          <h2 id={titleId}>{storage.name}</h2>
          <p>
            {m.storages.kind[storage.kind]}, {m.storages.access[storage.access].toLowerCase()}
          </p>
          <code>{whereIs(storage)}</code>
          {isReadable(storage) && <p className={classes.insecure}>{m.storages.insecure}</p>}
          <Roles storage={storage} />
        </div>
        <div className={classes.headEnd}>
          <StateMark state={stateWords(storage)} />
          {manages && (
            <Switch
              checked={storage.on}
              aria-label={m.storages.onOff(storage.name)}
              onChange={() => (storage.on ? setPanel("off") : patch.mutate({ on: true }))}
            />
          )}
        </div>
      </header>

      <Banners storage={storage} />
      <Figures storage={storage} />

      <footer className={classes.actions}>
        {mayEdit(workspace.role) && (
          <Button
            variant="default"
            disabled={!storage.on || storage.scanning !== null}
            loading={scan.isPending}
            onClick={() => scan.mutate()}
          >
            {m.storages.scanNow}
          </Button>
        )}
        {manages && (
          <Button variant="subtle" color="gray" className={classes.plain} onClick={() => setPanel("test")}>
            {m.storages.test}
          </Button>
        )}
        <Button variant="subtle" color="gray" className={classes.plain} onClick={() => setPanel("history")}>
          {m.storages.history}
        </Button>
        {storage.access === "read_write" && (
          <Button
            variant="subtle"
            color="gray"
            className={classes.plain}
            onClick={() => setPanel("deliveries")}
          >
            {m.delivery.ledger.open}
          </Button>
        )}
        {manages && <CardMenu storage={storage} onOpen={setPanel} />}
      </footer>

      <TestStorage storage={storage} isOpen={panel === "test"} onClose={close} />
      <ScanHistory storage={storage} isOpen={panel === "history"} onClose={close} />
      <DeliveryDrawer
        title={m.delivery.ledger.title(storage.name)}
        of={{ storage_id: storage.id }}
        storage={storage}
        isOpen={panel === "deliveries"}
        onClose={close}
      />
      <MigrateDialog from={storage.id} isOpen={panel === "migrate"} onClose={close} />
      <DeliverySettings storage={storage} isOpen={panel === "delivery"} onClose={close} />
      <EditStorage storage={storage} isOpen={panel === "edit"} onClose={close} />
      <RemoveStorage storage={storage} isOpen={panel === "remove"} onClose={close} />
      <SwitchOff storage={storage} isOpen={panel === "off"} onClose={close} />
    </article>
  );
}

/** What administrators do with a storage now and then. */
function CardMenu({ storage, onOpen }: { storage: Storage; onOpen: (panel: Panel) => void }) {
  const { workspace } = useWorkspace();
  const refresh = useRefreshUsage(storage.id, (usage) => {
    const counted = usage.storages.find((one) => one.storage_id === storage.id);
    if (counted) showDone(m.usage.holds(storage.name, counted.objects, bytes(counted.bytes)));
  });
  return (
    <Menu position="bottom-end" shadow="md" width={200}>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={36}
          ml="auto"
          aria-label={m.storages.more(storage.name)}
        >
          <IconDots size={20} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item disabled={!storage.on} onClick={() => refresh.mutate()}>
          {m.usage.refresh}
        </Menu.Item>
        <Menu.Item onClick={() => onOpen("edit")}>{m.storages.edit}</Menu.Item>
        <Menu.Item onClick={() => onOpen("delivery")}>{m.delivery.settings.open}</Menu.Item>
        <Menu.Item onClick={() => onOpen("migrate")}>{m.delivery.migrate.open}</Menu.Item>
        <Menu.Item
          renderRoot={(props) => (
            <Link
              to="/w/$workspace/audit"
              params={{ workspace: workspace.short_id }}
              search={{ subject: storage.id }}
              {...props}
            />
          )}
        >
          {m.audit.open}
        </Menu.Item>
        <Menu.Item className={classes.danger} onClick={() => onOpen("remove")}>
          {m.storages.remove}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Banners({ storage }: { storage: Storage }) {
  const { hold } = storage;
  const lost = storage.import_user && !storage.import_user.may_import ? storage.import_user : null;
  if (!hold && !lost && !(storage.on && storage.reason)) return null;
  return (
    <div className={classes.banners}>
      {hold && <HoldNote storage={storage} hold={hold} />}
      {lost && (
        <Note tone="warn" title={m.importUser.lostTitle(lost.name)}>
          {m.importUser.lostText}
        </Note>
      )}
      {storage.on && storage.reason && (
        <Note tone={storage.status === "degraded" ? "warn" : "bad"} title={storage.reason}>
          {storage.remedy}
        </Note>
      )}
    </div>
  );
}

function Figures({ storage }: { storage: Storage }) {
  const { workspace } = useWorkspace();
  const words = m.storages;
  const { delivery, figures, last_scan: last, next_scan_at: next } = storage;
  const finished = last?.finished_at ?? null;
  return (
    <>
      <dl className={classes.facts}>
        <Fact label={words.objects} value={number(figures.objects)} />
        <Fact label={words.bytes} value={bytes(figures.bytes)} />
        <Fact label={words.lastScan} value={finished ? relative(finished) : words.neverScanned} />
        <Fact label={words.nextScan} value={storage.on && next ? relative(next) : m.common.none} />
        <Fact label={words.lastTime} value={last ? changeWords(last) : words.neverScanned} />
      </dl>
      <p className={classes.links}>
        {figures.missing > 0 && (
          <Link
            to="/w/$workspace/missing"
            params={{ workspace: workspace.short_id }}
            search={{ storage_id: storage.id }}
            className={classes.missing}
          >
            {words.missingNow(figures.missing)}
          </Link>
        )}
        {figures.assets > 0 && (
          <Link
            to="/w/$workspace"
            params={{ workspace: workspace.short_id }}
            search={{ storage_id: storage.id }}
            aria-label={`${words.showPhotos}: ${storage.name}`}
          >
            {words.showPhotos}
          </Link>
        )}
        {delivery.held_duplicates > 0 && <span>{m.delivery.duplicates(delivery.held_duplicates)}</span>}
        <span>{words.purge[storage.on_purge]}</span>
      </p>
    </>
  );
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className="num">{value}</dd>
    </div>
  );
}
