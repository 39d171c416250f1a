import assert from "node:assert/strict";
import { test } from "node:test";
import { skip } from "./support/needs.js";
import { placePicture } from "./support/photos.js";
import { OWNER, useWorld } from "./support/world.js";

const world = useWorld({
  hasOwner: false,
  prepare: (page, { photos }) => placePicture(page, photos, "first.jpg", 0),
});

test("without the owner's link the server says where to find it", { skip }, async () => {
  const page = await world.window();
  await page.goto(world.stowage.url);
  await page.getByRole("heading", { name: "Open the link that the server printed" }).waitFor();
});

test("a mistyped link creates nobody and says so", { skip }, async () => {
  world.watch.expect(403, /\/setup$/);
  world.watch.expect(422, /\/setup$/);
  const page = await world.window();
  await page.goto(`${world.stowage.url}/setup?token=mistyped`);
  await fill(page);
  await page.getByRole("alert").waitFor();
  assert.match(page.url(), /\/setup/);
});

test("the owner's link creates the account and opens the library", { skip }, async () => {
  const page = await world.window();
  await page.goto(world.stowage.setupLink);
  await fill(page);
  await page.getByRole("heading", { name: OWNER.workspace_name, level: 1 }).waitFor();
  await page.getByRole("gridcell", { name: /^first\.jpg/ }).waitFor();
  assert.match(page.url(), /\/w\/\w+$/);
});

test("the owner's link works once", { skip }, async () => {
  const page = await world.window();
  await page.goto(world.stowage.setupLink);
  await page.getByRole("heading", { name: "Stowage is already set up" }).waitFor();
});

async function fill(page) {
  await page.getByLabel("Your name").fill(OWNER.name);
  await page.getByLabel("Email").fill(OWNER.email);
  await page.getByLabel(/^Password/).fill(OWNER.password);
  await page.getByLabel("Name of the library").fill(OWNER.workspace_name);
  await page.getByRole("button", { name: "Create account" }).click();
}
