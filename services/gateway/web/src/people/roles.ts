import type { Role } from "../api/types";

/** From the most to the least able, as the gateway has them. */
export const ROLES: readonly Role[] = ["owner", "admin", "editor", "contributor", "viewer"];

/** Whether this role invites and manages members; the gateway decides, this only hides what it refuses. */
export const mayManage = (role: Role): boolean => role === "owner" || role === "admin";

/** Whether this role changes what is in the library. */
export const mayEdit = (role: Role): boolean => mayManage(role) || role === "editor";

/** Whether this role adds to the library. */
export const mayContribute = (role: Role): boolean => role !== "viewer";

/** The roles that somebody may give: none above their own. */
export const givable = (own: Role): Role[] => ROLES.slice(ROLES.indexOf(own));
