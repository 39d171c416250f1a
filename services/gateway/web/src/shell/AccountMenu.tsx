import { type MantineColorScheme, Menu, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import {
  IconCheck,
  IconDeviceDesktop,
  IconLogout,
  IconMoon,
  IconSettings,
  IconSun,
  IconUser,
} from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { session } from "../api/endpoints";
import { meQuery } from "../api/queries";
import { m } from "../messages";
import classes from "./shell.module.css";
import { useWorkspace } from "./useWorkspace";

const SCHEMES: { value: MantineColorScheme; label: string; icon: typeof IconSun }[] = [
  { value: "auto", label: m.nav.auto, icon: IconDeviceDesktop },
  { value: "light", label: m.nav.light, icon: IconSun },
  { value: "dark", label: m.nav.dark, icon: IconMoon },
];

export function AccountMenu() {
  const { me, workspace } = useWorkspace();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const client = useQueryClient();
  const navigate = useNavigate();
  const signOut = useMutation({
    mutationFn: session.signOut,
    onSuccess: async () => {
      client.clear();
      client.setQueryData(meQuery.queryKey, null);
      await navigate({ to: "/sign-in", search: {} });
    },
  });
  const initials = me.user.name
    .split(/\s+/)
    .map((part) => part[0] ?? "")
    .slice(0, 2)
    .join("")
    .toUpperCase();

  return (
    <Menu position="right-end" width={240} shadow="md" withinPortal={false}>
      <Menu.Target>
        <UnstyledButton className={classes.account} aria-label={m.nav.account}>
          <span className={classes.avatar} aria-hidden>
            {initials || "?"}
          </span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{m.nav.signedInAs(me.user.email)}</Menu.Label>
        {me.workspaces.length > 1 && (
          <>
            <Menu.Divider />
            <Menu.Label>{m.nav.workspaces}</Menu.Label>
            {me.workspaces.map((one) => (
              <Menu.Item
                key={one.id}
                onClick={() => void navigate({ to: "/w/$workspace", params: { workspace: one.short_id } })}
                rightSection={one.id === workspace.id ? <IconCheck size={16} aria-hidden /> : null}
              >
                {one.name}
              </Menu.Item>
            ))}
          </>
        )}
        <Menu.Divider />
        <Menu.Label>{m.nav.appearance}</Menu.Label>
        <Menu.RadioGroup
          value={colorScheme}
          onChange={(value) => setColorScheme(value as MantineColorScheme)}
        >
          {SCHEMES.map(({ value, label, icon: Icon }) => (
            <Menu.RadioItem
              key={value}
              value={value}
              closeMenuOnClick={false}
              rightSection={<Icon size={16} stroke={1.7} aria-hidden />}
            >
              {label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconSettings size={16} stroke={1.7} aria-hidden />}
          onClick={() =>
            void navigate({ to: "/w/$workspace/settings", params: { workspace: workspace.short_id } })
          }
        >
          {m.nav.settings}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconUser size={16} stroke={1.7} aria-hidden />}
          onClick={() =>
            void navigate({ to: "/w/$workspace/account", params: { workspace: workspace.short_id } })
          }
        >
          {m.nav.myAccount}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconLogout size={16} stroke={1.7} aria-hidden />}
          onClick={() => signOut.mutate()}
        >
          {m.nav.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
