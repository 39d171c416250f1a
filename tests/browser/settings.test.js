// What holds for everybody in a library: its plan, its rules, and its end.
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { test } from "node:test";
import { skip } from "./support/needs.js";
import { LIBRARY_FILES, placeLibrary } from "./support/photos.js";
import { plan as askPlan } from "./support/plan.js";
import { OWNER, useWorld } from "./support/world.js";

const world = useWorld({ prepare: (page, { photos }) => placeLibrary(page, photos), files: LIBRARY_FILES });

const button = (page, name) => page.getByRole("button", { name, exact: typeof name === "string" });
const dialog = (page) => page.getByRole("dialog");

const plan = (...words) => askPlan(world, ...words);

test("p7 v2 v4 d20 a plan shows before it bites", { skip }, async () => {
  const page = await world.window();
  const shown = await plan("show", OWNER.workspace_name);
  assert.equal(shown.limits.storages, null);
  assert.equal(shown.used.storages, 1);

  const changed = await plan("set", OWNER.workspace_name, "--storages", "1", "--central-bytes", "0");
  assert.deepEqual([changed.limits.storages, changed.limits.central_bytes], [1, 0]);
  assert.equal(changed.limits.external_storages, true, "what is left out stays");
  await page.goto(`${world.home}/storages`);
  const central = page.getByRole("article", { name: "Central storage" });
  await central.getByText("Central storage is full").waitFor();
  await page.getByText("The plan has room for no further storage").waitFor();
  assert.equal(await page.getByRole("link", { name: "Connect a storage" }).count(), 0);
  await page.goto(`${world.home}/storages/connect`);
  await page.getByText("The plan has room for no further storage").waitFor();
  assert.equal(await button(page, /^Folder of this server/).count(), 0);

  await plan("set", world.workspace.short_id, "--external-storages", "no");
  await page.reload();
  await page.getByText("The plan does not include external storages").waitFor();
  await plan("set", world.workspace.id, "--storages", "unlimited", "--external-storages", "yes");
  await plan("set", world.workspace.id, "--central-bytes", "unlimited");
  await page.reload();
  await button(page, /^Folder of this server/).waitFor();
});

test("v36 v37 w25 sizes are counted anew when somebody asks", { skip }, async () => {
  const page = await world.window();
  await page.goto(`${world.home}/storages`);
  const central = page.getByRole("article", { name: "Central storage" });
  await central.getByText(/^Counted/).waitFor();
  await button(page, "More for Pictures").click();
  await page.getByRole("menuitem", { name: "Refresh size" }).click();
  await page.getByText(new RegExp(`^Pictures is looked through again. As of the last scan it holds ${LIBRARY_FILES} files,`)).waitFor();
  await central.getByRole("button", { name: "Refresh size" }).click();
  await central.getByText("Counted just now").waitFor();
  const usage = await world.ask("/usage");
  const pictures = usage.storages.find((one) => one.name === "Pictures");
  assert.equal(pictures.bytes, usage.original_bytes);
});

test("name, zone and rules of a library are changed in one place", { skip }, async () => {
  const page = await world.window();
  await page.goto(`${world.home}/settings`);
  await page.getByLabel("Time zone").fill("Europe/Rome");
  await page.getByLabel(/^Days/).fill("7");
  await page.getByLabel("Take every photo only once").check();
  await button(page, "Save").click();
  await page.getByText("Saved.").waitFor();
  const workspace = await world.ask("");
  assert.deepEqual(
    [workspace.time_zone, workspace.bin_days, workspace.check_duplicates],
    ["Europe/Rome", 7, true],
  );
});

test("d30 a rule shows what it means before it is made, and then does it", { skip }, async () => {
  const page = await world.window();
  await page.goto(`${world.home}/bin`);
  await page.getByRole("tab", { name: "Rules" }).click();
  await button(page, "Make a rule").click();
  await dialog(page).getByLabel("Name").fill("Odd files");
  assert.ok(await button(page, "Save").isDisabled(), "a rule that asks for nothing is none");
  await dialog(page).getByLabel("Tag").fill("Odd");
  const means = dialog(page).getByText(/^Now this means \d+ photos? of/);
  await means.waitFor();
  const count = Number(/means (\d+)/.exec(await means.textContent())[1]);
  assert.ok(count > 0);
  await button(page, "Save").click();
  await page.getByText("Photos tagged Odd").waitFor();
  await button(page, "More for Odd files").click();
  await page.getByRole("menuitem", { name: "Run now" }).click();
  await page.getByText(new RegExp(`^${count} photos? moved to the bin$`)).waitFor();
  const bin = await world.ask("/bin");
  assert.equal(bin.items.length, count);
});

test("d21 v59 the owner deletes the library by its name, and no file of the storage goes", { skip }, async () => {
  const page = await world.window();
  const before = (await readdir(world.photos, { recursive: true })).sort();
  await page.goto(`${world.home}/settings`);
  await page.getByLabel("Reason").fill("a dispute");
  await button(page, "Hold all of the library").click();
  await page.getByText("The hold is placed.").waitFor();

  world.watch.expect(409, /\/delete$/);
  await button(page, "Delete this library").click();
  const go = button(page, "Delete for good");
  assert.ok(await go.isDisabled(), "before its name is typed");
  await dialog(page).getByLabel(/^Type its name/).fill(OWNER.workspace_name);
  await go.click();
  await dialog(page).getByRole("alert").getByText(/legal hold/).waitFor();
  await button(page, "Cancel").click();
  await button(page, "Lift: a dispute").click();
  await page.getByText("The hold is lifted.").waitFor();

  await button(page, "Delete this library").click();
  await dialog(page).getByLabel(/^Type its name/).fill(OWNER.workspace_name);
  await go.click();
  await page.getByRole("heading", { name: "You belong to no library" }).waitFor();
  assert.deepEqual((await readdir(world.photos, { recursive: true })).sort(), before);

  await page.getByLabel("Name of the library").fill("Anew");
  await button(page, "Begin a library").click();
  await page.getByRole("heading", { name: "Your library starts with a storage" }).waitFor();
});
