import { Button, NumberInput, Popover } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { meQuery } from "../api/queries";
import { showDone } from "../lib/notify";
import { m } from "../messages";
import { mayManage } from "../people/roles";
import { useWorkspace } from "../shell/useWorkspace";
import classes from "./bin.module.css";

/** For how long the bin keeps things; administrators change it. */
export function BinDays() {
  const { workspace, api } = useWorkspace();
  const [isOpen, setOpen] = useState(false);
  const [days, setDays] = useState<number | string>(workspace.bin_days);
  const client = useQueryClient();
  const router = useRouter();
  const save = useMutation({
    mutationFn: (bin_days: number) => api.patch({ bin_days }),
    onSuccess: async () => {
      setOpen(false);
      showDone(m.bin.daysSaved);
      await client.fetchQuery({ ...meQuery, staleTime: 0 });
      await router.invalidate();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typeof days === "number") save.mutate(days);
  };
  return (
    <p className={classes.days}>
      {m.bin.keeps(workspace.bin_days)}{" "}
      {mayManage(workspace.role) && (
        <Popover opened={isOpen} onChange={setOpen} width={280} shadow="md" trapFocus returnFocus withRoles>
          <Popover.Target>
            <Button variant="subtle" size="compact-sm" onClick={() => setOpen(!isOpen)}>
              {m.bin.changeDays}
            </Button>
          </Popover.Target>
          <Popover.Dropdown aria-label={m.bin.changeDays}>
            <form className={classes.form} onSubmit={submit}>
              <NumberInput
                label={m.bin.days}
                description={m.bin.daysHint}
                min={0}
                max={3650}
                allowDecimal={false}
                value={days}
                onChange={setDays}
              />
              <Button type="submit" loading={save.isPending} disabled={typeof days !== "number"}>
                {m.common.save}
              </Button>
            </form>
          </Popover.Dropdown>
        </Popover>
      )}
    </p>
  );
}
