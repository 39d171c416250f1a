import { Checkbox, NumberInput, PasswordInput, Select, Textarea, TextInput } from "@mantine/core";
import { m } from "../messages";
import { Note } from "../shell/Note";
import type { Draft } from "./draft";
import { type FtpDraft, ftpPort, SECURITIES } from "./ftp";
import classes from "./wizard.module.css";

interface FtpFieldsProps {
  draft: Draft;
  errors: Record<string, string>;
  onChange: (change: Partial<Draft>) => void;
}

export function FtpFields({ draft, errors, onChange }: FtpFieldsProps) {
  return (
    <>
      <FtpPlace
        ftp={draft.ftp}
        errors={errors}
        onChange={(change) => onChange({ ftp: { ...draft.ftp, ...change } })}
      />
      <div className={classes.pair}>
        <TextInput
          label={m.connect.user}
          required
          autoComplete="off"
          spellCheck={false}
          autoCapitalize="off"
          value={draft.user}
          error={errors.user}
          onChange={(event) => onChange({ user: event.currentTarget.value })}
        />
        <PasswordInput
          label={m.connect.password}
          required
          autoComplete="off"
          value={draft.password}
          error={errors.password}
          onChange={(event) => onChange({ password: event.currentTarget.value })}
        />
      </div>
      <p className={classes.hint}>{m.connect.passwordHint}</p>
    </>
  );
}

interface FtpPlaceProps {
  ftp: FtpDraft;
  errors: Record<string, string>;
  onChange: (change: Partial<FtpDraft>) => void;
}

/** Where the server is, how it is reached, and which folder of it is meant. */
export function FtpPlace({ ftp, errors, onChange }: FtpPlaceProps) {
  const isPlain = ftp.security === "plain";
  return (
    <>
      <div className={classes.pair}>
        <TextInput
          label={m.connect.host}
          required
          spellCheck={false}
          autoCapitalize="off"
          placeholder="nas.example.org"
          value={ftp.host}
          error={errors.host}
          onChange={(event) => onChange({ host: event.currentTarget.value })}
        />
        <NumberInput
          label={m.connect.port}
          min={1}
          max={65535}
          allowDecimal={false}
          allowNegative={false}
          hideControls
          placeholder={String(ftpPort(ftp.security))}
          value={ftp.port}
          error={errors.port}
          onChange={(port) => onChange({ port: String(port) })}
        />
      </div>
      <Select
        label={m.connect.security}
        data={SECURITIES.map((value) => ({ value, label: m.connect.securities[value] }))}
        value={ftp.security}
        error={errors.security}
        allowDeselect={false}
        onChange={(value) => {
          const security = SECURITIES.find((known) => known === value);
          if (security) onChange({ security, acknowledged: false });
        }}
      />
      {isPlain && (
        <Note tone="warn" title={m.connect.plainTitle}>
          <p>{m.connect.plainText}</p>
          <Checkbox
            mt={8}
            label={m.connect.plainConfirm}
            checked={ftp.acknowledged}
            error={errors.acknowledge_insecure}
            onChange={(event) => onChange({ acknowledged: event.currentTarget.checked })}
          />
        </Note>
      )}
      <TextInput
        label={m.connect.remoteFolder}
        description={m.connect.remoteFolderHint}
        spellCheck={false}
        autoCapitalize="off"
        value={ftp.folder}
        error={errors.folder}
        onChange={(event) => onChange({ folder: event.currentTarget.value })}
      />
      {!isPlain && (
        <Textarea
          label={m.connect.certificate}
          description={m.connect.certificateHint}
          placeholder="-----BEGIN CERTIFICATE-----"
          spellCheck={false}
          autosize
          minRows={2}
          maxRows={8}
          value={ftp.certificate}
          error={errors.certificate}
          onChange={(event) => onChange({ certificate: event.currentTarget.value })}
        />
      )}
    </>
  );
}
