import assert from "node:assert/strict";
import { createHash, randomFillSync } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { tile } from "./support/gallery.js";
import { skip } from "./support/needs.js";
import { draw } from "./support/photos.js";
import { useWorld } from "./support/world.js";

const world = useWorld();

const MEGABYTE = 1024 * 1024;
/** What one request of the page brings. */
const PART = 8 * MEGABYTE;

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** Draws a picture, and makes it as long as cameras make theirs. */
async function photograph(name, seed, megabytes = 0) {
  const drawing = await world.browser.newPage();
  const picture = await draw(drawing, { width: 1200, height: 800, seed });
  await drawing.close();
  const bytes = Buffer.concat([picture, randomFillSync(Buffer.alloc(megabytes * MEGABYTE))]);
  const file = path.join(world.folder, "to upload", name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, bytes);
  return { file, bytes };
}

const tray = (page) => page.getByRole("region", { name: "Uploads" });
const row = (page, name) => tray(page).getByRole("listitem").filter({ hasText: name });
const files = (page) => page.getByLabel("Files…");

async function open() {
  const page = await world.window();
  await page.goto(world.home);
  await page.getByRole("button", { name: "Add photos" }).waitFor();
  return page;
}

/** Looks an asset up by its name, and its original. */
async function stored(name) {
  const { items } = await world.ask(`/assets?q=${encodeURIComponent(name)}`);
  assert.equal(items.length, 1, name);
  const address = `${world.stowage.url}/api/v1/workspaces/${world.workspace.id}/assets/${items[0].id}/original`;
  const response = await fetch(address, { headers: { Cookie: `${world.session.name}=${world.session.value}` } });
  return { asset: await world.ask(`/assets/${items[0].id}`), bytes: Buffer.from(await response.arrayBuffer()) };
}

test("photographs that are dropped appear in the library", { skip }, async () => {
  const page = await open();
  const { bytes } = await photograph("dropped.jpg", 1);
  const transfer = await page.evaluateHandle((encoded) => {
    const bytes = Uint8Array.from(atob(encoded), (one) => one.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], "dropped.jpg", { type: "image/jpeg" }));
    return transfer;
  }, bytes.toString("base64"));
  await page.dispatchEvent("body", "dragenter", { dataTransfer: transfer });
  await page.getByText("Drop to add to the library").waitFor();
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
  await page.getByText("Drop to add to the library").waitFor({ state: "detached" });

  await row(page, "dropped.jpg").getByText("In the library").waitFor();
  await tile(page, "dropped.jpg").waitFor();
  assert.equal(sha256((await stored("dropped.jpg")).bytes), sha256(bytes));
  // What is done can be put away, and stays away.
  await page.getByRole("button", { name: "Close the list of uploads" }).click();
  await tray(page).waitFor({ state: "detached" });
});

test("a folder keeps its structure, and search finds it", { skip }, async () => {
  const page = await open();
  await photograph("Holiday/Lofoten/one.jpg", 2);
  await photograph("Holiday/Lofoten/two.jpg", 3);
  await writeFile(path.join(world.folder, "to upload/Holiday/Thumbs.db"), "litter");
  await page.getByLabel("A folder…").setInputFiles(path.join(world.folder, "to upload/Holiday"));
  await tray(page).getByRole("heading", { name: "2 files added" }).waitFor();
  const { asset } = await stored("one.jpg");
  assert.equal(asset.folder, "Holiday/Lofoten");
  assert.deepEqual(asset.tags, []);
  await page.getByRole("textbox", { name: "Search" }).fill("lofoten");
  await tile(page, "two.jpg").waitFor();
});

test("a photograph that is there already is added, and said so", { skip }, async () => {
  const page = await open();
  const { file, bytes } = await photograph("twice.jpg", 4);
  const again = path.join(path.dirname(file), "again.jpg");
  await writeFile(again, bytes);
  await files(page).setInputFiles(file);
  await row(page, "twice.jpg").getByText("In the library").waitFor();
  await files(page).setInputFiles(again);
  await row(page, "again.jpg").getByText("the same file was there already").waitFor();
});

