import { expect, test } from "vitest";
import { inChunks } from "./bulk";

test("a large selection is worked off in requests that the server takes, each id once", async () => {
  const ids = Array.from({ length: 1201 }, (_, n) => `id${n}`);
  const sent: number[] = [];
  const seen = new Set<string>();
  const progress: number[] = [];
  const outcome = await inChunks(
    ids,
    (some) => {
      sent.push(some.length);
      for (const id of some) seen.add(id);
      const problem = { asset_id: some[0] ?? "", problem: "not-found", detail: "There is no such asset" };
      return Promise.resolve({ done: some.length - 1, problems: [problem] });
    },
    (done) => progress.push(done),
  );
  expect(sent).toEqual([500, 500, 201]);
  expect(seen.size).toBe(1201);
  expect(progress).toEqual([500, 1000, 1201]);
  expect(outcome.done).toBe(1198);
  expect(outcome.problems).toHaveLength(3);
});
