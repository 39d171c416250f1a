// The bin: photographs go there, come back, and leave for good; holds, lingering copies and the record.
import assert from "node:assert/strict";
import { test } from "node:test";
import { barriers } from "./support/axe.js";
import { openGallery, tile } from "./support/gallery.js";
import { skip } from "./support/needs.js";
import { LIBRARY_FILES, placeLibrary } from "./support/photos.js";
import { useWorld } from "./support/world.js";

const world = useWorld({ prepare: (page, { photos }) => placeLibrary(page, photos), files: LIBRARY_FILES });

const inBin = async () => (await world.ask("/bin")).items.map((entry) => entry.asset.name);

async function openBin(page) {
  await page.goto(`${world.home}/bin`);
  await page.getByRole("heading", { name: "Recycle bin" }).waitFor();
}

/** Opens a photograph in the viewer. */
async function look(page, name) {
  await openGallery(world, page);
  await tile(page, name).click();
  await page.getByRole("dialog").getByRole("img", { name }).waitFor();
}

test("a photo moves to the bin from the viewer, and undo brings it back", { skip }, async () => {
  const page = await world.window();
  await look(page, "fjord.jpg");
  await page.keyboard.press("Delete");
  await page.getByText("1 photo moved to the bin.").waitFor();
  assert.deepEqual(await inBin(), ["fjord.jpg"]);
  await page.getByRole("dialog", { name: /fjord/ }).waitFor({ state: "detached" });

  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("1 photo restored.").waitFor();
  assert.deepEqual(await inBin(), []);
});

test("what is selected moves to the bin, is shown there with its fate, and is restored", { skip }, async () => {
  const page = await world.window();
  await openGallery(world, page);
  await tile(page, "fjord.jpg").click({ modifiers: ["Control"] });
  await page.getByRole("region", { name: "Selected photos" }).getByRole("button", { name: "Move to bin" }).click();
  await page.getByText("1 photo moved to the bin.").waitFor();
  await tile(page, "fjord.jpg").waitFor({ state: "detached" });

  await openBin(page);
  const row = page.getByRole("listitem").filter({ hasText: "fjord.jpg" }).first();
  await row.getByText("30 days left").waitFor();
  await row.getByText("Stays: the storage is read-only").waitFor();
  assert.deepEqual(await barriers(page), []);
  await row.getByRole("button", { name: "Restore: fjord.jpg" }).click();
  await page.getByText("The bin is empty").waitFor();
  assert.deepEqual(await inBin(), []);
});

test("a held photo cannot be deleted now; lifted, it can, and the record tells all of it", { skip }, async () => {
  const page = await world.window();
  await look(page, "fjord.jpg");
  const about = page.getByRole("complementary", { name: "Information" });
  if (!(await about.isVisible())) await page.keyboard.press("i");
  await about.getByRole("button", { name: "Place a hold" }).click();
  const dialog = page.getByRole("dialog", { name: "Place a hold on fjord.jpg?" });
  await dialog.getByLabel("Reason").fill("A dispute about the fjord");
  await dialog.getByRole("button", { name: "Place a hold" }).click();
  await about.getByText("A dispute about the fjord").waitFor();
  await page.getByRole("button", { name: "Move to bin" }).click();
  await page.getByText("1 photo moved to the bin.").waitFor();

  await openBin(page);
  await page.getByText("Under a legal hold").waitFor();
  assert.ok(await page.getByRole("button", { name: "Delete now: fjord.jpg" }).isDisabled());
  await page.getByRole("link", { name: "Look at fjord.jpg" }).click();
  const held = page.getByRole("complementary", { name: "Information" });
  if (!(await held.isVisible())) await page.keyboard.press("i");
  await held.getByText("In the bin until").waitFor();
  await held.getByRole("button", { name: "Lift: A dispute about the fjord" }).click();
  await page.getByText("The hold is lifted.").waitFor();

  await openBin(page);
  await page.getByRole("button", { name: "Delete now: fjord.jpg" }).click();
  const ask = page.getByRole("dialog", { name: "Delete 1 photo for good?" });
  await ask.getByText("Stays: the storage is read-only").waitFor();
  await ask.getByRole("button", { name: "Delete now" }).click();
  await page.getByText("The bin is empty").waitFor();

  await page.getByRole("tab", { name: "Lingering copies" }).click();
  await page.getByText("No copy lingers").waitFor();
  await page.getByRole("link", { name: "Audit" }).click();
  for (const act of ["Legal hold placed", "Legal hold lifted", "Asked to delete for good now", "Deleted for good"])
    await page.getByText(act, { exact: true }).first().waitFor();
  assert.deepEqual(await barriers(page), []);
});

test("the days of the bin are changed where they are told", { skip }, async () => {
  const page = await world.window();
  await openBin(page);
  await page.getByText("The bin keeps things for 30 days.").waitFor();
  await page.getByRole("button", { name: "Change" }).click();
  await page.getByLabel("Days in the bin").fill("7");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("The bin keeps things for 7 days.").waitFor();
  assert.equal((await world.ask("")).bin_days, 7);
});
