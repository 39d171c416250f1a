// Every page and every state of it that matters, in light and dark, wide and narrow: no barrier for assistive
// technology, nothing in the console, nothing that the content security policy forbids (each test ends with that).
import assert from "node:assert/strict";
import { rename } from "node:fs/promises";
import { test } from "node:test";
import { barriers } from "./support/axe.js";
import { openGallery, pictureOf, tile } from "./support/gallery.js";
import { skip } from "./support/needs.js";
import { draw, LIBRARY_FILES, place, placeLibrary } from "./support/photos.js";
import { plan } from "./support/plan.js";
import { connectOverlapping } from "./support/wizard.js";
import { OWNER, useWorld } from "./support/world.js";

const world = useWorld({ prepare: (page, { photos }) => placeLibrary(page, photos), files: LIBRARY_FILES });

const button = (page, name) => page.getByRole("button", { name, exact: typeof name === "string" });
const dialog = (page) => page.getByRole("dialog");

async function openStorages(page) {
  await page.goto(`${world.home}/storages`);
  await page.getByRole("article", { name: "Pictures" }).waitFor();
}

async function openBucket(page) {
  await page.goto(`${world.home}/storages/connect`);
  await button(page, /^Other S3/).click();
  await page.getByLabel("Name").waitFor();
}

async function testDeadBucket(page) {
  await openBucket(page);
  await fillDeadBucket(page);
}

async function fillDeadBucket(page) {
  await page.getByLabel("Name").fill("Bucket");
  await page.getByLabel(/^Bucket/).fill("photos");
  await page.getByLabel(/^Endpoint/).fill("http://127.0.0.1:9");
  await page.getByLabel("Access key").fill("somebody");
  await page.getByLabel(/^Secret key/).fill("something");
  await button(page, "Continue").click();
  await page.getByText("Something is in the way").waitFor();
}

/** The information stays open from one photo to the next, and from one visit to the next. */
async function openInformation(page) {
  await PAGES["the viewer"](page);
  const camera = page.getByRole("group", { name: "Camera" });
  if ((await page.getByRole("complementary", { name: "Information" }).count()) === 0) await page.keyboard.press("i");
  await camera.waitFor();
}

