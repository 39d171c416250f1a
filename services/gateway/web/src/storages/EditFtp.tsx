import { Button, Group, PasswordInput, Stack, TextInput } from "@mantine/core";
import type { FtpCredentials, FtpSettings } from "../api/types";
import { m } from "../messages";
import { Note } from "../shell/Note";
import { FtpPlace } from "./FtpFields";
import { type FtpDraft, ftpAddress, ftpDraft } from "./ftp";

interface EditFtpProps {
  settings: FtpSettings;
  /** Nothing as long as it stays as it is. */
  place: FtpDraft | null;
  login: FtpCredentials | null;
  onPlace: (place: FtpDraft) => void;
  onLogin: (login: FtpCredentials) => void;
}

/** Whether what was typed can be saved. */
export function isFtpComplete(place: FtpDraft | null, login: FtpCredentials | null): boolean {
  const isUnknown = place?.security === "plain" && !place.acknowledged;
  return !isUnknown && place?.host.trim() !== "" && login?.user.trim() !== "";
}

export function EditFtp({ settings, place, login, onPlace, onLogin }: EditFtpProps) {
  return (
    <>
      {place ? (
        <Stack gap={16}>
          <FtpPlace ftp={place} errors={{}} onChange={(change) => onPlace({ ...place, ...change })} />
        </Stack>
      ) : (
        <Note tone="info">
          <Group justify="space-between">
            <code>{ftpAddress(settings)}</code>
            <Button size="xs" variant="default" onClick={() => onPlace(ftpDraft(settings))}>
              {m.edit.changeServer}
            </Button>
          </Group>
        </Note>
      )}
      {login ? (
        <Group grow align="flex-start">
          <TextInput
            label={m.connect.user}
            autoComplete="off"
            value={login.user}
            onChange={(event) => onLogin({ ...login, user: event.currentTarget.value })}
          />
          <PasswordInput
            label={m.connect.password}
            autoComplete="off"
            value={login.password}
            onChange={(event) => onLogin({ ...login, password: event.currentTarget.value })}
          />
        </Group>
      ) : (
        <Note tone="info">
          <Group justify="space-between">
            {m.edit.keepPassword}
            <Button size="xs" variant="default" onClick={() => onLogin({ user: "", password: "" })}>
              {m.edit.replacePassword}
            </Button>
          </Group>
        </Note>
      )}
    </>
  );
}
