import { Button, NumberInput, Switch, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { ApiError } from "../api/client";
import { meQuery } from "../api/queries";
import { errorText, showDone } from "../lib/notify";
import { m } from "../messages";
import classes from "../people/people.module.css";
import { Note } from "../shell/Note";
import { useWorkspace } from "../shell/useWorkspace";

/** The time zones that the browser knows, for the field to complete. */
const ZONES: string[] = Intl.supportedValuesOf("timeZone");

/** What the library is called, and its rules. */
export function LibraryForm() {
  const { workspace, api } = useWorkspace();
  const [name, setName] = useState(workspace.name);
  const [zone, setZone] = useState(workspace.time_zone);
  const [days, setDays] = useState<number | string>(workspace.bin_days);
  const [checks, setChecks] = useState(workspace.check_duplicates);
  const client = useQueryClient();
  const router = useRouter();
  const save = useMutation({
    mutationFn: () =>
      api.patch({
        name,
        time_zone: zone,
        check_duplicates: checks,
        ...(typeof days === "number" && { bin_days: days }),
      }),
    meta: { ownErrors: true },
    onSuccess: async () => {
      showDone(m.settings.saved);
      await client.fetchQuery({ ...meQuery, staleTime: 0 });
      await router.invalidate();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const fields = save.error instanceof ApiError ? save.error.fields : {};
  const isUnplaced = save.error && Object.keys(fields).length === 0;
  return (
    <section className={classes.section} aria-labelledby="library">
      <h2 id="library">{m.settings.library}</h2>
      <form className={classes.form} onSubmit={submit}>
        {isUnplaced && (
          <Note tone="bad" role="alert">
            {errorText(save.error)}
          </Note>
        )}
        <TextInput
          label={m.settings.name}
          required
          withAsterisk={false}
          value={name}
          error={fields.name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={m.settings.zone}
          description={m.settings.zoneHint}
          required
          withAsterisk={false}
          list="time-zones"
          value={zone}
          error={fields.time_zone}
          onChange={(event) => setZone(event.currentTarget.value)}
        />
        <datalist id="time-zones">
          {ZONES.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
        <NumberInput
          label={m.bin.days}
          description={m.bin.daysHint}
          min={0}
          max={3650}
          allowDecimal={false}
          value={days}
          error={fields.bin_days}
          onChange={setDays}
        />
        <Switch
          label={m.settings.duplicates}
          description={m.settings.duplicatesHint}
          checked={checks}
          onChange={(event) => setChecks(event.currentTarget.checked)}
        />
        <Button type="submit" loading={save.isPending} disabled={typeof days !== "number"}>
          {m.common.save}
        </Button>
      </form>
    </section>
  );
}
