// Runs every file of tests. Under CI a file that failed runs once more by itself: pages are watched
// in real time, and a machine that stood still for seconds is no fault of theirs. What passed only
// at the second try is named at the end, because it is a fault of somebody's.

import { readdirSync } from "node:fs";
import path from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";

const here = import.meta.dirname;
const all = readdirSync(here)
  .filter((name) => name.endsWith(".test.js"))
  .map((name) => path.join(here, name));

/** Returns the files in which something failed. */
async function failedOf(files) {
  const failed = new Set();
  const stream = run({ files, concurrency: 2 });
  stream.on("test:fail", (event) => failed.add(event.file ?? event.name));
  const shown = stream.compose(new spec());
  shown.pipe(process.stdout);
  await new Promise((resolve, reject) => {
    shown.on("end", resolve);
    shown.on("error", reject);
  });
  return files.filter((file) => [...failed].some((name) => file.endsWith(path.basename(name))));
}

const named = process.argv.slice(2).map((name) => path.resolve(name));
let failed = await failedOf(named.length > 0 ? named : all);
if (failed.length > 0 && failed.length <= 2 && process.env.CI) {
  const again = failed;
  console.log(`\nonce more: ${again.map((file) => path.basename(file)).join(", ")}`);
  failed = await failedOf(again);
  const passed = again.filter((file) => !failed.includes(file));
  for (const file of passed) {
    console.log(`flaky: ${path.basename(file)} passed only at its second try`);
  }
}
process.exit(failed.length > 0 ? 1 : 0);
