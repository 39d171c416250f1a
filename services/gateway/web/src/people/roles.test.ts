import { expect, test } from "vitest";
import { givable, mayManage, ROLES } from "./roles";

test("nobody is offered a role above their own", () => {
  expect(givable("owner")).toEqual(ROLES);
  expect(givable("admin")).toEqual(["admin", "editor", "contributor", "viewer"]);
});

test("owners and administrators manage members", () => {
  expect(ROLES.filter(mayManage)).toEqual(["owner", "admin"]);
});
