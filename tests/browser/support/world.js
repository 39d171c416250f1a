// A Stowage of its own for each file of tests, with a browser in front of it.
import assert from "node:assert/strict";
import { mkdtemp, mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before } from "node:test";
import { chromium } from "playwright-core";
import { chromiumProgram, skip } from "./needs.js";
import { measureShift } from "./shift.js";
import { startStowage } from "./stowage.js";
import { Watch } from "./watch.js";

export const OWNER = {
  name: "Olga Berg",
  email: "olga@example.org",
  password: "quiet harbour lantern moss",
  workspace_name: "Harbour Road",
};

/** Milliseconds that a page may take for anything. */
const WAIT = 20_000;

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-dev-shm-usage",
  "--disable-gpu",
  "--disable-background-networking",
];

class World {
  watch = new Watch();
  #contexts = [];

  async open({ prepare, hasOwner, files }) {
    this.folder = await mkdtemp(path.join(tmpdir(), "stowage-browser-"));
    this.photos = path.join(this.folder, "Pictures");
    /** A folder that may be connected, and is not yet. */
    this.second = path.join(this.folder, "Second disk");
    for (const one of [this.photos, this.second]) await mkdir(one);
    this.browser = await chromium.launch({ executablePath: chromiumProgram, args: ARGUMENTS });
    const drawing = await this.browser.newPage();
    this.library = await prepare?.(drawing, this);
    await drawing.close();
    this.stowage = await startStowage({
      data: path.join(this.folder, "data"),
      photos: this.photos,
      folders: [this.second],
    });
    if (hasOwner) await this.#createOwner();
    if (files) await this.settled(files);
  }

  async #createOwner() {
    const response = await fetch(`${this.stowage.url}/api/v1/setup`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Stowage": "1" },
      body: JSON.stringify({ token: this.stowage.token, ...OWNER }),
    });
    assert.equal(response.status, 201, await response.clone().text());
    const [name, value] = response.headers.getSetCookie()[0].split(";")[0].split("=");
    this.session = { name, value, url: this.stowage.url };
    const { workspaces } = await response.json();
    this.workspace = workspaces[0];
    this.home = `${this.stowage.url}/w/${this.workspace.short_id}`;
  }

  /** Opens a window of its own, signed in where there is an owner. */
  async window({ isSignedIn = true, ...options } = {}) {
    const context = await this.browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    this.#contexts.push(context);
    await this.watch.add(context);
    await measureShift(context);
    if (isSignedIn && this.session) await context.addCookies([this.session]);
    context.setDefaultTimeout(WAIT);
    return context.newPage();
  }

  /** Asks the REST interface within the workspace, as the owner. */
  async ask(path) {
    const response = await fetch(`${this.stowage.url}/api/v1/workspaces/${this.workspace.id}${path}`, {
      headers: { Cookie: `${this.session.name}=${this.session.value}` },
    });
    assert.equal(response.status, 200, path);
    return response.json();
  }

  /** Changes something over the REST interface within the workspace, as the owner. */
  async tell(method, path, body) {
    const isForm = body instanceof FormData;
    const response = await fetch(`${this.stowage.url}/api/v1/workspaces/${this.workspace.id}${path}`, {
      method,
      headers: {
        Cookie: `${this.session.name}=${this.session.value}`,
        "X-Stowage": "1",
        ...(!isForm && { "Content-Type": "application/json" }),
      },
      body: isForm ? body : JSON.stringify(body),
    });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path} answered ${response.status}: ${text}`);
    return text ? JSON.parse(text) : null;
  }

  /** Makes a folder on the second disk, and connects it. */
  async connect(name, access = "read_write") {
    const folder = path.join(this.second, name);
    await mkdir(folder, { recursive: true });
    const storage = await this.tell("POST", "/storages", { name, kind: "fs", access, settings: { folder } });
    return { id: storage.id, name, folder };
  }

  /** Sends a picture of its own, as a program would. */
  async send(name, bytes) {
    const form = new FormData();
    form.append("file", new Blob([bytes], { type: "image/jpeg" }), name);
    return this.tell("POST", "/uploads/files", form);
  }

  /** Waits until everything that was found is read and drawn. */
  async settled(count) {
    for (const end = Date.now() + 60_000; ; ) {
      const stats = await this.ask("/stats");
      if (stats.assets >= count && stats.by_status.processing === 0) return stats;
      assert.ok(Date.now() < end, `still not ${count} photos: ${JSON.stringify(stats)}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  async endTest() {
    for (const context of this.#contexts.splice(0)) await context.close();
    // Beside a test that failed they often say why.
    for (const line of this.stowage.takeWarnings()) console.error(line);
    const complaints = this.watch.take();
    assert.deepEqual(complaints, [], "no page complains");
  }

  async close() {
    await this.browser?.close();
    await this.stowage?.stop();
    if (this.folder) await rm(this.folder, { recursive: true, force: true });
  }
}

/**
 * Opens a world around the tests of the calling file, and closes it however they end. `prepare` draws what is in the
 * folder, and the tests begin when as many `files` are imported and what `begin` does is done.
 */
export function useWorld({ prepare, begin, hasOwner = true, files = 0 } = {}) {
  const world = new World();
  if (skip) return world;
  before(async () => {
    await world.open({ prepare, hasOwner, files });
    await begin?.(world);
  });
  afterEach(() => world.endTest());
  after(() => world.close());
  return world;
}