/** How to get to each page, or state of it. */
const PAGES = {
  "the gallery": async (page) => {
    await openGallery(world, page);
    await pictureOf(page, "fjord.jpg").waitFor();
  },
  "the gallery with broken files": (page) => openGallery(world, page, "?tag=%5B%22Odd%22%5D"),
  "the filter menu": async (page) => {
    await openGallery(world, page);
    await button(page, "Filter").click();
    await page.getByText("Camera", { exact: true }).waitFor();
  },
  "missing originals, of which there are none": async (page) => {
    await page.goto(`${world.home}/missing`);
    await page.getByRole("heading", { name: "No original is missing" }).waitFor();
  },
  "missing originals, beside the bin": async (page) => {
    await page.goto(`${world.home}/bin?tab=missing`);
    await page.getByRole("heading", { name: "No original is missing" }).waitFor();
  },
  "a search without a match": async (page) => {
    await page.goto(`${world.home}?q=nothing-has-this-name`);
    await page.getByRole("heading", { name: "Nothing matches" }).waitFor();
  },
  "the account menu": async (page) => {
    await openGallery(world, page);
    await button(page, "Account and appearance").click();
    await page.getByRole("menu").waitFor();
  },
  "the viewer": async (page) => {
    await openGallery(world, page);
    await tile(page, "fjord.jpg").click();
    await dialog(page).getByRole("img", { name: "fjord.jpg" }).waitFor();
  },
  "the viewer's information": async (page) => {
    await openInformation(page);
    await button(page, /^Everything that was read/).click();
  },
  "a field that is edited": async (page) => {
    await openInformation(page);
    await button(page, "Edit place").click();
    await dialog(page).getByLabel("City").waitFor();
  },
  "what people may read again": async (page) => {
    await openInformation(page);
    await button(page, "Read the file again").click();
    await page.getByRole("menu").waitFor();
  },
  "a selection": async (page) => {
    await PAGES["the gallery"](page);
    await tile(page, "fjord.jpg").focus();
    await page.keyboard.press("x");
    await page.getByRole("region", { name: "Selected photos" }).waitFor();
  },
  "a field that is set for a selection": async (page) => {
    await PAGES["a selection"](page);
    await button(page, "Set field").click();
    await page.getByRole("textbox", { name: "Value" }).waitFor();
  },
  "the download menu": async (page) => {
    await PAGES["the viewer"](page);
    await button(page, "Download").click();
    await page.getByRole("menu").waitFor();
  },
  "the viewer of a broken file": async (page) => {
    await openGallery(world, page, "?tag=%5B%22Odd%22%5D");
    await tile(page, "torn.png").click();
    await dialog(page).getByText("ends before its picture does").first().waitFor();
  },
  "the storages": openStorages,
  "a connection test": async (page) => {
    await openStorages(page);
    await button(page, "Test connection").click();
    await dialog(page).getByText("Everything works").waitFor();
  },
  "the history of scans": async (page) => {
    await openStorages(page);
    await button(page, "History").click();
    await dialog(page).getByText("Complete").first().waitFor();
  },
  "editing a storage": async (page) => {
    await openStorages(page);
    await button(page, "More for Pictures").click();
    await page.getByRole("menuitem", { name: "Edit" }).click();
    await dialog(page).getByLabel("Name").waitFor();
  },
  "removing a storage": async (page) => {
    await openStorages(page);
    await button(page, "More for Pictures").click();
    await page.getByRole("menuitem", { name: "Remove" }).click();
    await dialog(page).getByRole("radio").first().waitFor();
  },
  "the kinds of storages": async (page) => {
    await page.goto(`${world.home}/storages/connect`);
    await button(page, /^MinIO/).waitFor();
  },
  "the settings of a folder": async (page) => {
    await page.goto(`${world.home}/storages/connect`);
    await button(page, /^Folder of this server/).click();
    await page.getByRole("list", { name: "Folders" }).getByRole("button").first().waitFor();
  },
  "the settings of a bucket, with errors": async (page) => {
    await openBucket(page);
    await button(page, "Continue").click();
    await page.getByText("This is needed.").first().waitFor();
  },
  "a test that failed": testDeadBucket,
  "the question about deletion": async (page) => {
    await testDeadBucket(page);
    await button(page, "Continue without a working test").click();
    await page.getByRole("radio").first().waitFor();
  },
  "the summary before the start": async (page) => {
    await PAGES["the question about deletion"](page);
    await page.getByRole("radio", { name: /^Keep the original/ }).click();
    await button(page, "Continue").click();
    await button(page, "Connect and start").waitFor();
  },
  "the activity": async (page) => {
    await page.goto(`${world.home}/activity`);
    await page.getByRole("heading", { name: "Nothing has failed" }).waitFor();
  },
  "the members": async (page) => {
    await page.goto(`${world.home}/members`);
    await page.getByText(OWNER.email).first().waitFor();
  },
  "inviting somebody": async (page) => {
    await PAGES["the members"](page);
    await button(page, "Invite somebody").click();
    await dialog(page).getByLabel("Whom it is for").waitFor();
  },
  "the own account": async (page) => {
    await page.goto(`${world.home}/account`);
    await page.getByText("(this browser)").waitFor();
  },
  "a new API key": async (page) => {
    await PAGES["the own account"](page);
    await button(page, "New API key").click();
    await dialog(page).getByLabel("What it is for").waitFor();
  },
  "the settings of the library": async (page) => {
    await page.goto(`${world.home}/settings`);
    await page.getByRole("heading", { name: "Delete the library" }).waitFor();
    await page.getByText(/used, without a limit/).waitFor();
  },
  "deleting the library": async (page) => {
    await PAGES["the settings of the library"](page);
    await button(page, "Delete this library").click();
    await dialog(page).getByLabel(/^Type its name/).waitFor();
  },
  "retention rules, of which there are none": async (page) => {
    await page.goto(`${world.home}/bin`);
    await page.getByRole("tab", { name: "Rules" }).click();
    await page.getByRole("heading", { name: "No rules" }).waitFor();
  },
  "a new retention rule": async (page) => {
    await PAGES["retention rules, of which there are none"](page);
    await button(page, "Make a rule").click();
    await dialog(page).getByLabel("Older than, in days").fill("1");
    await dialog(page).getByText(/^Now this means/).waitFor();
  },
  "an address that leads nowhere": async (page) => {
    await page.goto(`${world.stowage.url}/nowhere`);
    await page.getByRole("heading", { name: "There is nothing here" }).waitFor();
  },
};

