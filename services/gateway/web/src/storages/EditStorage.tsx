import { Button, Group, Modal, PasswordInput, Select, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { FtpCredentials, OnPurge, Storage, StoragePatch } from "../api/types";
import { showDone } from "../lib/notify";
import { m } from "../messages";
import { Note } from "../shell/Note";
import { type Behaviour, BehaviourChoice, behaviourOf } from "./BehaviourChoice";
import { DeletionChoice } from "./DeletionChoice";
import { EditFtp, isFtpComplete } from "./EditFtp";
import { type FtpDraft, ftpSettings } from "./ftp";
import { ImportUserSelect } from "./ImportUserSelect";
import { intervalChoices } from "./intervals";
import { useStorageActions } from "./useStorageActions";

interface PanelProps {
  storage: Storage;
  isOpen: boolean;
  onClose: () => void;
}

export function EditStorage({ storage, isOpen, onClose }: PanelProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title={m.edit.title(storage.name)} size={560}>
      <EditForm storage={storage} onClose={onClose} />
    </Modal>
  );
}

function EditForm({ storage, onClose }: { storage: Storage; onClose: () => void }) {
  const { patch } = useStorageActions(storage);
  const [name, setName] = useState(storage.name);
  const [interval, setInterval] = useState(storage.scan_interval_seconds);
  const [onPurge, setOnPurge] = useState<OnPurge | null>(storage.on_purge);
  const [behaviour, setBehaviour] = useState<Behaviour>(behaviourOf(storage));
  const [isConfirmed, setConfirmed] = useState(true);
  const [keys, setKeys] = useState<{ access_key: string; secret_key: string } | null>(null);
  const [place, setPlace] = useState<FtpDraft | null>(null);
  const [login, setLogin] = useState<FtpCredentials | null>(null);
  const hasKeys = keys === null || (keys.access_key.trim() !== "" && keys.secret_key.trim() !== "");

  const save = (event: FormEvent) => {
    event.preventDefault();
    const change: StoragePatch = {};
    if (name.trim() !== storage.name) change.name = name.trim();
    if (interval !== storage.scan_interval_seconds) change.scan_interval_seconds = interval;
    if (onPurge && onPurge !== storage.on_purge) change.on_purge = onPurge;
    if (behaviour.on_return !== storage.on_return) change.on_return = behaviour.on_return;
    if (behaviour.on_move !== storage.on_move) change.on_move = behaviour.on_move;
    if (behaviour.off_means !== storage.off_means) change.off_means = behaviour.off_means;
    if (behaviour.check_duplicates !== storage.check_duplicates)
      change.check_duplicates = behaviour.check_duplicates;
    if (keys) change.credentials = keys;
    if (place) change.settings = ftpSettings(place);
    if (login) change.credentials = login;
    patch.mutate(change, {
      onSuccess: () => {
        showDone(m.edit.saved);
        onClose();
      },
    });
  };

  return (
    <form onSubmit={save}>
      <Stack gap={20}>
        <TextInput
          label={m.connect.name}
          required
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <Select
          label={m.connect.interval}
          data={intervalChoices(interval)}
          value={String(interval)}
          allowDeselect={false}
          onChange={(value) => value && setInterval(Number(value))}
        />
        {"host" in storage.settings && (
          <EditFtp
            settings={storage.settings}
            place={place}
            login={login}
            onPlace={setPlace}
            onLogin={setLogin}
          />
        )}
        {storage.kind === "s3" &&
          (keys ? (
            <Group grow align="flex-start">
              <TextInput
                label={m.connect.accessKey}
                autoComplete="off"
                value={keys.access_key}
                onChange={(event) => setKeys({ ...keys, access_key: event.currentTarget.value })}
              />
              <PasswordInput
                label={m.connect.secretKey}
                autoComplete="off"
                value={keys.secret_key}
                onChange={(event) => setKeys({ ...keys, secret_key: event.currentTarget.value })}
              />
            </Group>
          ) : (
            <Note tone="info">
              <Group justify="space-between">
                {m.edit.keepKeys}
                <Button
                  size="xs"
                  variant="default"
                  onClick={() => setKeys({ access_key: "", secret_key: "" })}
                >
                  {m.edit.replaceKeys}
                </Button>
              </Group>
            </Note>
          ))}
        <DeletionChoice
          name={storage.name}
          access={storage.access}
          value={onPurge}
          before={storage.on_purge}
          onChange={(value, confirmed) => {
            setOnPurge(value);
            setConfirmed(confirmed);
          }}
        />
        <ImportUserSelect storage={storage} />
        <BehaviourChoice value={behaviour} onChange={setBehaviour} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {m.common.cancel}
          </Button>
          <Button
            type="submit"
            loading={patch.isPending}
            disabled={!isConfirmed || !hasKeys || !isFtpComplete(place, login) || !name.trim()}
          >
            {m.common.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
