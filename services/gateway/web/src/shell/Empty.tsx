import { Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./empty.module.css";

interface EmptyProps {
  icon: ReactNode;
  title: string;
  text: string;
  action?: ReactNode;
  /** Where it is the whole page, its title is the page's heading. */
  isPage?: boolean;
}

/** Says why there is nothing, and what to do about it. */
export function Empty({ icon, title, text, action, isPage }: EmptyProps) {
  return (
    <div className={classes.empty}>
      <div className={classes.icon} aria-hidden>
        {icon}
      </div>
      <Title order={isPage ? 1 : 2} size="h2">
        {title}
      </Title>
      <Text c="dimmed" maw={460}>
        {text}
      </Text>
      {action && <div className={classes.action}>{action}</div>}
    </div>
  );
}
