import { Anchor } from "@mantine/core";
import type { AuditAct } from "../api/types";
import { dateTime, m } from "../messages";
import classes from "./audit.module.css";
import { type StorageName, toldOf } from "./detail";

/** Files of one act that are named; the others are counted. */
const MOST_FILES = 5;

interface RowProps {
  act: AuditAct;
  nameOf: StorageName;
  onSubject: (id: string) => void;
}

/** One act: what was done to what, how and why, by whom and when. */
export function AuditRow({ act, nameOf, onSubject }: RowProps) {
  const words = m.audit;
  const told = toldOf(act, nameOf);
  const who = act.user_name ?? (act.user_id ? m.common.unknown : words.system);
  const rest = told.files.length - MOST_FILES;
  return (
    <li className={classes.act}>
      <p className={classes.what}>
        <b>{words.action[act.action]}</b>
        {act.subject !== "workspace" && (
          <Anchor
            component="button"
            fz="inherit"
            title={words.only}
            onClick={() => onSubject(act.subject_id)}
          >
            {act.subject_name ?? act.subject_id}
          </Anchor>
        )}
      </p>
      {told.text && <p className={classes.told}>{told.text}</p>}
      {told.files.slice(0, MOST_FILES).map((file) => (
        <p key={file} className={classes.file}>
          {file}
        </p>
      ))}
      {rest > 0 && <p>{words.andMore(rest)}</p>}
      <p className={classes.who}>
        {who}, <time dateTime={act.at}>{dateTime(act.at)}</time>
      </p>
    </li>
  );
}
