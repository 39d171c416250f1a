// What people say about photographs: in the viewer one by one, in the gallery many at once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openGallery, tile } from "./support/gallery.js";
import { skip } from "./support/needs.js";
import { LIBRARY_FILES, placeLibrary } from "./support/photos.js";
import { useWorld } from "./support/world.js";

const world = useWorld({ prepare: (page, { photos }) => placeLibrary(page, photos), files: LIBRARY_FILES });

async function openInfo(page, name) {
  await openGallery(world, page);
  await tile(page, name).click();
  await page.getByRole("dialog").getByRole("img", { name }).waitFor();
  const about = page.getByRole("complementary", { name: "Information" });
  if (!(await about.isVisible())) await page.keyboard.press("i");
  await about.getByRole("group", { name: "Camera" }).waitFor();
  return about;
}

const idOf = async (name) => {
  const { items } = await world.ask("/assets?limit=500");
  return items.find((item) => item.name === name).id;
};

test("a title is typed in place, kept, found, and taken back", { skip }, async () => {
  const page = await world.window();
  const about = await openInfo(page, "fjord.jpg");
  await about.getByRole("button", { name: "Add title" }).click();
  await page.keyboard.type("Evening över the fjord");
  await page.keyboard.press("Enter");
  await about.getByRole("heading", { name: "Evening över the fjord" }).waitFor();
  await about.getByText("The file says nothing here").waitFor();
  const shown = await world.ask(`/assets/${await idOf("fjord.jpg")}`);
  assert.equal(shown.metadata.title, "Evening över the fjord");
  assert.ok(shown.edits.title.by);
  const found = await world.ask("/assets?q=OVER%20evening");
  assert.deepEqual(found.items.map((item) => item.name), ["fjord.jpg"]);

  await about.getByRole("button", { name: "Use the file's value" }).click();
  await about.getByRole("button", { name: "Add title" }).waitFor();
  assert.deepEqual((await world.ask(`/assets/${await idOf("fjord.jpg")}`)).edits, {});
});

test("Escape leaves a field, and the viewer, as they were", { skip }, async () => {
  const page = await world.window();
  const about = await openInfo(page, "fjord.jpg");
  await about.getByRole("button", { name: "Edit date taken" }).click();
  await about.getByLabel("Date taken", { exact: true }).fill("2001-02-03T04:05:06");
  await page.keyboard.press("Escape");
  await about.getByText("Saturday, 9 March 2024").waitFor();
  await page.getByRole("dialog").waitFor();
  const focused = await page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
  assert.equal(focused, "Edit date taken");
});

test("a date by a person moves the photo to its month, with the file's beside it", { skip }, async () => {
  const page = await world.window();
  const about = await openInfo(page, "fjord.jpg");
  await about.getByRole("button", { name: "Edit date taken" }).click();
  await about.getByLabel("Date taken", { exact: true }).fill("2031-02-03T04:05:06");
  await about.getByRole("button", { name: "Save" }).click();
  await about.getByText("Monday, 3 February 2031").waitFor();
  await about.getByText(/The file says Saturday, 9 March 2024/).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("heading", { name: "February 2031" }).waitFor();
  const info = await openInfo(page, "fjord.jpg");
  await info.getByRole("button", { name: "Use the file's value" }).click();
  await info.getByText("Saturday, 9 March 2024").waitFor();
});

test("tags are added with completion, taken off and put back", { skip }, async () => {
  const page = await world.window();
  const about = await openInfo(page, "fjord.jpg");
  const tags = about.getByRole("region", { name: "Tags" });
  const input = tags.getByRole("combobox", { name: "Add a tag" });
  await input.fill("Blue hour");
  await page.keyboard.press("Enter");
  await tags.getByRole("link", { name: "Blue hour", exact: true }).waitFor();
  await tags.getByRole("button", { name: "Remove tag Norway" }).click();
  await tags.getByRole("button", { name: "Put tag Norway back" }).click();
  await tags.getByRole("link", { name: "Norway", exact: true }).first().waitFor();

  const other = await openInfo(page, "fjord.jpg");
  await other.getByRole("combobox", { name: "Add a tag" }).fill("tra");
  assert.equal(await page.getByRole("option", { name: "Travels" }).count(), 0, "it has that one");
  await other.getByRole("button", { name: "Remove tag Blue hour" }).click();
  await other.getByRole("link", { name: "Blue hour", exact: true }).waitFor({ state: "detached" });
});

test("many are selected by keys, tagged at once, and let go", { skip }, async () => {
  const page = await world.window();
  await openGallery(world, page);
  const { items } = await world.ask("/assets?limit=500");
  await tile(page, items[0].name).focus();
  await page.keyboard.press("x");
  const bar = page.getByRole("region", { name: "Selected photos" });
  await bar.getByText("1 selected").waitFor();
  for (const next of items.slice(1, 4)) {
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction((id) => document.activeElement?.dataset.asset === id, next.id);
  }
  await page.keyboard.press("Shift+X");
  await bar.getByText("4 selected").waitFor();
  assert.equal(await page.locator('[data-asset][aria-selected="true"]').count(), 4);

  await bar.getByRole("button", { name: "Add tag" }).click();
  await page.locator('input[aria-label="Add tag"]').fill("Picked");
  await page.keyboard.press("Enter");
  await bar.getByText("4 photos edited.").waitFor();
  const tagged = await world.ask("/assets?tag=Picked");
  assert.deepEqual(
    tagged.items.map((item) => item.id),
    items.slice(0, 4).map((item) => item.id),
  );

  await bar.getByRole("button", { name: "Set field" }).click();
  await page.getByRole("combobox", { name: "Field" }).selectOption("creator");
  await page.getByRole("textbox", { name: "Value" }).fill("Ada");
  await Promise.all([
    page.waitForResponse((answer) => answer.url().endsWith("/assets/edit") && answer.ok()),
    page.getByRole("button", { name: "Apply" }).click(),
  ]);
  const found = await world.ask("/assets?q=ada&tag=Picked");
  assert.equal(found.items.length, 4);

  await tile(page, items[3].name).focus();
  await page.keyboard.press("Escape");
  await bar.waitFor({ state: "detached" });
});

test("a selected photo is read again, and a person's word stays unless told otherwise", { skip }, async () => {
  const page = await world.window();
  const about = await openInfo(page, "fjord.jpg");
  const id = await idOf("fjord.jpg");
  await about.getByRole("button", { name: "Edit date taken" }).click();
  await about.getByLabel("Date taken", { exact: true }).fill("2031-02-03T04:05:06");
  await about.getByRole("button", { name: "Save" }).click();
  await about.getByText("Monday, 3 February 2031").waitFor();
  await about.getByRole("button", { name: "Read the file again" }).click();
  await page.getByRole("menuitem", { name: /^Let the file win/ }).click();
  // Until it is gone, the file's date stands below it.
  await about.getByText("Monday, 3 February 2031").waitFor({ state: "detached" });
  await about.getByText("Saturday, 9 March 2024").waitFor();
  assert.equal((await world.ask(`/assets/${id}`)).edits.taken_at, undefined);
});
