import assert from "node:assert/strict";
import { cp, readdir, utimes } from "node:fs/promises";
import { existsSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { allTiles, openGallery, pictureOf, tile } from "./support/gallery.js";
import { sharedPhotos, skip } from "./support/needs.js";
import { draw, place, placeLibrary, placePicture } from "./support/photos.js";
import { shiftOf } from "./support/shift.js";
import { useWorld } from "./support/world.js";

const MOST_SHIFT = 0.05;
const LONG_AGO = new Date("2020-01-01T12:00:00Z");

const world = useWorld({
  async prepare(page, { photos }) {
    const library = await placeLibrary(page, photos);
    const others = ["cameras", "formats", "orientation", "broken"];
    for (const folder of others) {
      const from = path.join(sharedPhotos, folder);
      if (!existsSync(from)) continue;
      const to = path.join(photos, folder);
      await cp(from, to, { recursive: true });
      // A file without a date of its own is ordered by this one, which a copy or a checkout makes anew.
      for (const name of await readdir(to, { recursive: true })) await utimes(path.join(to, name), LONG_AGO, LONG_AGO);
    }
    return library;
  },
});

async function filesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

/** Presses "Scan now" in a window of its own, as somebody else would. */
async function scanElsewhere() {
  const page = await world.window();
  await page.goto(`${world.home}/storages`);
  await page.getByRole("button", { name: "Scan now" }).click();
}

test("the gallery shows every file that was imported", { skip }, async () => {
  const files = await filesIn(world.photos);
  await world.settled(files.length);
  const page = await world.window();
  await openGallery(world, page);
  await page.getByText(`${files.length} photos`, { exact: true }).waitFor();
  const labels = await allTiles(page);
  const missing = files.filter((name) => !labels.some((label) => label.startsWith(name)));
  assert.deepEqual(missing, []);
  assert.equal(labels.length, files.length);
});

test("every picture on screen is drawn, and lies under the month it was taken in", { skip }, async () => {
  await world.settled(world.library.pictures.length);
  const page = await world.window();
  await openGallery(world, page, "?tag=%5B%22Norway%22%5D");
  await pictureOf(page, "fjord.jpg").waitFor();
  await page.getByRole("rowgroup", { name: /^March 2024/ }).getByRole("gridcell", { name: /^fjord\.jpg, / }).waitFor();
  const undrawn = await page.locator("[data-asset] img").evaluateAll(async (pictures) => {
    await Promise.all(pictures.map((picture) => picture.decode().catch(() => {})));
    return pictures.filter((picture) => picture.naturalWidth === 0).map((picture) => picture.src);
  });
  assert.deepEqual(undrawn, []);
});

test("broken and unsupported files show their reason", { skip }, async () => {
  await world.settled(world.library.pictures.length);
  const page = await world.window();
  await openGallery(world, page, "?tag=%5B%22Odd%22%5D");
  const torn = tile(page, "torn.png");
  await torn.getByText("ends before its picture does").waitFor();
  assert.match(await torn.getAttribute("aria-label"), /Could not be read: .*ends before its picture does/);
  const plan = tile(page, "plan.pdf");
  await plan.getByText("no pictures are made of application/pdf files").waitFor();
  assert.match(await plan.getAttribute("aria-label"), /Not supported: no pictures are made of application\/pdf files/);

  await torn.click();
  const viewer = page.getByRole("dialog", { name: "Photo torn.png" });
  await viewer.getByText("ends before its picture does").first().waitFor();
  await viewer.getByRole("button", { name: "Try again" }).first().waitFor();
});

test("a file that is added during the session appears without a reload", { skip }, async () => {
  const before = await filesIn(world.photos);
  await world.settled(before.length);
  const page = await world.window();
  await openGallery(world, page);
  await page.evaluate(() => {
    globalThis.isSamePage = true;
  });
  const drawing = await world.browser.newPage();
  const picture = await draw(drawing, { width: 900, height: 700, seed: 5000 });
  await drawing.close();
  await place(world.photos, "Travels/new.jpg", picture, new Date(Date.now() - 3600_000));
  await scanElsewhere();
  await pictureOf(page, "new.jpg").waitFor();
  await page.getByText(`${before.length + 1} photos`, { exact: true }).waitFor();
  assert.equal(await page.evaluate(() => globalThis.isSamePage), true);
});

test("what is looked at stays where it is while pictures arrive above it", { skip }, async () => {
  const before = await filesIn(world.photos);
  await world.settled(before.length);
  const page = await world.window({ viewport: { width: 1200, height: 500 } });
  await openGallery(world, page);
  const oldest = (await allTiles(page)).at(-1).split(",")[0];
  await page.locator("[role=grid]").locator("xpath=..").evaluate((box) => {
    box.scrollTop = box.scrollHeight;
  });
  const last = tile(page, oldest);
  await last.waitFor();
  await page.waitForTimeout(500);
  const at = await last.boundingBox();

  const drawing = await world.browser.newPage();
  for (let n = 0; n < 12; n += 1) await placePicture(drawing, world.photos, `Later/later-${n}.jpg`, 100 + n);
  await drawing.close();
  await scanElsewhere();
  await page.getByText(`${before.length + 12} photos`, { exact: true }).waitFor();
  await world.settled(before.length + 12);
  await page.waitForTimeout(1500);
  const now = await last.boundingBox();
  assert.ok(Math.abs(now.y - at.y) < 2, `it was at ${at.y} and is at ${now.y}`);
  const shift = await shiftOf(page);
  assert.ok(shift.total <= MOST_SHIFT, JSON.stringify(shift));
});
