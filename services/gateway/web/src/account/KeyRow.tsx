import { ActionIcon, Menu, Switch } from "@mantine/core";
import { IconDots, IconKey } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "../api/queries";
import type { ApiKey, ApiKeySecret } from "../api/types";
import { m, relative } from "../messages";
import classes from "../people/people.module.css";
import { Confirm } from "../shell/Confirm";
import { useWorkspace } from "../shell/useWorkspace";

interface KeyRowProps {
  apiKey: ApiKey;
  onNewKey: (made: ApiKeySecret) => void;
}

export function KeyRow({ apiKey, onNewKey }: KeyRowProps) {
  const { workspace, api } = useWorkspace();
  const [asked, setAsked] = useState<"regenerate" | "delete" | null>(null);
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: keys.apiKeys(workspace.id) });
  const close = () => setAsked(null);
  const patch = useMutation({
    mutationFn: (is_active: boolean) => api.apiKeys.patch(apiKey.id, { is_active }),
    onSettled: refresh,
  });
  const regenerate = useMutation({
    mutationFn: () => api.apiKeys.regenerate(apiKey.id),
    onSettled: close,
    onSuccess: (secret) => {
      onNewKey(secret);
      return refresh();
    },
  });
  const remove = useMutation({
    mutationFn: () => api.apiKeys.remove(apiKey.id),
    onSettled: () => {
      close();
      return refresh();
    },
  });
  const words = m.account;
  const used = apiKey.last_used_at ? words.lastUsed(relative(apiKey.last_used_at)) : words.neverUsed;
  return (
    <li className={classes.row} data-off={!apiKey.is_active || undefined}>
      <span className={classes.face} aria-hidden>
        <IconKey size={18} stroke={1.8} />
      </span>
      <div className={classes.who}>
        <b>{apiKey.name}</b> <code>{apiKey.masked}</code>
        <p>{apiKey.scopes.map((scope) => words.scope[scope]).join(" · ")}</p>
        <p>{apiKey.is_active ? used : `${words.inactive}. ${used}`}</p>
      </div>
      <div className={`${classes.end} ${classes.wide}`}>
        <Switch
          checked={apiKey.is_active}
          disabled={patch.isPending}
          aria-label={words.active(apiKey.name)}
          onChange={(event) => patch.mutate(event.currentTarget.checked)}
        />
        <Menu position="bottom-end" shadow="md" width={240}>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" size={36} aria-label={words.more(apiKey.name)}>
              <IconDots size={20} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => setAsked("regenerate")}>{words.regenerate}</Menu.Item>
            <Menu.Item className={classes.danger} onClick={() => setAsked("delete")}>
              {words.deleteKey}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
      <Confirm
        isOpen={asked === "regenerate"}
        title={words.regenerateTitle(apiKey.name)}
        text={words.regenerateText}
        confirm={words.regenerate}
        isPending={regenerate.isPending}
        onConfirm={() => regenerate.mutate()}
        onClose={close}
      />
      <Confirm
        isOpen={asked === "delete"}
        title={words.deleteTitle(apiKey.name)}
        text={words.deleteText}
        confirm={words.deleteKey}
        isPending={remove.isPending}
        onConfirm={() => remove.mutate()}
        onClose={close}
      />
    </li>
  );
}
