import type { Storage } from "../api/types";
import { m } from "../messages";
import classes from "./delivery.module.css";

/** What a storage is used for, in words. Every storage is a source; that goes without saying where it is more. */
export function Roles({ storage }: { storage: Pick<Storage, "name" | "roles"> }) {
  const more = storage.roles.filter((role) => role !== "source");
  const shown = more.length > 0 ? more : storage.roles;
  return (
    <ul className={classes.roles} aria-label={m.storages.roles(storage.name)}>
      {shown.map((role) => (
        <li key={role} data-role={role}>
          {m.storages.role[role] ?? role}
        </li>
      ))}
    </ul>
  );
}
