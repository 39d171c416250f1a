// Files that do something when a browser opens them, and a server that hears of it.
import { once } from "node:events";
import { createServer } from "node:http";
import { place } from "./photos.js";

const CHANGED = new Date("2024-05-05T08:00:00Z");

/** A PDF whose catalog runs a script when it is opened: all that it can do is say its name in a dialog. */
function paper() {
  return `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\('paper.pdf'\\))>>>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj
trailer<</Root 1 0 R>>
%%EOF
`;
}

/** A JPEG with a page in its comment: what it is depends on who is asked. */
function withComment(jpeg, text) {
  const body = Buffer.from(text);
  const head = Buffer.from([0xff, 0xfe, (body.length + 2) >> 8, (body.length + 2) & 0xff]);
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
}

const XHTML = "http://www.w3.org/1999/xhtml";

/** What each file is to a server that believes its name, and how a browser runs it then. */
const FILES = {
  "page.html": { type: "text/html", text: (run) => `<!doctype html><body onload="${run}"><script>${run}</script>` },
  "page-called.jpg": { type: "text/html", text: (run) => `<html><img src="x" onerror="${run}"></html>` },
  "drawing.svg": {
    type: "image/svg+xml",
    text: (run) => `<svg xmlns="http://www.w3.org/2000/svg" onload="${run}"><script>${run}</script></svg>`,
  },
  "drawing-declared.svg": {
    type: "image/svg+xml",
    text: (run) => `<?xml version="1.0"?><!-- x --><svg xmlns="http://www.w3.org/2000/svg"><script>${run}</script></svg>`,
  },
  "page.xhtml": {
    type: "application/xhtml+xml",
    text: (run) => `<?xml version="1.0"?><html xmlns="${XHTML}"><script>${run}</script></html>`,
  },
  "feed.xml": { type: "application/xml", text: (run) => `<?xml version="1.0"?><a><script xmlns="${XHTML}">${run}</script></a>` },
  "script.js": { type: "text/javascript", text: (run) => run },
  "script-without-type": { type: "text/javascript", text: (run) => `// as plain as text\n${run}` },
  "paper.pdf": { type: "application/pdf", text: paper },
};

const runs = (name, url) =>
  `globalThis.ran&amp;&amp;ran('${name}');new Image().src='${url}/ran/${name}'`;

const plain = (text) => text.replaceAll("&amp;", "&");

/** A server that shows the files as they are, and remembers which of them called it. */
export async function startListener() {
  const heard = new Set();
  const shown = new Map();
  const server = createServer((request, response) => {
    const [, kind, name = ""] = request.url.split("/");
    if (kind === "ran") heard.add(decodeURIComponent(name));
    const file = kind === "files" ? shown.get(decodeURIComponent(name)) : null;
    response.writeHead(200, { "Content-Type": file?.type ?? "text/html" }).end(file?.bytes ?? "<!doctype html><title>-</title>");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    heard,
    shown,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Writes the files into a folder, and shows them from the listener, where nothing is in their way. */
export async function placeHostile(folder, listener, jpeg) {
  for (const [name, { type, text }] of Object.entries(FILES)) {
    const run = runs(name, listener.url);
    const isXml = /\.(svg|xml|xhtml)$/.test(name);
    // In markup an ampersand is written out; the text of a script in HTML has it plain.
    const source = isXml ? text(run) : text(plain(run));
    const bytes = Buffer.from(source);
    await place(folder, `Hostile/${name}`, bytes, CHANGED);
    listener.shown.set(name, { type, bytes });
  }
  const comment = `<html><script>${plain(runs("both.jpg", listener.url))}</script></html>`;
  await place(folder, "Hostile/both.jpg", withComment(jpeg, comment), CHANGED);
  return [...Object.keys(FILES), "both.jpg"];
}
