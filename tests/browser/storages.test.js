import assert from "node:assert/strict";
import { rename } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { test } from "node:test";
import { openGallery, pictureOf } from "./support/gallery.js";
import { s3, skip, skipWithoutS3 } from "./support/needs.js";
import { LIBRARY_FILES, placeLibrary, placePicture } from "./support/photos.js";
import { useWorld } from "./support/world.js";

const world = useWorld({
  async prepare(page, { photos, second }) {
    for (let n = 0; n < 3; n += 1) await placePicture(page, second, `Disk/disk-${n}.jpg`, 50 + n);
    return placeLibrary(page, photos);
  },
  files: LIBRARY_FILES,
});

const storages = async (options) => {
  const page = await world.window(options);
  await page.goto(`${world.home}/storages`);
  await page.getByRole("heading", { name: "Pictures", level: 2 }).waitFor();
  return page;
};
const step = (within, title) => within.getByRole("listitem").filter({ has: within.page().getByText(title, { exact: true }) });

test("the connection test ticks what works and says why the rest was left out", { skip }, async () => {
  const page = await storages();
  await page.getByRole("button", { name: "Test connection" }).click();
  const dialog = page.getByRole("dialog", { name: "Connection test" });
  await dialog.getByText("Everything works").waitFor();
  for (const title of ["Bucket or folder found", "List"]) {
    await step(dialog, title).getByRole("img", { name: "Passed" }).waitFor();
  }
  await step(dialog, "Write a probe").getByRole("img", { name: "Skipped" }).waitFor();
  await step(dialog, "Write a probe").getByText("read-only").waitFor();
});

test("the connection test of a folder that is gone names the step and the remedy", { skip }, async () => {
  const page = await storages();
  const hidden = `${world.photos} away`;
  await rename(world.photos, hidden);
  try {
    await page.getByRole("button", { name: "Test connection" }).click();
    const dialog = page.getByRole("dialog", { name: "Connection test" });
    await dialog.getByText("Something is in the way").waitFor();
    const failed = dialog.getByRole("listitem").filter({ has: page.getByRole("img", { name: "Failed" }) });
    assert.equal(await failed.count(), 1);
    assert.equal(await failed.getByRole("paragraph").count(), 2, await failed.innerText());
  } finally {
    await rename(hidden, world.photos);
  }
  await page.getByRole("button", { name: "Test again" }).click();
  await page.getByText("Everything works").waitFor();
});

test("a scan that was asked for shows up in the history", { skip }, async () => {
  const page = await storages();
  await page.getByRole("button", { name: "Scan now" }).click();
  await page.getByText("Pictures is being scanned.").waitFor();
  await page.getByRole("button", { name: "History" }).click();
  const history = page.getByRole("dialog", { name: "Scans of Pictures" });
  await history.getByText("asked for").waitFor();
  await history.getByText("Complete").first().waitFor();
});

