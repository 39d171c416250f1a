// Originals that somebody laid into a storage in order to have them opened: none of what is in them runs.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openGallery } from "./support/gallery.js";
import { placeHostile, startListener } from "./support/hostile.js";
import { skip } from "./support/needs.js";
import { CAMERA, draw, place } from "./support/photos.js";
import { withExif } from "./support/exif.js";
import { useWorld } from "./support/world.js";

/** Names that would run if a page took them for markup. */
const MARKUP = `<img src=x onerror=ran('name')>`;

const listener = skip ? null : await startListener();
after(() => listener?.stop());

const world = useWorld({
  async prepare(page, { photos }) {
    const jpeg = await draw(page, { width: 640, height: 480, seed: 1 });
    const names = await placeHostile(photos, listener, jpeg);
    const told = withExif(await draw(page, { width: 600, height: 400, seed: 2 }), {
      ...CAMERA,
      make: "<script>ran('make')</script>",
      model: MARKUP,
    });
    await place(photos, `${MARKUP}/${MARKUP}.jpg`, told, new Date("2024-06-06T08:00:00Z"));
    return names;
  },
  files: 11,
});

/** A window that is signed in, and the names that a script in it called out. */
async function listeningWindow() {
  const context = await world.browser.newContext({ acceptDownloads: true });
  const ran = new Set();
  await context.exposeBinding("ran", (_source, name) => ran.add(name));
  context.on("page", (page) =>
    page.on("dialog", (dialog) => {
      ran.add(dialog.message());
      dialog.dismiss().catch(() => {});
    }),
  );
  await context.addCookies([world.session]);
  listener.heard.clear();
  return { context, ran, page: await context.newPage() };
}

/** Opens an address as a page of its own, and returns whether it became one. */
async function open(page, url) {
  const download = page.waitForEvent("download", { timeout: 20_000 }).then(() => false);
  download.catch(() => {});
  const shown = page.goto(url, { waitUntil: "load" }).then(() => true);
  // A download ends the navigation with an error.
  return Promise.race([download, shown.catch(() => download)]);
}

/** Takes a file into the page in every way a page has, and waits until each has come to something. */
const take = (page, url) =>
  page.evaluate(async (url) => {
    const settled = (target) =>
      new Promise((resolve) => {
        for (const name of ["load", "error", "message"]) target.addEventListener(name, resolve, { once: true });
        // Some say nothing when they are refused.
        setTimeout(resolve, 1500);
      });
    const element = (tag, attributes) => {
      const made = Object.assign(document.createElement(tag), attributes);
      const end = settled(made);
      document.body.append(made);
      return end;
    };
    const worker = () => settled(new Worker(url));
    const registered = async () => navigator.serviceWorker?.register(url);
    const all = [
      () => element("script", { src: url }),
      () => element("script", { src: url, type: "module" }),
      () => element("iframe", { src: url }),
      () => element("object", { data: url }),
      () => element("embed", { src: url }),
      () => element("img", { src: url }),
      () => element("link", { rel: "stylesheet", href: url }),
      () => import(url),
      worker,
      registered,
    ];
    await Promise.allSettled(all.map(async (way) => way()));
  }, url);

test("the same files run where nothing is in their way", { skip }, async () => {
  const { context, page, ran } = await listeningWindow();
  for (const name of listener.shown.keys()) {
    const url = `${listener.url}/files/${name}`;
    await page.goto(listener.url);
    await take(page, url);
    await open(page, url);
    // The reader of papers starts after the page.
    for (const end = Date.now() + 10_000; !ran.has(name) && Date.now() < end; ) await page.waitForTimeout(100);
  }
  await context.close();
  const names = [...listener.shown.keys()].sort();
  assert.deepEqual([...ran].sort(), names);
  const callers = names.filter((name) => name !== "paper.pdf");
  assert.deepEqual([...listener.heard].sort(), callers);
});

test("nothing in an original runs, whichever way it is opened", { skip }, async () => {
  const { context, page, ran } = await listeningWindow();
  const { items } = await world.ask("/assets?limit=100");
  const shown = [];
  let opened = 0;
  for (const { id, name } of items) {
    if (!world.library.includes(name)) continue;
    opened += 1;
    const url = `${world.stowage.url}/api/v1/workspaces/${world.workspace.id}/assets/${id}/original`;
    if (await open(page, url)) shown.push(name);
    assert.equal(await open(page, `${url}?download=1`), false, `${name} is saved when asked`);
    await page.goto(`${world.stowage.url}/sign-in`);
    await take(page, url);
  }
  await context.close();
  assert.equal(opened, world.library.length);
  assert.deepEqual([...ran], [], "no script ran");
  assert.deepEqual([...listener.heard], [], "nothing was called");
  assert.deepEqual(shown, ["both.jpg"], "everything but the picture is saved");
});

test("names and metadata are text and nothing else", { skip }, async () => {
  const { context, page, ran } = await listeningWindow();
  await openGallery(world, page);
  await page.locator(`[data-asset][aria-label*="onerror"]`).click();
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await page.keyboard.press("i");
  await dialog.getByRole("group", { name: "Camera" }).getByText(MARKUP).first().waitFor();
  assert.equal(await page.locator("img[src='x']").count(), 0);
  await context.close();
  assert.deepEqual([...ran], []);
});
