import { Autocomplete, Checkbox, Input, PasswordInput, TextInput } from "@mantine/core";
import { m } from "../messages";
import { Note } from "../shell/Note";
import type { Draft } from "./draft";
import { endpointOf, isInsecure, PRESETS, type S3Draft } from "./presets";
import classes from "./wizard.module.css";

interface S3FieldsProps {
  draft: Draft;
  errors: Record<string, string>;
  onChange: (change: Partial<Draft>) => void;
}

export function S3Fields({ draft, errors, onChange }: S3FieldsProps) {
  if (!draft.kind || draft.kind === "fs" || draft.kind === "ftp") return null;
  const preset = PRESETS[draft.kind];
  const { s3 } = draft;
  const set = (change: Partial<S3Draft>) => onChange({ s3: { ...s3, ...change } });
  const endpoint = endpointOf(draft.kind, s3);

  return (
    <>
      <div className={classes.pair}>
        <TextInput
          label={m.connect.bucket}
          required
          spellCheck={false}
          autoCapitalize="off"
          value={s3.bucket}
          error={errors.bucket}
          onChange={(event) => set({ bucket: event.currentTarget.value })}
        />
        <Autocomplete
          label={m.connect.region}
          required={preset.endpoint !== null}
          data={[...preset.regions]}
          value={s3.region}
          error={errors.region}
          onChange={(region) => set({ region })}
        />
      </div>
      {preset.endpoint ? (
        <div className={classes.derived}>
          <span>{m.connect.endpointDerived}</span>
          <code>{endpoint || "…"}</code>
          {errors.endpoint && <Input.Error>{errors.endpoint}</Input.Error>}
        </div>
      ) : (
        <TextInput
          label={m.connect.endpoint}
          description={m.connect.endpointHint}
          required
          type="url"
          placeholder="https://minio.example.org:9000"
          value={s3.endpoint}
          error={errors.endpoint}
          onChange={(event) => set({ endpoint: event.currentTarget.value })}
        />
      )}
      {isInsecure(endpoint) && <Note tone="warn">{m.connect.insecure}</Note>}
      <div className={classes.pair}>
        <TextInput
          label={m.connect.accessKey}
          required
          autoComplete="off"
          spellCheck={false}
          value={draft.accessKey}
          error={errors.access_key}
          onChange={(event) => onChange({ accessKey: event.currentTarget.value })}
        />
        <PasswordInput
          label={m.connect.secretKey}
          required
          autoComplete="off"
          value={draft.secretKey}
          error={errors.secret_key}
          onChange={(event) => onChange({ secretKey: event.currentTarget.value })}
        />
      </div>
      <p className={classes.hint}>{m.connect.keysHint}</p>
      <TextInput
        label={m.connect.pathPrefix}
        description={m.connect.pathPrefixHint}
        spellCheck={false}
        value={s3.path_prefix}
        error={errors.path_prefix}
        onChange={(event) => set({ path_prefix: event.currentTarget.value })}
      />
      {!preset.endpoint && (
        <TextInput
          label={m.connect.publicEndpoint}
          description={m.connect.publicEndpointHint}
          type="url"
          value={s3.public_endpoint}
          error={errors.public_endpoint}
          onChange={(event) => set({ public_endpoint: event.currentTarget.value })}
        />
      )}
      {!preset.endpoint && (
        <Checkbox
          label={m.connect.pathStyle}
          description={m.connect.pathStyleHint}
          checked={s3.path_style}
          error={errors.path_style}
          onChange={(event) => set({ path_style: event.currentTarget.checked })}
        />
      )}
    </>
  );
}
