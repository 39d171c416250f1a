import { Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./page.module.css";
import { useTitle } from "./useTitle";

interface PageProps {
  title: string;
  text?: string;
  actions?: ReactNode;
  narrow?: boolean;
  children: ReactNode;
}

/** A page with a heading that scrolls; everything but the gallery. */
export function Page({ title, text, actions, narrow, children }: PageProps) {
  useTitle(title);
  return (
    <div className={classes.scroller}>
      <div className={classes.page} data-narrow={narrow || undefined}>
        <header className={classes.header}>
          <div>
            <Title order={1}>{title}</Title>
            {text && (
              <Text c="dimmed" mt={4}>
                {text}
              </Text>
            )}
          </div>
          {actions}
        </header>
        {children}
      </div>
    </div>
  );
}
