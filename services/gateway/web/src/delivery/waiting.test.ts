import { expect, test } from "vitest";
import { delivery, full, NOW, storage } from "./testing";
import { backlogOf, waitingWords } from "./waiting";

const MEANWHILE = "What is uploaded is kept in central storage until then.";

const backlog = (waiting: number, parked = 0) => ({ waiting, waiting_bytes: waiting * 1_000_000, parked });

test("what is merely on its way is no trouble", () => {
  expect(waitingWords(backlog(0), [], false, NOW)).toBeNull();
  const words = waitingWords(backlog(3), [storage()], false, NOW);
  expect(words).toEqual({ tone: "info", title: "3 originals (3 MB) on the way", text: [], canTry: false });
});

test("d10 a full storage says so, how much waits and when it is tried again", () => {
  const words = waitingWords(
    backlog(12),
    [storage({ delivery: delivery({ trouble: full(180) }) })],
    false,
    NOW,
  );
  expect(words?.title).toBe("12 originals (12 MB) wait for Archive");
  expect(words?.text).toEqual(["Archive is full.", "Tried again in 3 minutes.", MEANWHILE]);
  expect(words?.canTry).toBe(true);
});

test("of several storages the next try is that of the first", () => {
  const late = storage({ delivery: delivery({ trouble: full(240) }) });
  const soon = storage({ name: "Bucket", delivery: delivery({ trouble: full(5) }) });
  const words = waitingWords(backlog(1), [late, soon], false, NOW);
  expect(words?.text).toEqual(["Archive is full.", "Bucket is full.", "Tried again now.", MEANWHILE]);
});

test("what nobody tries by itself is counted, and nothing promises another try", () => {
  const words = waitingWords(backlog(2, 2), [storage()], false, NOW);
  expect(words?.text).toEqual(["2 originals are not tried again until somebody asks for it.", MEANWHILE]);
  expect(words?.canTry).toBe(true);
});

test("d8 while the main storage is away there is nothing to try", () => {
  const words = waitingWords(backlog(1), [storage()], true, NOW);
  expect(words?.title).toBe("1 original (1 MB) waits for Archive");
  expect(words?.text).toEqual(["What waits goes as soon as new originals go there again."]);
  expect(words?.canTry).toBe(false);
});

test("what waits for several storages is counted together", () => {
  const one = storage({ delivery: delivery({ waiting: 2, waiting_bytes: 5, parked: 1 }) });
  expect(backlogOf([one, one, storage()])).toEqual({ waiting: 4, waiting_bytes: 10, parked: 2 });
});
