import { Button, Group, Loader, Select, TextInput, UnstyledButton } from "@mantine/core";
import { IconBucket, IconFolder, IconServer } from "@tabler/icons-react";
import type { OnPurge, ProbeReport } from "../api/types";
import { errorText } from "../lib/notify";
import { m } from "../messages";
import { Note } from "../shell/Note";
import { ChoiceCards } from "./ChoiceCards";
import { DeletionChoice } from "./DeletionChoice";
import { type Draft, toNewStorage, type WizardKind, withUse } from "./draft";
import { FolderPicker } from "./FolderPicker";
import { FtpFields } from "./FtpFields";
import { intervalChoices } from "./intervals";
import { ProbeSteps } from "./ProbeSteps";
import { S3Fields } from "./S3Fields";
import classes from "./wizard.module.css";
import { whereIs } from "./words";

const KINDS: readonly WizardKind[] = [
  "fs",
  "aws",
  "digitalocean",
  "backblaze",
  "ovh",
  "minio",
  "custom",
  "ftp",
];

export function KindStep({ onChoose }: { onChoose: (kind: WizardKind) => void }) {
  return (
    <div className={classes.kinds}>
      {KINDS.map((kind) => {
        const Icon = kind === "fs" ? IconFolder : kind === "ftp" ? IconServer : IconBucket;
        const { name, text } = m.connect.kinds[kind];
        return (
          <UnstyledButton key={kind} className={classes.kind} onClick={() => onChoose(kind)}>
            <span className={classes.kindIcon} aria-hidden>
              <Icon size={22} stroke={1.6} />
            </span>
            <b>{name}</b>
            <span>{text}</span>
          </UnstyledButton>
        );
      })}
    </div>
  );
}

interface SettingsStepProps {
  draft: Draft;
  errors: Record<string, string>;
  /** What is wrong beside no field of its own. */
  others: readonly string[];
  onChange: (change: Partial<Draft>) => void;
}

export function SettingsStep({ draft, errors, others, onChange }: SettingsStepProps) {
  return (
    <div className={classes.fields}>
      {others.length > 0 && (
        <Note tone="bad" role="alert">
          {others.join("; ")}
        </Note>
      )}
      <TextInput
        label={m.connect.name}
        description={m.connect.nameHint}
        placeholder={m.connect.namePlaceholder}
        required
        value={draft.name}
        error={errors.name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      {draft.kind === "fs" ? (
        <FolderPicker
          value={draft.folder}
          error={errors.folder}
          onChange={(folder) => onChange({ folder })}
        />
      ) : draft.kind === "ftp" ? (
        <FtpFields draft={draft} errors={errors} onChange={onChange} />
      ) : (
        <S3Fields draft={draft} errors={errors} onChange={onChange} />
      )}
      <ChoiceCards
        label={m.connect.access}
        isWide
        value={draft.access}
        // What needs writing is not carried over to a storage that may only be read.
        onChange={(access) =>
          onChange({ access, ...(access === "read_only" && { onPurge: null, ...withUse(draft, "source") }) })
        }
        choices={[
          { value: "read_only", title: m.connect.accessReadOnly, text: m.connect.accessReadOnlyText },
          { value: "read_write", title: m.connect.accessReadWrite, text: m.connect.accessReadWriteText },
        ]}
      />
      <Select
        label={m.connect.interval}
        data={intervalChoices(draft.interval)}
        value={String(draft.interval)}
        error={errors.scan_interval_seconds}
        allowDeselect={false}
        onChange={(value) => value && onChange({ interval: Number(value) })}
      />
    </div>
  );
}

interface TestStepProps {
  report: ProbeReport | null;
  error: Error | null;
  isRunning: boolean;
  onRun: () => void;
}

export function TestStep({ report, error, isRunning, onRun }: TestStepProps) {
  return (
    <>
      {isRunning && (
        <Group gap={12} role="status">
          <Loader size="sm" />
          {m.probe.running}
        </Group>
      )}
      {error && !isRunning && <Note tone="bad">{errorText(error)}</Note>}
      {report && !isRunning && <ProbeSteps report={report} />}
      {!isRunning && (
        <Button variant="default" mt={16} onClick={onRun}>
          {report || error ? m.probe.again : m.probe.run}
        </Button>
      )}
    </>
  );
}

interface DeletionStepProps {
  draft: Draft;
  onChange: (onPurge: OnPurge, isConfirmed: boolean) => void;
}

export function DeletionStep({ draft, onChange }: DeletionStepProps) {
  return (
    <DeletionChoice
      name={draft.name}
      access={draft.access}
      value={draft.onPurge}
      before={null}
      isLabelHidden
      onChange={onChange}
    />
  );
}

interface StartStepProps {
  draft: Draft;
  report: ProbeReport | null;
}

export function StartStep({ draft, report }: StartStepProps) {
  const words = m.connect.summary;
  const tested = report ? (report.ok ? m.connect.testOk : m.connect.testFailed) : m.connect.testNone;
  const lines: [string, string][] = [
    [words.name, draft.name],
    [words.where, whereIs(toNewStorage(draft))],
    [words.access, m.storages.access[draft.access]],
    [words.test, tested],
    [words.use, m.connect.use[draft.use]],
    [words.purge, draft.onPurge === "delete" ? m.connect.delete : m.connect.keep],
    [words.interval, m.connect.intervals[draft.interval] ?? m.connect.intervalOther(draft.interval)],
  ];
  return (
    <dl className={classes.summary}>
      {lines.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
