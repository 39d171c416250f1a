import { Button, Group, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { ApiError } from "../api/client";
import type { ProbeReport } from "../api/types";
import { showDone, showError } from "../lib/notify";
import { m } from "../messages";
import { useWorkspace } from "../shell/useWorkspace";
import { DeletionStep, KindStep, SettingsStep, StartStep, TestStep } from "./ConnectSteps";
import {
  type Draft,
  EMPTY_DRAFT,
  fieldErrors,
  isAboutUse,
  isUseConfirmed,
  missingFields,
  toNewStorage,
  withKind,
} from "./draft";
import { Refused } from "./Refused";
import { TakeOver } from "./TakeOver";
import { UseStep } from "./UseStep";
import classes from "./wizard.module.css";

const ALL_STEPS = ["kind", "settings", "test", "use", "deletion", "start"] as const;
type Step = (typeof ALL_STEPS)[number];

/** What is only read is for nothing but to be shown. */
const stepsFor = ({ access }: Draft): readonly Step[] =>
  access === "read_only" ? ALL_STEPS.filter((step) => step !== "use") : ALL_STEPS;

/** The place carries the marker of another library. */
const isForeign = (error: Error | null): error is ApiError =>
  error instanceof ApiError && error.slug === "storage-of-another-library";

export function ConnectWizard() {
  const { workspace, api } = useWorkspace();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [step, setStep] = useState<Step>("kind");
  const [draft, setDraft] = useState<Draft>(EMPTY_DRAFT);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [others, setOthers] = useState<readonly string[]>([]);
  const [report, setReport] = useState<ProbeReport | null>(null);
  const [isConfirmed, setConfirmed] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const hasMoved = useRef(false);
  const steps = stepsFor(draft);
  const index = steps.indexOf(step);

  // A new step is announced by moving the focus to its heading.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the step is what the effect is about
  useEffect(() => {
    if (hasMoved.current) heading.current?.focus();
    hasMoved.current = true;
  }, [step]);

  const change = (part: Partial<Draft>) => {
    setDraft((old) => ({ ...old, ...part }));
    setReport(null);
    setErrors({});
    setOthers([]);
  };
  /** Leads back to the fields that the gateway refuses; tells whether there are any. */
  const showFields = (error: Error): boolean => {
    if (!(error instanceof ApiError) || Object.keys(error.fields).length === 0) return false;
    const { fields, other } = fieldErrors(error.fields);
    setErrors(fields);
    setOthers(other);
    setStep(isAboutUse(fields) ? "use" : "settings");
    return true;
  };
  const test = useMutation({
    mutationFn: () => api.storages.testNew(toNewStorage(draft)),
    meta: { ownErrors: true },
    onSuccess: setReport,
    onError: showFields,
  });
  const create = useMutation({
    mutationFn: (takeOver: boolean) =>
      api.storages.create({ ...toNewStorage(draft), ...(takeOver && { take_over: true }) }),
    meta: { ownErrors: true },
    onSuccess: async (storage) => {
      showDone(m.connect.connected(storage.name));
      // It is connected, whatever becomes of this.
      if (draft.use === "main") await api.mainStorage.choose(storage.id).catch(showError);
      await client.invalidateQueries({ queryKey: [workspace.id] });
      await navigate({ to: "/w/$workspace", params: { workspace: workspace.short_id } });
    },
    onError: showFields,
  });

  const next = () => {
    if (step === "settings") {
      const missing = missingFields(draft);
      setErrors(missing);
      if (Object.keys(missing).length > 0) return;
      setStep("test");
      if (!report) test.mutate();
      return;
    }
    if (step === "start") return create.mutate(false);
    setStep(steps[index + 1] ?? "start");
  };

  const contents: Record<Step, { title: string; text?: string; body: ReactNode }> = {
    kind: {
      title: m.connect.kindTitle,
      text: m.connect.kindText,
      body: (
        <KindStep
          onChoose={(kind) => {
            setDraft(withKind(draft, kind));
            if (kind !== draft.kind) setReport(null);
            setStep("settings");
          }}
        />
      ),
    },
    settings: {
      title: m.connect.settingsTitle,
      body: <SettingsStep draft={draft} errors={errors} others={others} onChange={change} />,
    },
    test: {
      title: m.connect.testTitle,
      text: m.connect.testText,
      body: (
        <TestStep report={report} error={test.error} isRunning={test.isPending} onRun={() => test.mutate()} />
      ),
    },
    use: {
      title: m.connect.useTitle,
      text: m.connect.useText,
      body: (
        <UseStep
          draft={draft}
          errors={errors}
          onChange={(part) => {
            setDraft((old) => ({ ...old, ...part }));
            setErrors({});
          }}
        />
      ),
    },
    deletion: {
      title: m.connect.deletionTitle,
      text: m.connect.deletionText,
      body: (
        <DeletionStep
          draft={draft}
          onChange={(onPurge, confirmed) => {
            setDraft((old) => ({ ...old, onPurge }));
            setConfirmed(confirmed);
          }}
        />
      ),
    },
    start: {
      title: m.connect.startTitle,
      text: m.connect.startText,
      body: (
        <>
          <StartStep draft={draft} report={report} />
          {create.error && !isForeign(create.error) && (
            <Refused error={create.error} onChange={() => setStep("settings")} />
          )}
          {isForeign(create.error) && (
            <TakeOver
              why={create.error}
              isPending={create.isPending}
              onTakeOver={() => create.mutate(true)}
            />
          )}
        </>
      ),
    },
  };
  const { title, text, body } = contents[step];
  const isBlocked =
    (step === "use" && !isUseConfirmed(draft)) ||
    (step === "deletion" && (!draft.onPurge || !isConfirmed)) ||
    (step === "test" && test.isPending);
  const isUntested = step === "test" && !test.isPending && !report?.ok;
  const nextLabel = step === "start" ? m.connect.start : isUntested ? m.connect.testSkip : m.common.continue;

  return (
    <div>
      <ol className={classes.progress} aria-label={m.connect.step(index + 1, steps.length)}>
        {steps.map((one, at) => (
          <li key={one} aria-current={one === step ? "step" : undefined} data-done={at < index || undefined}>
            {m.connect.steps[one]}
          </li>
        ))}
      </ol>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          next();
        }}
      >
        <Title order={2} ref={heading} tabIndex={-1} className={classes.title}>
          {title}
        </Title>
        {text && <p className={classes.text}>{text}</p>}
        <div className={classes.body}>{body}</div>
        {step !== "kind" && (
          <Group justify="space-between" mt={32}>
            <Button variant="default" onClick={() => setStep(steps[index - 1] ?? "kind")}>
              {m.common.back}
            </Button>
            <Button
              type="submit"
              variant={isUntested ? "default" : "filled"}
              disabled={isBlocked}
              loading={create.isPending}
            >
              {nextLabel}
            </Button>
          </Group>
        )}
      </form>
    </div>
  );
}
