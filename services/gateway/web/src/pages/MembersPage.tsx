import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { invitationsQuery, membersQuery } from "../api/queries";
import { errorText } from "../lib/notify";
import { m } from "../messages";
import { InvitationRow } from "../people/InvitationRow";
import { InviteDialog } from "../people/InviteDialog";
import { MemberRow } from "../people/MemberRow";
import classes from "../people/people.module.css";
import { Note } from "../shell/Note";
import { Page } from "../shell/Page";
import { useWorkspace } from "../shell/useWorkspace";

export function MembersPage() {
  const { workspace, api } = useWorkspace();
  const [isInviting, setInviting] = useState(false);
  const members = useQuery(membersQuery(workspace.id, api));
  const invitations = useQuery(invitationsQuery(workspace.id, api));
  const error = members.error ?? invitations.error;
  const invite = (
    <Button leftSection={<IconPlus size={17} stroke={2} aria-hidden />} onClick={() => setInviting(true)}>
      {m.members.invite}
    </Button>
  );
  return (
    <Page narrow title={m.members.title} text={m.members.text} actions={error ? null : invite}>
      {error && <Note tone="bad">{errorText(error)}</Note>}
      <section className={classes.section} aria-labelledby="people">
        <h2 id="people">{m.members.people}</h2>
        <ul className={classes.list}>
          {members.data?.map((member) => (
            <MemberRow key={member.user_id} member={member} />
          ))}
        </ul>
      </section>
      <section className={classes.section} aria-labelledby="invitations">
        <h2 id="invitations">{m.members.invitations}</h2>
        {invitations.data?.length === 0 && <p className={classes.hint}>{m.members.noInvitations}</p>}
        {invitations.data && invitations.data.length > 0 && (
          <ul className={classes.list}>
            {invitations.data.map((one) => (
              <InvitationRow key={one.id} invitation={one} />
            ))}
          </ul>
        )}
      </section>
      <InviteDialog isOpen={isInviting} onClose={() => setInviting(false)} />
    </Page>
  );
}
