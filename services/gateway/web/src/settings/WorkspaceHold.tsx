import { Button, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { keys, workspaceHoldsQuery } from "../api/queries";
import { showDone, showError } from "../lib/notify";
import { date, m } from "../messages";
import classes from "../people/people.module.css";
import { useWorkspace } from "../shell/useWorkspace";

/** Legal holds on all of the library. */
export function WorkspaceHold() {
  const { workspace, api } = useWorkspace();
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const holds = useQuery(workspaceHoldsQuery(workspace.id, api));
  const refresh = () => client.invalidateQueries({ queryKey: keys.holds(workspace.id) });
  const place = useMutation({
    mutationFn: () => api.holds.place({ reason: reason.trim() }),
    onSuccess: () => {
      setReason("");
      showDone(m.hold.isPlaced);
    },
    onError: showError,
    onSettled: refresh,
  });
  const lift = useMutation({
    mutationFn: (id: string) => api.holds.lift(id),
    onSuccess: () => showDone(m.hold.lifted),
    onError: showError,
    onSettled: refresh,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    place.mutate();
  };
  return (
    <section className={classes.section} aria-labelledby="hold">
      <h2 id="hold">{m.hold.title}</h2>
      <p className={classes.hint}>{m.hold.wholeText}</p>
      {holds.data && holds.data.length > 0 && (
        <ul className={classes.list} aria-label={m.hold.whole}>
          {holds.data.map((hold) => (
            <li key={hold.id} className={classes.row}>
              <div className={classes.who}>
                <b>{hold.reason}</b>
                <p>{m.hold.placed(hold.placed_by ?? m.common.unknown, date(hold.placed_at))}</p>
              </div>
              <Button
                size="xs"
                variant="default"
                loading={lift.isPending}
                aria-label={`${m.hold.lift}: ${hold.reason}`}
                onClick={() => lift.mutate(hold.id)}
              >
                {m.hold.lift}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <form className={classes.form} onSubmit={submit}>
        <Textarea
          label={m.hold.reason}
          maxLength={500}
          autosize
          minRows={1}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={place.isPending} disabled={reason.trim() === ""}>
          {m.hold.placeWhole}
        </Button>
      </form>
    </section>
  );
}
