import { ActionIcon, Menu, Modal, Select, Text } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keys, meQuery } from "../api/queries";
import type { MemberEntry, Role } from "../api/types";
import { showDone } from "../lib/notify";
import { date, m } from "../messages";
import { Confirm } from "../shell/Confirm";
import { SecretField } from "../shell/SecretField";
import { useWorkspace } from "../shell/useWorkspace";
import classes from "./people.module.css";
import { givable } from "./roles";

export function MemberRow({ member }: { member: MemberEntry }) {
  const { me, workspace, api } = useWorkspace();
  const [isRemoving, setRemoving] = useState(false);
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: keys.members(workspace.id) });
  const isMe = member.user_id === me.user.id;
  const able = givable(workspace.role);
  const isAbove = !able.includes(member.role);

  const setRole = useMutation({
    mutationFn: (role: Role) => api.members.setRole(member.user_id, role),
    onSettled: refresh,
    onSuccess: () => (isMe ? startAgain() : undefined),
  });
  const remove = useMutation({
    mutationFn: () => api.members.remove(member.user_id),
    onSettled: () => setRemoving(false),
    onSuccess: () => {
      if (isMe) return startAgain();
      showDone(m.members.removed(member.name));
      return refresh();
    },
  });
  const reset = useMutation({ mutationFn: () => api.members.resetPassword(member.user_id) });

  // What somebody may see has changed under the whole of the interface.
  function startAgain() {
    client.removeQueries({ queryKey: meQuery.queryKey });
    window.location.assign("/");
  }

  const roles = isAbove ? [member.role] : able;
  return (
    <li className={classes.row}>
      <span className={classes.face} aria-hidden>
        {member.name.slice(0, 1).toUpperCase()}
      </span>
      <div className={classes.who}>
        <b>{member.name}</b> {isMe && <span>({m.members.you})</span>}
        <p>{member.email}</p>
        <p>{m.members.joined(date(member.joined_at))}</p>
      </div>
      <div className={`${classes.end} ${classes.wide}`}>
        <Select
          className={classes.role}
          aria-label={m.members.roleOf(member.name)}
          value={member.role}
          disabled={isAbove || setRole.isPending}
          allowDeselect={false}
          data={roles.map((role) => ({ value: role, label: m.roles[role] }))}
          onChange={(role) => role && role !== member.role && setRole.mutate(role as Role)}
        />
        <Menu position="bottom-end" shadow="md" width={230}>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" size={36} aria-label={m.members.more(member.name)}>
              <IconDots size={20} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {!isMe && (
              <Menu.Item disabled={isAbove} onClick={() => reset.mutate()}>
                {m.members.newPassword}
              </Menu.Item>
            )}
            <Menu.Item
              className={classes.danger}
              disabled={isAbove && !isMe}
              onClick={() => setRemoving(true)}
            >
              {isMe ? m.members.leave : m.members.remove}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
      <Confirm
        isOpen={isRemoving}
        title={isMe ? m.members.leaveTitle : m.members.removeTitle(member.name)}
        text={isMe ? m.members.leaveText : m.members.removeText}
        confirm={isMe ? m.members.leave : m.members.remove}
        isPending={remove.isPending}
        onConfirm={() => remove.mutate()}
        onClose={() => setRemoving(false)}
      />
      <Modal
        opened={reset.data !== undefined}
        onClose={reset.reset}
        title={m.members.passwordTitle(member.name)}
        size={560}
      >
        <div className={classes.dialog}>
          <Text>{m.members.passwordText}</Text>
          <SecretField label={m.members.link} value={reset.data?.link ?? ""} />
        </div>
      </Modal>
    </li>
  );
}
