import { Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { m } from "../messages";
import { BrandMark } from "../shell/Brand";
import { useTitle } from "../shell/useTitle";
import classes from "./auth.module.css";

interface AuthLayoutProps {
  page: string;
  title: string;
  text?: string;
  children: ReactNode;
}

/** The two pages before there is a session: a form beside an abstract of what it leads to. */
export function AuthLayout({ page, title, text, children }: AuthLayoutProps) {
  useTitle(page);
  return (
    <div className={classes.frame}>
      <main className={classes.side}>
        <div className={classes.brand}>
          <BrandMark size={30} />
          <span>{m.app.name}</span>
        </div>
        <div className={classes.form}>
          <Title order={1}>{title}</Title>
          {text && (
            <Text c="dimmed" mt={8} mb={26}>
              {text}
            </Text>
          )}
          {children}
        </div>
      </main>
      <div className={classes.art} aria-hidden>
        <Mosaic />
        <p>{m.app.tagline}</p>
      </div>
    </div>
  );
}

// left, top, width, height in a box of 100 by 100, and a tint.
const TILES: [number, number, number, number, number][] = [
  [0, 0, 38, 30, 1],
  [40, 0, 22, 30, 4],
  [64, 0, 36, 30, 2],
  [0, 32, 26, 36, 3],
  [28, 32, 44, 36, 5],
  [74, 32, 26, 36, 1],
  [0, 70, 45, 30, 2],
  [47, 70, 20, 30, 3],
  [69, 70, 31, 30, 4],
];

function Mosaic() {
  return (
    <div className={classes.mosaic}>
      {TILES.map(([left, top, width, height, tint]) => (
        <span
          key={`${left}-${top}`}
          data-tint={tint}
          style={{ left: `${left}%`, top: `${top}%`, width: `${width}%`, height: `${height}%` }}
        />
      ))}
    </div>
  );
}
