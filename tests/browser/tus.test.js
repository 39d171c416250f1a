// Two clients of tus that others wrote, killed wherever they are.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash, randomFillSync } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { chance } from "./support/chance.js";
import { skip, skipWithoutTuspy, tuspyPython } from "./support/needs.js";
import { useWorld } from "./support/world.js";

const world = useWorld();

const MEGABYTE = 1024 * 1024;
/** The largest piece that a break can cost. */
const PIECE = 16 * MEGABYTE;
/** What may be on its way between two processes of one machine. */
const ON_ITS_WAY = 8 * MEGABYTE;
/** Kills in one run of the suite; `STOWAGE_TEST_TUS_KILLS=200` asks for more. */
const KILLS = Number(process.env.STOWAGE_TEST_TUS_KILLS || 8);

const support = (name) => fileURLToPath(new URL(`./support/${name}`, import.meta.url));

const CLIENTS = {
  "tus-js-client": { skip, command: [process.execPath, support("tus_client.mjs")] },
  tuspy: { skip: skip || skipWithoutTuspy, command: [tuspyPython, support("tus_client.py")] },
};

for (const [name, { skip, command }] of Object.entries(CLIENTS)) {
  test(`what ${name} sends arrives whole, however often it is killed`, { skip }, async (context) => {
    const dice = chance();
    context.diagnostic(`STOWAGE_FAULTS_SEED=${dice.seed}`);
    const key = await makeKey(name);
    let kills = 0;
    let most = 0;
    for (let number = 0; kills < KILLS; number += 1) {
      const size = (8 + dice.below(56)) * MEGABYTE + dice.below(MEGABYTE);
      const bytes = randomFillSync(Buffer.alloc(size));
      const file = path.join(world.folder, `${name} ${number}.bin`);
      await writeFile(file, bytes);
      const told = { kills: 0, most: 0 };
      const url = await send(command, [key, file, `${file}.state`], size, dice, told);
      kills += told.kills;
      most = Math.max(most, told.most);
      const upload = await stored(url);
      const hash = createHash("sha256").update(bytes).digest("hex");
      assert.equal(upload.sha256, hash, `${name} ${number}`);
      const { sha256 } = await world.ask(`/assets/${upload.asset_id}`);
      assert.equal(sha256, hash);
    }
    context.diagnostic(`${kills} kills; at most ${(most / MEGABYTE).toFixed(1)} MiB were sent again`);
  });
}

/** Runs the client until it is done, and kills it three times on the way. Returns the upload's address. */
async function send([program, ...script], [key, ...rest], size, dice, told) {
  const endpoint = `${world.stowage.url}/api/v1/workspaces/${world.workspace.id}/uploads`;
  const words = [...script, endpoint, key, ...rest];
  let url = null;
  let before = 0;
  for (let turn = 0; ; turn += 1) {
    const target = turn < 3 ? before + 1 + dice.below(size - before) : Number.POSITIVE_INFINITY;
    const run = await runUntil(program, words, target);
    url = run.url ?? url;
    if (run.done) return url;
    assert.ok(turn < 3, `the client ended by itself: ${run.errors}`);
    told.kills += 1;
    if (!url) continue;
    const offset = await settledOffset(url, key, run.sent);
    assert.ok(offset >= before, `${offset} after ${before}`);
    const lost = run.sent - offset;
    assert.ok(lost <= PIECE + ON_ITS_WAY, `${lost} bytes are sent again`);
    told.most = Math.max(told.most, lost);
    before = offset;
  }
}

/** Runs the client, and kills it when it says that it sent so much. */
async function runUntil(program, words, target) {
  const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"] });
  const run = { url: null, sent: 0, done: false, errors: "" };
  child.stderr.setEncoding("utf8").on("data", (text) => {
    run.errors += text;
  });
  const ended = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line);
    run.url = said.url ?? run.url;
    run.sent = said.sent ?? run.sent;
    run.done = said.done === true;
    if (run.sent >= target && !run.done) child.kill("SIGKILL");
  }
  await ended;
  return run;
}

/** Asks where the upload goes on, once what came in before the kill is worked off. */
async function settledOffset(url, key, sent) {
  const headers = { Authorization: `Bearer ${key}`, "Tus-Resumable": "1.0.0" };
  let offset = -1;
  for (const end = Date.now() + 10_000; Date.now() < end; ) {
    const answer = await fetch(url, { method: "HEAD", headers });
    assert.equal(answer.status, 200);
    const now = Number(answer.headers.get("upload-offset"));
    if (now === offset && sent - now <= PIECE + ON_ITS_WAY) break;
    offset = now;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  return offset;
}

/** Waits until an upload is an asset. */
async function stored(url) {
  const id = url.split("/").pop();
  for (const end = Date.now() + 60_000; ; ) {
    const upload = await world.ask(`/uploads/${id}`);
    if (upload.state === "stored") return upload;
    assert.ok(Date.now() < end, JSON.stringify(upload));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function makeKey(name) {
  const address = `${world.stowage.url}/api/v1/workspaces/${world.workspace.id}/api-keys`;
  const answer = await fetch(address, {
    method: "POST",
    headers: {
      Cookie: `${world.session.name}=${world.session.value}`,
      "Content-Type": "application/json",
      "X-Stowage": "1",
    },
    body: JSON.stringify({ name, scopes: ["library:write"] }),
  });
  assert.equal(answer.status, 201);
  return (await answer.json()).key;
}
