import { ActionIcon, Button, Menu, Switch } from "@mantine/core";
import { IconClockCog, IconDots } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keys, rulesQuery, storagesQuery } from "../api/queries";
import type { RetentionRule } from "../api/types";
import bin from "../bin/bin.module.css";
import { errorText, showDone, showError } from "../lib/notify";
import { m, relative } from "../messages";
import people from "../people/people.module.css";
import { Confirm } from "../shell/Confirm";
import { Empty } from "../shell/Empty";
import { Note } from "../shell/Note";
import { useWorkspace } from "../shell/useWorkspace";
import { Batches } from "./Batches";
import { RuleDialog } from "./RuleDialog";
import { draftOf, ruleWords, termsOf } from "./terms";

type Edited = RetentionRule | "new" | null;

/** Rules that put photos in the bin by themselves, and what they wait for. */
export function Rules() {
  const { workspace, api } = useWorkspace();
  const rules = useQuery(rulesQuery(workspace.id, api));
  const [edited, setEdited] = useState<Edited>(null);
  if (rules.error) return <Note tone="bad">{errorText(rules.error)}</Note>;
  const make = <Button onClick={() => setEdited("new")}>{m.retention.make}</Button>;
  return (
    <>
      <p className={bin.sum}>{m.retention.text}</p>
      {rules.data?.length === 0 ? (
        <Empty
          icon={<IconClockCog size={34} stroke={1.5} />}
          title={m.retention.none}
          text={m.retention.noneText}
          action={make}
        />
      ) : (
        <>
          <div className={bin.tools}>
            <span />
            {make}
          </div>
          <ul className={people.list} aria-label={m.retention.tab}>
            {rules.data?.map((rule) => (
              <RuleRow key={rule.id} rule={rule} onEdit={() => setEdited(rule)} />
            ))}
          </ul>
        </>
      )}
      <Batches />
      {edited && <RuleDialog rule={edited === "new" ? null : edited} onClose={() => setEdited(null)} />}
    </>
  );
}

function RuleRow({ rule, onEdit }: { rule: RetentionRule; onEdit: () => void }) {
  const { workspace, api } = useWorkspace();
  const client = useQueryClient();
  const storages = useQuery(storagesQuery(workspace.id, api));
  const [isRemoving, setRemoving] = useState(false);
  const settled = {
    onError: showError,
    onSettled: () => client.invalidateQueries({ queryKey: keys.retention(workspace.id) }),
  };
  const toggle = useMutation({
    mutationFn: (on: boolean) => {
      const terms = termsOf(draftOf(rule)) ?? {};
      return api.retention.update(rule.id, { name: rule.name, terms, on });
    },
    ...settled,
  });
  const run = useMutation({
    mutationFn: () => api.retention.run(rule.id),
    onSuccess: () => showDone(m.retention.running(rule.name)),
    ...settled,
  });
  const remove = useMutation({
    mutationFn: () => api.retention.remove(rule.id),
    onSuccess: () => setRemoving(false),
    ...settled,
  });
  const nameOf = (id: string) => storages.data?.find((one) => one.id === id)?.name;
  return (
    <li className={people.row} data-off={!rule.on || undefined}>
      <div className={people.who}>
        <b>{rule.name}</b>
        <p>{ruleWords(rule, nameOf)}</p>
        <p>{rule.last_run_at ? m.retention.lastRun(relative(rule.last_run_at)) : m.retention.neverRan}</p>
      </div>
      <Switch
        checked={rule.on}
        aria-label={m.retention.onOff(rule.name)}
        onChange={() => toggle.mutate(!rule.on)}
      />
      <Menu position="bottom-end" shadow="md" width={180}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size={36} aria-label={m.retention.more(rule.name)}>
            <IconDots size={20} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => run.mutate()}>{m.retention.runNow}</Menu.Item>
          <Menu.Item onClick={onEdit}>{m.retention.edit}</Menu.Item>
          <Menu.Item color="red" onClick={() => setRemoving(true)}>
            {m.retention.remove}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Confirm
        isOpen={isRemoving}
        title={m.retention.removeTitle(rule.name)}
        text={m.retention.removeText}
        confirm={m.retention.remove}
        isPending={remove.isPending}
        onConfirm={() => remove.mutate()}
        onClose={() => setRemoving(false)}
      />
    </li>
  );
}
