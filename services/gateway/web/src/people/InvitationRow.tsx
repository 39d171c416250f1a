import { Button } from "@mantine/core";
import { IconLink } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { keys } from "../api/queries";
import type { Invitation } from "../api/types";
import { dateTime, m } from "../messages";
import { useWorkspace } from "../shell/useWorkspace";
import classes from "./people.module.css";

export function InvitationRow({ invitation }: { invitation: Invitation }) {
  const { workspace, api } = useWorkspace();
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => api.members.revoke(invitation.id),
    onSettled: () => client.invalidateQueries({ queryKey: keys.invitations(workspace.id) }),
  });
  const note = invitation.note || m.members.forSomebody;
  return (
    <li className={classes.row}>
      <span className={classes.face} aria-hidden>
        <IconLink size={18} stroke={1.8} />
      </span>
      <div className={classes.who}>
        <b>{note}</b> <span>{m.roles[invitation.role]}</span>
        <p>{m.members.invitedBy(invitation.created_by, dateTime(invitation.expires_at))}</p>
      </div>
      <div className={`${classes.end} ${classes.wide}`}>
        <Button
          variant="default"
          loading={revoke.isPending}
          aria-label={m.members.revokeLabel(note)}
          onClick={() => revoke.mutate()}
        >
          {m.members.revoke}
        </Button>
      </div>
    </li>
  );
}
