import { Button } from "@mantine/core";
import { IconDeviceDesktop } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { session } from "../api/endpoints";
import { sessionsQuery } from "../api/queries";
import type { SessionEntry } from "../api/types";
import { errorText } from "../lib/notify";
import { dateTime, m, relative } from "../messages";
import classes from "../people/people.module.css";
import { Note } from "../shell/Note";

export function Sessions() {
  const sessions = useQuery(sessionsQuery);
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
  const endOthers = useMutation({ mutationFn: session.endOthers, onSettled: refresh });
  const end = useMutation({ mutationFn: session.end, onSettled: refresh });
  return (
    <section className={classes.section} aria-labelledby="sessions">
      <div className={classes.sectionHead}>
        <h2 id="sessions">{m.account.sessions}</h2>
        {(sessions.data?.length ?? 0) > 1 && (
          <Button variant="default" loading={endOthers.isPending} onClick={() => endOthers.mutate()}>
            {m.account.endOthers}
          </Button>
        )}
      </div>
      {sessions.error && <Note tone="bad">{errorText(sessions.error)}</Note>}
      <ul className={classes.list}>
        {sessions.data?.map((one) => (
          <Row key={one.id} one={one} onEnd={() => end.mutate(one.id)} />
        ))}
      </ul>
    </section>
  );
}

function Row({ one, onEnd }: { one: SessionEntry; onEnd: () => void }) {
  const device = one.device ?? m.account.unknownDevice;
  return (
    <li className={classes.row}>
      <span className={classes.face} aria-hidden>
        <IconDeviceDesktop size={19} stroke={1.7} />
      </span>
      <div className={classes.who}>
        <b>{device}</b> {one.is_current && <span>({m.account.here})</span>}
        <p>
          {m.account.lastUsed(relative(one.last_used_at ?? one.created_at))}.{" "}
          {m.account.signedIn(dateTime(one.created_at))}
        </p>
      </div>
      {!one.is_current && (
        <div className={`${classes.end} ${classes.wide}`}>
          <Button variant="default" aria-label={m.account.endLabel(device)} onClick={onEnd}>
            {m.account.end}
          </Button>
        </div>
      )}
    </li>
  );
}