/** What there is to see where originals are brought to a storage that cannot be reached just now. */
const PAGES_OF_DELIVERY = {
  "originals that wait for their storage": async (page) => {
    await page.goto(`${world.home}/storages`);
    await page.getByText(/waits? for Archive$/).first().waitFor();
    await page.getByRole("list", { name: "Moves of originals" }).waitFor();
  },
  "choosing the main storage": async (page) => {
    await PAGES_OF_DELIVERY["originals that wait for their storage"](page);
    await button(page, "Where new originals go").click();
    await dialog(page).getByRole("radio", { name: /^Pictures/ }).waitFor();
  },
  "the deliveries of a storage": async (page) => {
    await PAGES_OF_DELIVERY["originals that wait for their storage"](page);
    await button(page.getByRole("article", { name: "Archive" }), "Deliveries").click();
    await dialog(page).getByText("Waiting, not reachable").first().waitFor();
  },
  "deliveries, of which there are none": async (page) => {
    await PAGES_OF_DELIVERY["originals that wait for their storage"](page);
    await button(page.getByRole("article", { name: "Spare disk" }), "Deliveries").click();
    await dialog(page).getByText("Nothing is under way").waitFor();
  },
  "how originals come into a storage": async (page) => {
    await openDeliverySettings(page, "Archive");
    await dialog(page).getByText("Same name: numbered").waitFor();
  },
  "a pattern with an unknown placeholder": async (page) => {
    await openDeliverySettings(page, "Archive");
    await dialog(page).getByLabel("File name pattern").fill("{colour}");
    await dialog(page).getByText(/there is no placeholder/).waitFor();
  },
  "moving the files of a storage away": async (page) => {
    await openDeliverySettings(page, "Spare disk");
    await page.getByRole("radio", { name: /^Move them/ }).click();
    await dialog(page).getByLabel(/^Type “Spare disk”/).waitFor();
  },
  "delivery settings of what is only read": async (page) => {
    await openDeliverySettings(page, "Pictures");
    await dialog(page).getByText("Nothing is written to this storage").waitFor();
  },
  "moving originals": async (page) => {
    await openMenu(page, "Spare disk", "Move originals");
    await dialog(page).getByLabel(/^Type “Spare disk”/).waitFor();
  },
  "stopping a move": async (page) => {
    await PAGES_OF_DELIVERY["originals that wait for their storage"](page);
    await button(page, /^Cancel: From Central storage/).click();
    await button(dialog(page), "Stop moving").waitFor();
  },
  "removing a storage that originals are in": async (page) => {
    await openMenu(page, "Archive", "Remove");
    await page.getByRole("radio", { name: /^Bring the originals home/ }).click();
  },
  "a photo that is on its way": async (page) => {
    await openGallery(world, page);
    await tile(page, "waits.jpg").click();
    const information = page.getByRole("complementary", { name: "Information" });
    if ((await information.count()) === 0) await page.keyboard.press("i");
    await information.getByText("On its way to Archive").waitFor();
  },
  "connecting what is written to": async (page) => {
    await openBucket(page);
    await page.getByRole("radio", { name: /^Read and write/ }).click();
    await fillDeadBucket(page);
    await button(page, "Continue without a working test").click();
    await page.getByRole("radio", { name: /^New originals go here/ }).click();
    await page.getByText("Same name: numbered").waitFor();
  },
  "connecting a collector": async (page) => {
    await PAGES_OF_DELIVERY["connecting what is written to"](page);
    await page.getByRole("radio", { name: /^Its files move on/ }).click();
    await page.getByLabel(/^Type “Bucket”/).fill("Bucket");
    await page.getByLabel("Hours before a file is deleted here").waitFor();
  },
  "a place that overlaps another storage": async (page) => {
    await connectOverlapping(world, page);
    await page.getByRole("alert").getByText("Choose another place").waitFor();
  },
  "the audit": async (page) => {
    await page.goto(`${world.home}/audit`);
    await page.getByText("Move of originals begun").first().waitFor();
  },
  "the audit of one storage": async (page) => {
    await openMenu(page, "Archive", "Audit");
    await page.getByText("Only Archive").waitFor();
  },
  "an audit that nothing matches": async (page) => {
    await page.goto(`${world.home}/audit?action=hold.placed&since=2020-01-01`);
    await page.getByRole("heading", { name: "Nothing matches" }).waitFor();
  },
};

async function openMenu(page, storage, item) {
  await PAGES_OF_DELIVERY["originals that wait for their storage"](page);
  await button(page, `More for ${storage}`).click();
  await page.getByRole("menuitem", { name: item }).click();
}

const openDeliverySettings = (page, storage) => openMenu(page, storage, "Delivery settings");

/** Sends one picture before there is a main storage and one after it is out of reach, and moves the first there. */
async function takeMainAway() {
  const drawing = await world.browser.newPage();
  const [first, second] = [await draw(drawing, { width: 600, height: 400, seed: 70 }), await draw(drawing, { width: 600, height: 400, seed: 71 })];
  await drawing.close();
  await world.send("stays.jpg", first);
  await world.settled(LIBRARY_FILES + 1);
  const archive = await world.connect("Archive");
  await world.connect("Spare disk");
  await world.tell("PUT", "/main-storage", { storage_id: archive.id });
  await rename(archive.folder, `${archive.folder} away`);
  await world.send("waits.jpg", second);
  await world.settled(LIBRARY_FILES + 2);
  await world.tell("POST", "/migrations", { from_storage_id: null, to_storage_id: archive.id });
  return first;
}