test("a storage is switched off after saying what that means, and on again", { skip }, async () => {
  const page = await storages();
  const onOff = page.getByRole("switch", { name: "Pictures is on" });
  await onOff.locator("xpath=..").click();
  const dialog = page.getByRole("dialog", { name: "Switch Pictures off?" });
  await dialog.getByText(`${LIBRARY_FILES} photos from it stay in the library`).waitFor();
  await dialog.getByRole("button", { name: "Switch off" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("status").or(page.getByText("Off", { exact: true })).first().waitFor();
  assert.equal(await page.getByRole("button", { name: "Scan now" }).isDisabled(), true);
  await onOff.locator("xpath=..").click();
  await page.getByText("Connected", { exact: true }).waitFor();
});

async function bucketSettings(page, { endpoint, secret }) {
  await page.goto(`${world.home}/storages/connect`);
  await page.getByRole("button", { name: /^MinIO/ }).click();
  await page.getByLabel("Name").fill("Bucket");
  await page.getByLabel(/^Bucket/).fill("photos");
  await page.getByLabel(/^Endpoint/).fill(endpoint);
  await page.getByLabel("Access key").fill(s3?.accessKey ?? "somebody");
  await page.getByLabel(/^Secret key/).fill(secret);
  await page.getByRole("button", { name: "Continue" }).click();
}

/** An address that nothing answers at: the port was ours a moment ago. */
async function deadAddress() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return `http://127.0.0.1:${port}`;
}

/** Waits for the one step that failed, and returns it; it says why, and what to do. */
async function failedStep(page) {
  await page.getByText("Something is in the way").waitFor();
  const failed = page.getByRole("listitem").filter({ has: page.getByRole("img", { name: "Failed" }) });
  assert.equal(await failed.count(), 1);
  const [reason, remedy] = await failed.getByRole("paragraph").allInnerTexts();
  assert.ok(reason && remedy, await failed.innerText());
  return failed;
}

test("a wrong S3 key fails at the credentials, with reason and remedy", { skip: skipWithoutS3 }, async () => {
  const page = await world.window();
  await bucketSettings(page, { endpoint: s3.url, secret: "certainly-wrong" });
  await (await failedStep(page)).getByText("Credentials", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Continue without a working test" }).waitFor();
});

test("an S3 server that is not there fails at a named step, with reason and remedy", { skip }, async () => {
  const page = await world.window();
  await bucketSettings(page, { endpoint: await deadAddress(), secret: "something" });
  await (await failedStep(page)).getByText(/nothing answers at this address/).waitFor();
});

test("what the server refuses is shown beside its field", { skip }, async () => {
  world.watch.expect(422, /\/storages\/test$/);
  const page = await world.window();
  const wrong = {
    name: "name is taken",
    "settings.bucket": "bucket is odd",
    "settings.region": "region is odd",
    "settings.endpoint": "endpoint is odd",
    "credentials.access_key": "access key is odd",
    "credentials.secret_key": "secret key is odd",
    "settings.provider": "provider is odd",
  };
  await page.route("**/storages/test", (route) =>
    route.fulfill({
      status: 422,
      contentType: "application/problem+json",
      body: JSON.stringify({ type: "urn:stowage:problem:invalid", title: "Invalid", status: 422, errors: wrong }),
    }),
  );
  await bucketSettings(page, { endpoint: "http://127.0.0.1:9", secret: "something" });
  await page.getByRole("heading", { name: "How to reach it" }).waitFor();
  const fields = {
    Name: "name is taken",
    Bucket: "bucket is odd",
    Region: "region is odd",
    Endpoint: "endpoint is odd",
    "Access key": "access key is odd",
    "Secret key": "secret key is odd",
  };
  for (const [label, words] of Object.entries(fields)) {
    const field = page.locator("input").and(page.getByLabel(new RegExp(`^${label}`)));
    const described = await field.getAttribute("aria-describedby");
    const ids = (described ?? "").split(" ").filter(Boolean);
    const texts = await Promise.all(ids.map((id) => page.locator(`[id="${id}"]`).innerText()));
    assert.ok(texts.includes(words), `${label}: ${texts}`);
  }
  await page.getByRole("alert").getByText("settings.provider: provider is odd").waitFor();
});

test("a refusal of the real server leads back to its field", { skip }, async () => {
  world.watch.expect(400, /\/storages\/test$/);
  const page = await world.window();
  await page.goto(`${world.home}/storages/connect`);
  await page.getByRole("button", { name: /^Folder of this server/ }).click();
  await page.getByLabel("Name").fill("x".repeat(5000));
  await page.getByRole("list", { name: "Folders" }).getByRole("button").last().click();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.locator("input[aria-invalid=true]").waitFor();
  await page.getByRole("heading", { name: "How to reach it" }).waitFor();
});

test("a second folder is connected step by step, and its pictures appear", { skip }, async () => {
  const page = await world.window();
  await page.goto(`${world.home}/storages`);
  await page.getByRole("link", { name: "Connect a storage" }).click();
  await page.getByRole("button", { name: /^Folder of this server/ }).click();
  await page.getByRole("button", { name: "Continue" }).click();
  assert.equal(await page.getByText("This is needed.").count(), 2);
  await page.getByLabel("Name").fill("Second disk");
  await page.getByRole("list", { name: "Folders" }).getByRole("button", { name: world.second }).click();
  await page.getByText("Chosen").waitFor();
  await page.getByRole("button", { name: "Continue" }).click();

  await page.getByText("Everything works").waitFor();
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  const next = page.getByRole("button", { name: "Continue", exact: true });
  assert.equal(await next.isDisabled(), true, "nothing is chosen about deletion yet");
  await page.getByRole("radio", { name: /^Keep the original/ }).click();
  await next.click();
  await page.getByText(world.second).waitFor();
  await page.getByRole("button", { name: "Connect and start" }).click();

  await page.getByText("Second disk is connected. Its first scan has begun.").waitFor();
  await pictureOf(page, "disk-2.jpg").waitFor();
  await world.settled(LIBRARY_FILES + 3);
  await page.getByRole("link", { name: "Storages" }).click();
  await page.getByRole("article", { name: "Second disk" }).getByText("Connected", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Show photos: Second disk" }).click();
  await page.getByText("3 photos found", { exact: true }).waitFor();
});

test("a removed storage takes its photos out of the library when asked to", { skip }, async () => {
  const page = await storages();
  await page.getByRole("button", { name: "More for Second disk" }).click();
  await page.getByRole("menuitem", { name: "Remove" }).click();
  const dialog = page.getByRole("dialog", { name: "Remove Second disk" });
  await dialog.getByRole("radio", { name: /^Take them out of the library/ }).click();
  await dialog.getByRole("button", { name: "Remove storage" }).click();
  await page.getByText("Second disk was removed.").waitFor();
  await page.getByRole("article", { name: "Second disk" }).waitFor({ state: "detached" });
  await openGallery(world, page);
  await page.getByText(`${LIBRARY_FILES} photos`, { exact: true }).waitFor();
});
