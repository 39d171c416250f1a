import { Outlet } from "@tanstack/react-router";
import { m } from "../messages";
import { UploadsProvider } from "../uploads/UploadsProvider";
import { LiveProvider } from "./live";
import { Rail } from "./Rail";
import classes from "./shell.module.css";

export function WorkspaceShell() {
  return (
    <LiveProvider>
      <a href="#content" className={classes.skip}>
        {m.app.skip}
      </a>
      <div className={classes.frame}>
        <Rail />
        <UploadsProvider>
          <main id="content" className={classes.main} tabIndex={-1}>
            <Outlet />
          </main>
        </UploadsProvider>
      </div>
    </LiveProvider>
  );
}