/** Leaves a picture that the library has in a storage whose files are moved away, and scans it. */
async function collectDuplicate(bytes) {
  const card = await world.connect("Camera card");
  await world.tell("PATCH", "", { check_duplicates: true });
  await world.tell("PATCH", `/storages/${card.id}`, { delivery: { moves_to_main: true } });
  await place(card.folder, "DCIM/stays too.jpg", bytes, new Date("2024-06-01T08:00:00Z"));
  await world.tell("POST", `/storages/${card.id}/scan`, {});
  for (const end = Date.now() + 30_000; ; ) {
    const { items } = await world.ask(`/storages/${card.id}/scans`);
    if (items.some((run) => run.skipped === 1)) return;
    assert.ok(Date.now() < end, "the duplicate was not reported");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** What the plan and the collector of duplicates make of the page, once the main storage is out of reach. */
const PAGES_OF_PLAN = {
  "a main storage that the plan does not include": async (page) => {
    await openStorages(page);
    await page.getByText("The plan does not include Archive").waitFor();
  },
  "choosing a main storage where the plan has none": async (page) => {
    await PAGES_OF_PLAN["a main storage that the plan does not include"](page);
    await button(page, "Where new originals go").click();
    await dialog(page).getByText(/^The plan does not include external storages/).first().waitFor();
  },
  "duplicates in the report of a scan": async (page) => {
    await openStorages(page);
    await button(page.getByRole("article", { name: "Camera card" }), "History").click();
    await button(dialog(page), "Show 1 skipped file").first().click();
    await dialog(page).getByRole("link", { name: "Show the photo" }).waitFor();
  },
};

const PAGES_BEFORE_SIGNING_IN = {
  "signing in": async (page) => {
    await page.goto(`${world.stowage.url}/sign-in`);
    await page.getByLabel("Email").waitFor();
  },
  "a refused password": async (page) => {
    await page.goto(`${world.stowage.url}/sign-in`);
    await page.getByLabel("Email").fill(OWNER.email);
    await page.getByLabel("Password", { exact: true }).fill("not the password");
    await button(page, "Sign in").click();
    await page.getByRole("alert").waitFor();
  },
  "an invitation without its token": async (page) => {
    await page.goto(`${world.stowage.url}/invitation`);
    await page.getByRole("heading", { name: "This invitation cannot be used" }).waitFor();
  },
  "choosing a new password": async (page) => {
    await page.goto(`${world.stowage.url}/new-password#token=some`);
    await page.getByLabel("New password", { exact: true }).waitFor();
  },
  "a set up that is done": async (page) => {
    await page.goto(`${world.stowage.url}/setup?token=used`);
    await page.getByRole("heading", { name: "Stowage is already set up" }).waitFor();
  },
};

const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } };

/** Looks at pages one after the other, and returns what is wrong with them. */
async function look(pages, options) {
  const page = await world.window({ reducedMotion: "reduce", ...options });
  const found = [];
  for (const [name, open] of Object.entries(pages)) {
    await open(page);
    for (const barrier of await barriers(page)) found.push(`${name}: ${barrier}`);
    const isTooWide = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth > clientWidth;
    });
    if (isTooWide) found.push(`${name}: wider than its window`);
  }
  return found;
}

const VIEWS = ["light", "dark"].flatMap((colorScheme) =>
  Object.entries(SIZES).map(([size, viewport]) => ({ name: `${size} and ${colorScheme}`, colorScheme, viewport })),
);

for (const { name, ...view } of VIEWS) {
  test(`nobody is shut out of any page, ${name}`, { skip }, async () => {
    world.watch.expect(401, /\/session$/);
    const found = await look(PAGES_BEFORE_SIGNING_IN, { isSignedIn: false, ...view });
    found.push(...(await look(PAGES, view)));
    assert.deepEqual(found, []);
  });
}

let first = null;
let isInPlan = true;

for (const { name, ...view } of VIEWS) {
  test(`nobody is shut out of where originals go, ${name}`, { skip }, async () => {
    world.watch.expect(400, /\/file-names\/preview$/);
    world.watch.expect(409, /\/storages$/);
    first ??= await takeMainAway();
    assert.deepEqual(await look(PAGES_OF_DELIVERY, view), []);
  });
}

for (const { name, ...view } of VIEWS) {
  test(`nobody is shut out of what a plan and duplicates mean, ${name}`, { skip }, async () => {
    if (isInPlan) {
      await collectDuplicate(first);
      await plan(world, "set", world.workspace.id, "--external-storages", "no");
    }
    isInPlan = false;
    assert.deepEqual(await look(PAGES_OF_PLAN, view), []);
  });
}
