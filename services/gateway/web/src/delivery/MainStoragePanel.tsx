import { Button, Group } from "@mantine/core";
import { IconInbox } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { mainStorageQuery } from "../api/queries";
import type { MainStorage, Storage } from "../api/types";
import { m } from "../messages";
import { mayManage } from "../people/roles";
import { Note } from "../shell/Note";
import { useWorkspace } from "../shell/useWorkspace";
import cards from "../storages/storages.module.css";
import { whereIs } from "../storages/words";
import { DeliveryDrawer } from "./DeliveryDrawer";
import classes from "./delivery.module.css";
import { MainStorageDialog } from "./MainStorageDialog";
import { MigrateDialog } from "./MigrateDialog";
import { Migrations } from "./Migrations";
import { CENTRAL } from "./mainChoice";
import { useDelivery } from "./useDelivery";
import { backlogOf, waitingWords } from "./waiting";

/** Where new originals go, what keeps them from it, and what waits. */
export function MainStoragePanel({ storages }: { storages: readonly Storage[] }) {
  const { workspace, api } = useWorkspace();
  const [isChoosing, setChoosing] = useState(false);
  const [isMoving, setMoving] = useState(false);
  const hasWaiting = storages.some((storage) => storage.delivery.waiting > 0);
  const query = useQuery({
    ...mainStorageQuery(workspace.id, api),
    refetchInterval: hasWaiting ? 5000 : false,
  });
  const main = query.data;
  if (!main) return null;
  const words = m.delivery.main;
  const storage = storages.find((one) => one.id === main.storage_id);
  return (
    <section className={classes.main} aria-labelledby="main-storage">
      <div className={classes.mainHead}>
        <IconInbox size={22} stroke={1.6} aria-hidden />
        <div className={classes.mainText}>
          <h2 id="main-storage">
            {words.title} <b>{main.storage_name ?? words.central}</b>
          </h2>
          <p>{storage ? <code>{whereIs(storage)}</code> : words.centralText}</p>
        </div>
        {mayManage(workspace.role) && (
          <Group gap={8}>
            <Button variant="subtle" color="gray" className={cards.plain} onClick={() => setMoving(true)}>
              {m.delivery.migrate.open}
            </Button>
            <Button variant="default" onClick={() => setChoosing(true)} aria-label={words.dialog}>
              {words.change}
            </Button>
          </Group>
        )}
      </div>
      {main.away && (
        <Note tone="warn" title={words.away[main.away](main.storage_name ?? words.central)}>
          {main.away === "not_in_plan" ? words.awayPlan : words.awayText}
        </Note>
      )}
      <Waiting main={main} storages={storages} />
      <Migrations />
      <MainStorageDialog
        main={main}
        storages={storages}
        isOpen={isChoosing}
        onClose={() => setChoosing(false)}
      />
      <MigrateDialog from={CENTRAL} isOpen={isMoving} onClose={() => setMoving(false)} />
    </section>
  );
}

function Waiting({ main, storages }: { main: MainStorage; storages: readonly Storage[] }) {
  const { workspace } = useWorkspace();
  const { retryAll } = useDelivery();
  const [shownId, setShown] = useState<string | null>(null);
  const [isOpen, setOpen] = useState(false);
  const concerned = storages.filter((storage) => storage.delivery.waiting > 0);
  const words = waitingWords(backlogOf(concerned), concerned, main.away !== null);
  const shown = storages.find((storage) => storage.id === shownId);
  const first = concerned.find((storage) => storage.delivery.trouble) ?? concerned[0];
  const show = () => {
    setShown(first?.id ?? null);
    setOpen(true);
  };
  return (
    <>
      {words && (
        <Note tone={words.tone} title={words.title}>
          {words.text.length > 0 && <p className={classes.waitingText}>{words.text.join(" ")}</p>}
          <div className={classes.noteActions}>
            {words.canTry && mayManage(workspace.role) && (
              <Button
                size="xs"
                variant="default"
                loading={retryAll.isPending}
                onClick={() => retryAll.mutate(undefined)}
              >
                {m.delivery.waiting.tryNow}
              </Button>
            )}
            {first && (
              <Button size="xs" variant="default" onClick={show}>
                {m.delivery.waiting.show}
              </Button>
            )}
          </div>
        </Note>
      )}
      {shown && (
        <DeliveryDrawer
          title={m.delivery.ledger.title(shown.name)}
          of={{ storage_id: shown.id }}
          storage={shown}
          isOpen={isOpen}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
