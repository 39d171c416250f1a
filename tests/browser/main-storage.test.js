// Where new originals go: chosen, named, waited for, collected and moved.
import assert from "node:assert/strict";
import { access, mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { tile } from "./support/gallery.js";
import { skip } from "./support/needs.js";
import { draw, place } from "./support/photos.js";
import { plan } from "./support/plan.js";
import { connectOverlapping } from "./support/wizard.js";
import { useWorld } from "./support/world.js";

let archive;
let spare;
let card;

const world = useWorld({
  async begin(world) {
    archive = await world.connect("Archive");
    spare = await world.connect("Spare disk");
    card = await world.connect("Camera card");
  },
});

const panel = (page) => page.getByRole("region", { name: /^New originals go to/ });
const cardOf = (page, name) => page.getByRole("article", { name });
const dialog = (page, name) => page.getByRole("dialog", { name });
const button = (within, name) => within.getByRole("button", { name, exact: typeof name === "string" });

async function open() {
  const page = await world.window();
  await page.goto(`${world.home}/storages`);
  await panel(page).waitFor();
  return page;
}

async function choose(page, name) {
  await button(page, "Where new originals go").click();
  const picker = dialog(page, "Where new originals go");
  await picker.getByRole("radio", { name: new RegExp(`^${name}\\.`) }).click();
  await button(picker, "Choose").click();
  await picker.waitFor({ state: "detached" });
  await panel(page).getByRole("heading", { name: `New originals go to ${name}` }).waitFor();
}

async function openMenu(page, storage, item) {
  await button(page, `More for ${storage}`).click();
  await page.getByRole("menuitem", { name: item }).click();
}

async function picture(seed) {
  const drawing = await world.browser.newPage();
  const bytes = await draw(drawing, { width: 900, height: 600, seed });
  await drawing.close();
  return bytes;
}

/** Adds a picture in the page, as a person does, and waits until it is in the library. */
async function upload(page, name, seed) {
  const bytes = await picture(seed);
  const file = path.join(world.folder, "to upload", name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, bytes);
  await page.goto(world.home);
  await button(page, "Add photos").waitFor();
  await page.getByLabel("Files…").setInputFiles(file);
  await tile(page, name).waitFor();
  return bytes;
}

/** Every file below a folder, but for Stowage's marker. */
async function filesIn(folder) {
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = all.filter((one) => one.isFile() && one.name !== ".stowage");
  return files.map((one) => path.relative(folder, path.join(one.parentPath, one.name)));
}

/** Waits until a folder has what is looked for. */
async function eventually(what, look) {
  for (const end = Date.now() + 30_000; ; ) {
    const found = await look();
    if (found) return found;
    assert.ok(Date.now() < end, `still not: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const isThere = (file) => access(file).then(() => true, () => false);

test("p2 p19 the main storage is chosen among those that can be, and the others say why they cannot", { skip }, async () => {
  const page = await open();
  await panel(page).getByRole("heading", { name: "New originals go to Central storage" }).waitFor();
  await button(page, "Where new originals go").click();
  const picker = dialog(page, "Where new originals go");
  await picker.getByText("Every original that is there already stays where it is").waitFor();
  const reading = picker.getByRole("radio", { name: /^Pictures\. Was connected to be read only/ });
  assert.equal(await reading.isDisabled(), true);
  assert.equal(await picker.getByRole("radio", { name: /^Central storage\./ }).isChecked(), true);
  await page.keyboard.press("Escape");
  await picker.waitFor({ state: "detached" });

  await choose(page, "Archive");
  await cardOf(page, "Archive").getByRole("listitem").getByText("Main storage", { exact: true }).waitFor();
  assert.equal((await world.ask("/main-storage")).goes_to, archive.id);
});

test("v28 v31 a pattern shows its names while it is typed, with collisions, and says what it does not know", { skip }, async () => {
  world.watch.expect(400, /\/file-names\/preview$/);
  const page = await open();
  await openMenu(page, "Archive", "Delivery settings");
  const settings = dialog(page, "New originals in Archive");
  const names = settings.getByRole("table", { name: "Names that come of it" });
  await names.getByText(/^\w+\/uploads\/IMG_0412_\d{8}_\d{6}\.jpg$/).waitFor();
  const pattern = settings.getByLabel("File name pattern");
  await pattern.fill("{original}");
  await names.getByText(/\/uploads\/IMG_0412-2\.jpg$/).waitFor();
  await names.getByText("Same name: numbered").waitFor();

  await pattern.fill("{original}_{colour}");
  await settings.getByText(/there is no placeholder \{colour\}/).waitFor();
  assert.equal(await pattern.getAttribute("aria-invalid"), "true");

  await pattern.fill("new--");
  await pattern.press("ArrowLeft");
  await button(settings, /^Insert original/).click();
  assert.equal(await pattern.inputValue(), "new-{original}-");
  await pattern.press("End");
  await button(settings, /^Insert data/).click();
  await settings.getByLabel("Folder", { exact: true }).fill("/incoming/");
  await names.getByText(/^incoming\/\w+\/uploads\/Rome\/2026\/new-IMG_0413-\d{8}\.jpg$/).waitFor();
  await button(settings, "Save").click();
  await settings.waitFor({ state: "detached" });
  const { delivery } = await world.ask(`/storages/${archive.id}`);
  assert.equal(delivery.file_name_pattern, "new-{original}-{data}");
  assert.equal(delivery.path_prefix, "incoming");
});

test("p18 v29 an upload arrives in the main storage under its name, and the viewer says where it is", { skip }, async () => {
  const page = await world.window();
  const bytes = await upload(page, "harbour.jpg", 1);
  const [found] = await eventually("harbour.jpg in Archive", async () => {
    const files = await filesIn(archive.folder);
    return files.some((file) => file.includes("harbour")) && files;
  });
  assert.match(found, new RegExp(`^incoming/${world.workspace.short_id}/uploads/new-harbour-\\d{8}\\.jpg$`));
  assert.deepEqual(await readFile(path.join(archive.folder, found)), bytes);

  await tile(page, "harbour.jpg").click();
  await dialog(page, "Photo harbour.jpg").waitFor();
  await page.keyboard.press("i");
  const information = page.getByRole("complementary", { name: "Information" });
  await information.getByText("Archive", { exact: true }).waitFor();
  await information.getByText(found, { exact: true }).waitFor();
});

test("d10 p22 what waits says how much, why and when it is tried, and goes when its storage is back", { skip }, async () => {
  const page = await world.window();
  const away = `${archive.folder} away`;
  await rename(archive.folder, away);
  const bytes = await upload(page, "waits.jpg", 2);
  await page.goto(`${world.home}/storages`);
  await panel(page).getByText(/^1 original \(.*\) waits for Archive$/).waitFor();
  await panel(page).getByText(/^Archive cannot be reached\. Tried again /).waitFor();

  await button(panel(page), "Show them").click();
  const ledger = dialog(page, "Originals on their way to Archive");
  const row = ledger.getByRole("listitem").filter({ hasText: "waits.jpg" });
  await row.getByText("Waiting, not reachable").waitFor();
  await row.getByText(/is not there$/).waitFor();
  await row.getByText(/next try|tried again now/).waitFor();

  // Meanwhile the viewer shows where it is, and where it is to go.
  await row.getByRole("link", { name: "waits.jpg" }).click();
  await dialog(page, "Photo waits.jpg").waitFor();
  const information = page.getByRole("complementary", { name: "Information" });
  if ((await information.count()) === 0) await page.keyboard.press("i");
  await information.getByText("Central storage", { exact: true }).waitFor();
  await information.getByText("On its way to Archive").waitFor();
  await information.getByText("Waiting, not reachable").waitFor();

  await page.goto(`${world.home}/storages`);
  await rename(away, archive.folder);
  await button(panel(page), "Try now").click();
  const arrived = await eventually("waits.jpg in Archive", async () =>
    (await filesIn(archive.folder)).find((file) => file.includes("waits")),
  );
  assert.deepEqual(await readFile(path.join(archive.folder, arrived)), bytes);
  await panel(page).getByText(/waits for Archive/).waitFor({ state: "detached" });

  await button(cardOf(page, "Archive"), "Deliveries").click();
  await ledger.getByText("Nothing is under way").waitFor();
  await ledger.getByText("All", { exact: true }).click();
  await row.getByText("Delivered", { exact: true }).waitFor();
  await row.getByText(arrived, { exact: true }).waitFor();
});

test("d8 v33 while the main storage is off the page says that new originals go to central storage", { skip }, async () => {
  const page = await open();
  await page.getByRole("switch", { name: "Archive is on" }).locator("xpath=..").click();
  await button(page, "Switch off").click();
  await panel(page).getByText("Archive is switched off").waitFor();
  await panel(page).getByText(/^New originals go to central storage for as long as that is so/).waitFor();
  await page.getByRole("switch", { name: "Archive is on" }).locator("xpath=..").click();
  await panel(page).getByText("Archive is switched off").waitFor({ state: "detached" });
});

test("d8 d20 while the plan has no external storages the page says that new originals go to central storage", { skip }, async () => {
  const page = await open();
  await plan(world, "set", world.workspace.id, "--external-storages", "no");
  await panel(page).getByText("The plan does not include Archive").waitFor();
  await panel(page).getByText(/^The plan has no external storages any more\. New originals go to central storage/).waitFor();
  await button(page, "Where new originals go").click();
  const picker = dialog(page, "Where new originals go");
  const other = picker.getByRole("radio", { name: /^Spare disk\. The plan does not include external storages/ });
  assert.equal(await other.isDisabled(), true);
  await page.keyboard.press("Escape");
  await picker.waitFor({ state: "detached" });
  await plan(world, "set", world.workspace.id, "--external-storages", "yes");
  await panel(page).getByText("The plan does not include Archive").waitFor({ state: "detached" });
});

test("p18 p21 files are moved out of a storage only after its name was typed", { skip }, async () => {
  const bytes = await picture(3);
  const file = await place(card.folder, "DCIM/IMG_7.jpg", bytes, new Date("2024-06-01T08:00:00Z"));
  const page = await open();
  await openMenu(page, "Camera card", "Delivery settings");
  const settings = dialog(page, "New originals in Camera card");
  await settings.getByRole("radio", { name: /^Move them to the main storage/ }).click();
  const save = button(settings, "Save");
  const typed = settings.getByLabel("Type “Camera card” to confirm that its files are moved away");
  assert.equal(await save.isDisabled(), true);
  await typed.fill("Camera");
  assert.equal(await save.isDisabled(), true);
  assert.equal(await settings.getByRole("switch", { name: /^Bring a copy/ }).isDisabled(), true);
  await typed.fill("camera card");
  await save.click();
  await settings.waitFor({ state: "detached" });
  await cardOf(page, "Camera card").getByText("Collector", { exact: true }).waitFor();

  await button(page, "Where new originals go").click();
  const picker = dialog(page, "Where new originals go");
  const collector = picker.getByRole("radio", { name: /^Camera card\. Its files are moved to the main storage/ });
  assert.equal(await collector.isDisabled(), true);
  await page.keyboard.press("Escape");
  await picker.waitFor({ state: "detached" });

  await button(cardOf(page, "Camera card"), "Scan now").click();
  await eventually("IMG_7.jpg gone from the card", async () => !(await isThere(file)));
  const moved = (await filesIn(archive.folder)).find((one) => one.includes("IMG_7"));
  assert.deepEqual(await readFile(path.join(archive.folder, moved)), bytes);
});

test("d14 p49 a duplicate in a collector is in the report of its scan, and leads to the photo", { skip }, async () => {
  const bytes = await picture(3);
  await world.tell("PATCH", "", { check_duplicates: true });
  const file = await place(card.folder, "DCIM/IMG_7 again.jpg", bytes, new Date("2024-06-01T08:00:00Z"));
  const page = await open();
  await button(cardOf(page, "Camera card"), "Scan now").click();
  await eventually("the duplicate is reported", async () => {
    const [run] = (await world.ask(`/storages/${card.id}/scans?limit=1`)).items;
    return run.skipped === 1;
  });
  await button(cardOf(page, "Camera card"), "History").click();
  await button(dialog(page, "Scans of Camera card"), "Show 1 skipped file").click();
  const report = page.getByRole("region", { name: "Skipped files" });
  await report.getByText("DCIM/IMG_7 again.jpg").waitFor();
  await report.getByText("its content is in the library already; the file stays here").waitFor();
  await report.getByRole("link", { name: "Show the photo" }).click();
  await page.getByText(/IMG_7/).first().waitFor();
  assert.equal(await isThere(file), true);
  await world.tell("PATCH", "", { check_duplicates: false });
});

test("d12 v11 what is in a storage moves to another when somebody says so, and its progress shows", { skip }, async () => {
  const page = await open();
  const before = (await filesIn(archive.folder)).length;
  assert.ok(before > 1, `${before} files in Archive`);
  await openMenu(page, "Archive", "Move originals");
  const move = dialog(page, "Move originals to another storage");
  await move.getByRole("combobox", { name: "To", exact: true }).click();
  await page.getByRole("option", { name: "Spare disk" }).click();
  assert.equal(await button(move, "Begin to move").isDisabled(), true);
  await move.getByLabel("Type “Archive” to confirm that its originals are moved away").fill("Archive");
  await button(move, "Begin to move").click();
  await move.waitFor({ state: "detached" });

  const row = page.getByRole("list", { name: "Moves of originals" }).getByRole("listitem").first();
  await row.getByText("From Archive to Spare disk").waitFor();
  await row.getByText("Done", { exact: true }).waitFor();
  await row.getByText(new RegExp(`^${before} of ${before} originals`)).waitFor();
  const bar = row.getByRole("progressbar", { name: "From Archive to Spare disk" });
  assert.equal(await bar.getAttribute("aria-valuenow"), "100");
  await eventually("Archive empty", async () => (await filesIn(archive.folder)).length === 0);
  assert.equal((await filesIn(spare.folder)).length, before);
});

test("d12 a move that waits is stopped, and what has not arrived stays where it is", { skip }, async () => {
  const page = await open();
  const before = await filesIn(spare.folder);
  const away = `${archive.folder} away`;
  await rename(archive.folder, away);
  await openMenu(page, "Spare disk", "Move originals");
  const move = dialog(page, "Move originals to another storage");
  await move.getByLabel(/^Type “Spare disk”/).fill("Spare disk");
  await button(move, "Begin to move").click();
  const row = page.getByRole("listitem").filter({ hasText: "From Spare disk to Archive" });
  await row.getByText(/^Something stands against \d+ original/).waitFor();
  await button(row, /^Show them/).click();
  const ledger = dialog(page, "Originals on their way from Spare disk to Archive");
  await ledger.getByText("moved from Spare disk").first().waitFor();
  await button(ledger, "Close").click();

  await button(row, /^Cancel/).click();
  await button(dialog(page, "Stop moving?"), "Stop moving").click();
  await row.getByText("Cancelled", { exact: true }).waitFor();
  await rename(away, archive.folder);
  assert.deepEqual(await filesIn(spare.folder), before);
});

test("d9 before a storage is removed its originals are brought home, and its files stay", { skip }, async () => {
  const page = await open();
  const before = await filesIn(spare.folder);
  await openMenu(page, "Spare disk", "Remove");
  const removal = dialog(page, "Remove Spare disk");
  await removal.getByRole("radio", { name: /^Bring the originals home first/ }).click();
  await button(removal, "Begin to copy").click();
  await removal.waitFor({ state: "detached" });
  const row = page.getByRole("listitem").filter({ hasText: "Copies from Spare disk to Central storage" });
  await row.getByText("Done", { exact: true }).waitFor();
  assert.deepEqual(await filesIn(spare.folder), before);
  const { items } = await world.ask("/assets?q=harbour.jpg");
  const asset = await world.ask(`/assets/${items[0].id}`);
  const original = asset.locations.find((one) => one.role === "original");
  assert.equal(original.storage_kind, "central", JSON.stringify(asset.locations));
});

test("p19 d16 a storage that is connected becomes the main one where that was chosen, with its names", { skip }, async () => {
  const page = await world.window();
  await mkdir(path.join(world.second, "Vault"));
  await page.goto(`${world.home}/storages/connect`);
  await button(page, /^Folder of this server/).click();
  await page.getByLabel("Name").fill("Vault");
  const folders = page.getByRole("list", { name: "Folders" });
  await button(folders, /Second disk/).click();
  await button(folders, /Vault/).click();
  await page.getByRole("radio", { name: /^Read and write/ }).click();
  await button(page, "Continue").click();
  await page.getByText("Everything works").waitFor();
  await button(page, "Continue").click();
  await page.getByRole("heading", { name: "What it is for" }).waitFor();
  await page.getByRole("radio", { name: /^New originals go here/ }).click();
  await page.getByLabel("File name pattern").fill("{original}");
  await page.getByRole("table", { name: "Names that come of it" }).getByText(/IMG_0412-2\.jpg$/).waitFor();
  await button(page, "Continue").click();
  await page.getByRole("radio", { name: /^Keep the original/ }).click();
  await button(page, "Continue").click();
  await page.getByText("New originals go here", { exact: true }).waitFor();
  await button(page, "Connect and start").click();
  await page.getByText("Vault is connected").waitFor();
  await eventually("Vault as main storage", async () => (await world.ask("/main-storage")).storage_name === "Vault");
  const { items } = await world.ask("/storages");
  const vault = items.find((one) => one.name === "Vault");
  assert.equal(vault.delivery.file_name_pattern, "{original}");
});

test("d11 p18 a collector is connected after its name was typed, and its files move on", { skip }, async () => {
  const page = await world.window();
  const inbox = path.join(world.second, "Inbox");
  const bytes = await picture(99);
  await place(inbox, "IMG_99.jpg", bytes, new Date("2026-01-01"));
  await page.goto(`${world.home}/storages/connect`);
  await button(page, /^Folder of this server/).click();
  await page.getByLabel("Name").fill("Inbox");
  const folders = page.getByRole("list", { name: "Folders" });
  await button(folders, /Second disk/).click();
  await button(folders, /Inbox/).click();
  await page.getByRole("radio", { name: /^Read and write/ }).click();
  await button(page, "Continue").click();
  await page.getByText("Everything works").waitFor();
  await button(page, "Continue").click();
  await page.getByRole("radio", { name: /^Its files move on/ }).click();
  assert.equal(await button(page, "Continue").isDisabled(), true, "before its name is typed");
  await page.getByLabel("Type “Inbox” to confirm that its files are moved away").fill("inbox");
  await button(page, "Continue").click();
  await page.getByRole("radio", { name: /^Keep the original/ }).click();
  await button(page, "Continue").click();
  await button(page, "Connect and start").click();
  await page.getByText("Inbox is connected").waitFor();
  await eventually("IMG_99.jpg gone from Inbox", async () => !(await isThere(path.join(inbox, "IMG_99.jpg"))));
});

test("d1 d27 a place that overlaps another storage is refused with its name and a way out", { skip }, async () => {
  world.watch.expect(409, /\/storages$/);
  const page = await world.window();
  await connectOverlapping(world, page);
  const refused = page.getByRole("alert").filter({ hasText: "Another storage has that place, or a part of it" });
  await refused.getByText(/The storage "Archive" contains that place, lies in it, or is the same/).waitFor();
  await button(refused, "Choose another place").click();
  await page.getByRole("heading", { name: "How to reach it" }).waitFor();
});

test("d12 what was decided about storages is on record with who, what, which and why", { skip }, async () => {
  const page = await world.window();
  await openStoragesAudit(page, "Spare disk");
  const acts = page.getByRole("main").getByRole("listitem");
  await acts.filter({ hasText: "Storage connected" }).waitFor();
  const begun = acts.filter({ hasText: "Move of originals begun" }).filter({ hasText: "to Archive" });
  await begun.getByText(/^Olga Berg,/).waitFor();
  await acts.filter({ hasText: "Move of originals stopped" }).waitFor();

  await button(page, "Show everything").click();
  const what = page.getByRole("combobox", { name: "What" });
  await what.click();
  await page.getByRole("option", { name: "Main storage chosen" }).click();
  await acts.filter({ hasText: "Main storage chosen" }).first().waitFor();
  assert.equal(await acts.filter({ hasText: "Storage connected" }).count(), 0);
  await page.getByLabel("To", { exact: true }).fill("2020-01-01");
  await page.getByRole("heading", { name: "Nothing matches" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Nothing matches" }).waitFor();
});

async function openStoragesAudit(page, name) {
  await page.goto(`${world.home}/storages`);
  await openMenu(page, name, "Audit");
  await page.getByRole("heading", { name: "Audit", level: 1 }).waitFor();
  await page.getByText(`Only ${name}`).waitFor();
}
