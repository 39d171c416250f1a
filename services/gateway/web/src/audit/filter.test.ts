import { expect, test } from "vitest";
import { m } from "../messages";
import { GROUPS, isFiltered, parseAuditFilter, queryOf } from "./filter";

test("each act can be looked for, in one group", () => {
  const grouped = Object.values(GROUPS).flat();
  expect([...grouped].sort()).toEqual(Object.keys(m.audit.action).sort());
});

test("an address that nobody made is no filter", () => {
  const odd = parseAuditFilter({ action: "storage.painted", since: "yesterday", until: 7, by: "" });
  expect(isFiltered(odd)).toBe(false);
  expect(queryOf(odd)).toEqual({});
});

test("a filter asks for whole days where the reader is", () => {
  const query = queryOf(parseAuditFilter({ since: "2026-02-28", until: "2026-02-28", by: "system" }));
  expect(query.system).toBe(true);
  const length = new Date(query.until ?? "").getTime() - new Date(query.since ?? "").getTime();
  expect(length).toBe(24 * 3600 * 1000);
});

test("a filter names the act, whose it is and to what", () => {
  expect(queryOf({ subject: "s", by: "u", action: "hold.placed" })).toEqual({
    subject_id: "s",
    user_id: "u",
    action: ["hold.placed"],
  });
});
