import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { openGallery, tile } from "./support/gallery.js";
import { skip } from "./support/needs.js";
import { LIBRARY_FILES, placeLibrary } from "./support/photos.js";
import { useWorld } from "./support/world.js";

const world = useWorld({ prepare: (page, { photos }) => placeLibrary(page, photos), files: LIBRARY_FILES });
const FJORD = "Travels/Norway/fjord.jpg";

const viewer = (page, name) => page.getByRole("dialog", { name: `Photo ${name}` });

test("the viewer shows metadata, folder tags and where the original lives", { skip }, async () => {
  const page = await world.window();
  await openGallery(world, page);
  await tile(page, "fjord.jpg").click();
  const dialog = viewer(page, "fjord.jpg");
  await dialog.getByRole("img", { name: "fjord.jpg" }).waitFor();
  await page.keyboard.press("i");
  const about = dialog.getByRole("complementary", { name: "Information" });

  await about.getByRole("group", { name: "Taken" }).getByText("Saturday, 9 March 2024").waitFor();
  await about.getByRole("group", { name: "Taken" }).getByText("17:45:12").waitFor();
  await about.getByRole("group", { name: "Camera" }).getByText("Lumen 7").waitFor();
  for (const part of ["1/250 s", "ISO 400", "2.8"]) {
    await about.getByRole("group", { name: "Exposure" }).getByText(part).waitFor();
  }
  await about.getByRole("group", { name: "File" }).getByText("1,500 × 1,000").or(about.getByText("1500 × 1000")).first().waitFor();
  await about.getByRole("group", { name: "Place" }).getByText(/60\.397/).waitFor();
  for (const tag of ["Travels", "Norway"]) await about.getByRole("link", { name: tag, exact: true }).waitFor();
  await about.getByText("Pictures", { exact: true }).waitFor();
  await about.getByText(FJORD, { exact: true }).waitFor();
  await about.getByRole("button", { name: /^Everything that was read/ }).click();
  await about.getByRole("row", { name: /^SHA-256/ }).waitFor();
});

test("a folder tag leads to everything in that folder", { skip }, async () => {
  const page = await world.window();
  await openGallery(world, page);
  await tile(page, "fjord.jpg").click();
  await page.keyboard.press("i");
  await viewer(page, "fjord.jpg").getByRole("link", { name: "Norway", exact: true }).click();
  const expected = world.library.pictures.filter((name) => name.includes("/Norway/")).length;
  await page.getByText(`${expected} photos found`, { exact: true }).waitFor();
});

test("arrow keys lead through the pictures, and Escape back to the one last seen", { skip }, async () => {
  const page = await world.window();
  await openGallery(world, page);
  const { items } = await world.ask("/assets?limit=500");
  const names = items.map((item) => item.name);
  const at = names.indexOf("fjord.jpg");
  await tile(page, names[at]).focus();
  await page.keyboard.press("Enter");
  await viewer(page, names[at]).getByRole("button", { name: "Next" }).waitFor();
  await page.keyboard.press("ArrowRight");
  await viewer(page, names[at + 1]).getByRole("button", { name: "Next" }).waitFor();
  await page.keyboard.press("ArrowRight");
  await viewer(page, names[at + 2]).getByRole("button", { name: "Previous" }).waitFor();
  await page.keyboard.press("ArrowLeft");
  await viewer(page, names[at + 1]).waitFor();

  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.waitForFunction(
    (name) => document.activeElement?.getAttribute("aria-label")?.startsWith(name),
    names[at + 1],
  );
  assert.equal(new URL(page.url()).pathname, new URL(world.home).pathname);
});

test("a picture that is opened by its address has its neighbours too", { skip }, async () => {
  const page = await world.window();
  const { items } = await world.ask("/assets?limit=500");
  const at = items.findIndex((item) => item.name === "fjord.jpg");
  await page.goto(`${world.home}/a/${items[at].id}`);
  await viewer(page, "fjord.jpg").getByRole("button", { name: "Next" }).click();
  await viewer(page, items[at + 1].name).waitFor();
});

test("a download of the original is the same to the byte", { skip }, async () => {
  const page = await world.window();
  await openGallery(world, page);
  await tile(page, "fjord.jpg").click();
  await viewer(page, "fjord.jpg").getByRole("button", { name: "Download" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: /^Original/ }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "fjord.jpg");
  const sum = async (file) => createHash("sha256").update(await readFile(file)).digest("hex");
  assert.equal(await sum(await download.path()), await sum(path.join(world.photos, FJORD)));
});
