import assert from "node:assert/strict";
import { test } from "node:test";
import { pictureOf } from "./support/gallery.js";
import { skip } from "./support/needs.js";
import { placePicture } from "./support/photos.js";
import { shiftOf } from "./support/shift.js";
import { useWorld } from "./support/world.js";

const MOST_SHIFT = 0.05;
const PICTURES = 40;

const world = useWorld();

test("nothing jumps while the first import fills the gallery", { skip }, async (context) => {
  const page = await world.window();
  await page.goto(world.home);
  await page.getByRole("heading", { name: "No photographs found yet" }).waitFor();

  const drawing = await world.browser.newPage();
  for (let n = 0; n < PICTURES; n += 1) await placePicture(drawing, world.photos, `Trip/trip-${n}.jpg`, n);
  await drawing.close();
  const elsewhere = await world.window();
  await elsewhere.goto(`${world.home}/storages`);
  await elsewhere.getByRole("button", { name: "Scan now" }).click();

  await pictureOf(page, `trip-${PICTURES - 1}.jpg`).waitFor();
  await page.getByText(`${PICTURES} photos`, { exact: true }).waitFor();
  await world.settled(PICTURES);
  await page.waitForTimeout(1500);
  const shift = await shiftOf(page);
  context.diagnostic(`layout shift ${shift.total.toFixed(4)}`);
  assert.ok(shift.total <= MOST_SHIFT, JSON.stringify(shift));
});