test("an upload that is paused goes on where it was after the page was loaded again", { skip }, async (context) => {
  const page = await open();
  const { file, bytes } = await photograph("large.jpg", 5, 40);
  page.on("dialog", (dialog) => dialog.accept());
  const network = await page.context().newCDPSession(page);
  const speed = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 6 * MEGABYTE };
  await network.send("Network.emulateNetworkConditions", speed);
  await files(page).setInputFiles(file);
  await uploaded("large.jpg", PART);
  await row(page, "large.jpg").getByRole("button", { name: "Pause: large.jpg" }).click();
  await row(page, "large.jpg").getByText("Paused").waitFor();
  const { offset } = await newest("large.jpg");
  assert.ok(offset < bytes.length, `${offset} of ${bytes.length}`);
  await page.waitForTimeout(1_000);
  assert.ok((await newest("large.jpg")).offset - offset <= PART, "nothing moves while it is paused");

  // Going on in the same page, and stopping once more.
  await row(page, "large.jpg").getByRole("button", { name: "Go on: large.jpg" }).click();
  await uploaded("large.jpg", offset + PART);
  await row(page, "large.jpg").getByRole("button", { name: "Pause: large.jpg" }).click();
  await page.reload();
  await row(page, "large.jpg").getByText("Not finished").waitFor();
  const before = (await newest("large.jpg")).offset;
  await network.send("Network.emulateNetworkConditions", { ...speed, uploadThroughput: -1 });

  const sent = [];
  page.on("request", (request) => {
    if (request.method() === "PATCH") sent.push(Number(request.headers()["upload-offset"]));
  });
  await files(page).setInputFiles(file);
  await row(page, "large.jpg").getByText("In the library").waitFor();
  context.diagnostic(`went on at ${sent[0]} of ${bytes.length}`);
  assert.equal(sent[0], before, "no byte that was durable is sent again");
  await tile(page, "large.jpg").waitFor();
  const { asset, bytes: original } = await stored("large.jpg");
  assert.equal(sha256(original), sha256(bytes));
  assert.equal(asset.sha256, sha256(bytes));
});

test("what was not finished can be cancelled later", { skip }, async () => {
  const page = await open();
  const headers = {
    Cookie: `${world.session.name}=${world.session.value}`,
    "X-Stowage": "1",
    "Tus-Resumable": "1.0.0",
    "Upload-Length": "1000",
    "Upload-Metadata": `filename ${Buffer.from("left.jpg").toString("base64")}`,
  };
  const address = `${world.stowage.url}/api/v1/workspaces/${world.workspace.id}/uploads`;
  assert.equal((await fetch(address, { method: "POST", headers })).status, 201);
  await page.reload();
  await row(page, "left.jpg").getByRole("button", { name: "Cancel: left.jpg" }).click();
  await page.getByText("The upload of left.jpg is cancelled").waitFor();
  assert.equal((await newest("left.jpg")).state, "cancelled");
});

test("what is refused says why, and can be tried again", { skip }, async () => {
  const page = await open();
  world.watch.expect(507, /\/uploads$/);
  const { file } = await photograph("refused.jpg", 6);
  const problem = { type: "urn:stowage:problem:storage-full", title: "Full", status: 507 };
  const full = { status: 507, contentType: "application/problem+json", body: JSON.stringify(problem) };
  let isFull = true;
  await page.route(/\/uploads$/, (route) =>
    isFull && route.request().method() === "POST" ? route.fulfill(full) : route.continue(),
  );
  await files(page).setInputFiles(file);
  await row(page, "refused.jpg").getByText("The server's disk is full").waitFor({ timeout: 60_000 });
  isFull = false;
  await row(page, "refused.jpg").getByRole("button", { name: "Try again: refused.jpg" }).click();
  await row(page, "refused.jpg").getByText("In the library").waitFor();
});

/** Returns the last upload of a file of this name. */
async function newest(name) {
  const { items } = await world.ask("/uploads?limit=100");
  return items.find((upload) => upload.name === name);
}

/** Waits until so many bytes of a file are durable. */
async function uploaded(name, bytes) {
  for (const end = Date.now() + 60_000; ; ) {
    const upload = await newest(name);
    if (upload && upload.offset >= bytes) return;
    assert.ok(Date.now() < end, `still not ${bytes} bytes: ${JSON.stringify(upload)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
