// Whatever lies in a storage, nothing of it runs where people open it.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { skip } from "./support/needs.js";
import { useWorld } from "./support/world.js";

/** Reports to the server that ran it; the title shows it, too. */
const SCRIPT = "document.title='ran';fetch('/api/v1/ran-'+location.pathname.length)";
const SVG = 'xmlns="http://www.w3.org/2000/svg"';
const XHTML = 'xmlns="http://www.w3.org/1999/xhtml"';

const TRICKS = {
  "page.html": `<!doctype html><script>${SCRIPT}</script><img src=x onerror="${SCRIPT}">`,
  "no-name": `<html><body onload="${SCRIPT}"><script>${SCRIPT}</script></body></html>`,
  "page-as.jpg": `<!doctype html><script>${SCRIPT}</script>`,
  "page-as.png": `<html><script>${SCRIPT}</script></html>`,
  "drawing.svg": `<svg ${SVG} onload="${SCRIPT}"><script>${SCRIPT}</script></svg>`,
  "drawing-as.gif": `<svg ${SVG} onload="${SCRIPT}"><script>${SCRIPT}</script></svg>`,
  "foreign.svg": `<svg ${SVG}><foreignObject><body ${XHTML}><script>${SCRIPT}</script></body></foreignObject></svg>`,
  "linked.svg": `<svg ${SVG}><use href="data:image/svg+xml,&lt;svg ${SVG.replaceAll('"', "'")} onload='${SCRIPT.replaceAll("'", "&quot;")}'/&gt;"/></svg>`,
  "data.xml": `<?xml version="1.0"?><html ${XHTML}><script>${SCRIPT}</script></html>`,
  "styled.xml": `<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#s"?><x id="s"/>`,
  "page.xhtml": `<html ${XHTML}><head><script>${SCRIPT}</script></head></html>`,
  "mail.mht": `Content-Type: text/html\n\n<script>${SCRIPT}</script>`,
  "both.gif": `GIF89a/*${"\0".repeat(40)}*/=1;${SCRIPT}//<script>${SCRIPT}</script>`,
};

const world = useWorld({
  prepare: async (_, { photos }) => {
    for (const [name, content] of Object.entries(TRICKS)) await writeFile(path.join(photos, name), content);
  },
  files: Object.keys(TRICKS).length,
});

test("originals that would run a script run none", { skip }, async () => {
  const { items } = await world.ask("/assets?limit=100");
  assert.equal(items.length, Object.keys(TRICKS).length);
  const ran = [];
  // Bare: what the other tests put into every page would be a script that is kept from running.
  const context = await world.browser.newContext();
  await context.addCookies([world.session]);
  for (const { id } of items) {
    const url = `${world.stowage.url}/api/v1/workspaces/${world.workspace.id}/assets/${id}/original`;
    const page = await context.newPage();
    page.on("request", (request) => {
      if (request.url().includes("/api/v1/ran-")) ran.push(request.url());
    });
    const answer = await context.request.get(url);
    const headers = answer.headers();
    assert.match(headers["content-security-policy"], /sandbox; default-src 'none'/);
    assert.equal(headers["x-content-type-options"], "nosniff");
    if (!/^image\/(jpeg|png|webp|gif|avif)$/.test(headers["content-type"])) {
      assert.match(headers["content-disposition"], /^attachment/, headers["content-type"]);
    }

    // What is saved is no page to go to.
    await page.goto(url).catch((error) => assert.match(error.message, /Download|ERR_ABORTED/));
    assert.notEqual(await page.title(), "ran", url);
    await page.close();
  }
  await context.close();
  assert.deepEqual(ran, []);
});

test("the same pages do run their scripts where nothing stops them", { skip }, async () => {
  const page = await world.window();
  await page.route("http://elsewhere.test/**", (route) => {
    const name = decodeURIComponent(new URL(route.request().url()).pathname.slice(1));
    if (!(name in TRICKS)) return route.fulfill({ status: 204 });
    const contentType = name.endsWith(".svg") ? "image/svg+xml" : "text/html";
    return route.fulfill({ contentType, body: TRICKS[name] });
  });
  for (const name of ["page.html", "drawing.svg"]) {
    await page.goto(`http://elsewhere.test/${name}`);
    const asked = page.waitForRequest(/\/ran-/, { timeout: 5000 });
    await page.reload();
    await asked;
  }
});
