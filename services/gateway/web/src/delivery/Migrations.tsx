import { Button, Progress } from "@mantine/core";
import { useState } from "react";
import type { Migration } from "../api/types";
import { m } from "../messages";
import { mayManage } from "../people/roles";
import { Confirm } from "../shell/Confirm";
import { useWorkspace } from "../shell/useWorkspace";
import { StateMark } from "../storages/StateMark";
import { DeliveryDrawer } from "./DeliveryDrawer";
import classes from "./delivery.module.css";
import { canResume, isRunning, migrationState, progressWords, share, shownMigrations } from "./migration";
import { useMigrations } from "./useMigrations";

/** Moves of many originals that are going on or ended lately, each with its progress. */
export function Migrations() {
  const { list } = useMigrations();
  const shown = shownMigrations(list.data ?? []);
  if (shown.length === 0) return null;
  return (
    <ul className={classes.rows} aria-label={m.delivery.migrate.list}>
      {shown.map((migration) => (
        <MigrationRow key={migration.id} migration={migration} />
      ))}
    </ul>
  );
}

function MigrationRow({ migration }: { migration: Migration }) {
  const { workspace } = useWorkspace();
  const { cancel, resume } = useMigrations();
  const [isStopping, setStopping] = useState(false);
  const [isShown, setShown] = useState(false);
  const words = m.delivery.migrate;
  const { from_storage_name: from, to_storage_name: to } = migration;
  const way = migration.leave_source ? words.wayCopy(from, to) : words.way(from, to);
  const may = mayManage(workspace.role);
  return (
    <li className={classes.row}>
      <div className={classes.rowHead}>
        <b>{way}</b>
        <StateMark state={migrationState(migration)} />
      </div>
      <Progress value={share(migration)} aria-label={way} my={8} animated={isRunning(migration)} />
      <p className="num">{progressWords(migration)}</p>
      {migration.troubled > 0 && <p className={classes.reason}>{words.troubled(migration.troubled)}</p>}
      {migration.given_up > 0 && <p>{words.givenUp(migration.given_up)}</p>}
      <div className={classes.noteActions}>
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`${words.show}: ${way}`}
          onClick={() => setShown(true)}
        >
          {words.show}
        </Button>
        {may && isRunning(migration) && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`${words.cancel}: ${way}`}
            onClick={() => setStopping(true)}
          >
            {words.cancel}
          </Button>
        )}
        {may && canResume(migration) && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`${words.resume}: ${way}`}
            loading={resume.isPending}
            onClick={() => resume.mutate(migration.id)}
          >
            {words.resume}
          </Button>
        )}
      </div>
      <Confirm
        isOpen={isStopping}
        title={words.cancelTitle}
        text={words.cancelText}
        confirm={words.cancelConfirm}
        isPending={cancel.isPending}
        onConfirm={() => cancel.mutate(migration.id, { onSettled: () => setStopping(false) })}
        onClose={() => setStopping(false)}
      />
      <DeliveryDrawer
        title={words.ledger(from, to)}
        of={{ migration_id: migration.id }}
        isOpen={isShown}
        onClose={() => setShown(false)}
      />
    </li>
  );
}
