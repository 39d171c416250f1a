import { IconAlertTriangle, IconCircleX, IconInfoCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./note.module.css";

const ICONS = { info: IconInfoCircle, warn: IconAlertTriangle, bad: IconCircleX };

interface NoteProps {
  tone: keyof typeof ICONS;
  title?: string;
  children?: ReactNode;
  /** Set where it appears in answer to something a person did. */
  role?: "alert" | "status";
}

/** A banner that says what is the matter and, below it, what to do. */
export function Note({ tone, title, children, role }: NoteProps) {
  const Icon = ICONS[tone];
  return (
    <div className={classes.note} data-tone={tone} role={role}>
      <Icon size={19} stroke={1.8} aria-hidden />
      <div>
        {title && <strong>{title}</strong>}
        {children && <div>{children}</div>}
      </div>
    </div>
  );
}
