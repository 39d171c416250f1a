import { test } from "node:test";
import { mkdirSync } from "node:fs";
import { openGallery, tile } from "./support/gallery.js";
import { skip } from "./support/needs.js";
import { LIBRARY_FILES, placeLibrary } from "./support/photos.js";
import { useWorld } from "./support/world.js";
const out = "/tmp/w/bin/target/pictures";
mkdirSync(out, { recursive: true });
const world = useWorld({ prepare: (page, { photos }) => placeLibrary(page, photos), files: LIBRARY_FILES });
async function post(path, body) {
  const r = await fetch(`${world.stowage.url}/api/v1/workspaces/${world.workspace.id}${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Stowage": "1", Cookie: `${world.session.name}=${world.session.value}` },
    body: JSON.stringify(body ?? {}),
  });
  return r.json();
}
test("pictures", { skip }, async () => {
  const { items } = await world.ask("/assets?limit=6");
  await post("/assets/trash", { ids: items.slice(0, 5).map((i) => i.id) });
  await post("/holds", { asset_id: items[1].id, reason: "A dispute" });
  for (const colorScheme of ["light", "dark"]) {
    const page = await world.window({ colorScheme });
    await page.goto(`${world.home}/bin`);
    await page.getByText("Under a legal hold").waitFor();
    await page.waitForTimeout(600);
    await page.screenshot({ path: `${out}/bin-${colorScheme}.png` });
    await page.getByRole("button", { name: /^Delete now/ }).first().click();
    await page.waitForTimeout(600);
    await page.screenshot({ path: `${out}/purge-${colorScheme}.png` });
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Empty the bin" }).click();
    await page.waitForTimeout(600);
    await page.screenshot({ path: `${out}/empty-${colorScheme}.png` });
    await page.keyboard.press("Escape");
    await page.getByRole("tab", { name: "Lingering copies" }).click();
    await page.waitForTimeout(500);
    await page.screenshot({ path: `${out}/lingering-${colorScheme}.png` });
    await page.goto(`${world.home}/audit`);
    await page.waitForTimeout(800);
    await page.screenshot({ path: `${out}/audit-${colorScheme}.png` });
    await page.goto(`${world.home}/a/${items[1].id}`);
    await page.getByRole("dialog").waitFor();
    if (!(await page.getByRole("complementary", { name: "Information" }).isVisible())) await page.keyboard.press("i");
    await page.waitForTimeout(1200);
    await page.getByRole("heading", { name: "Legal hold" }).scrollIntoViewIfNeeded();
    await page.waitForTimeout(300);
    await page.screenshot({ path: `${out}/viewer-${colorScheme}.png` });
    await openGallery(world, page);
    await page.locator("[data-asset]").nth(1).click({ modifiers: ["Control"] });
    await page.waitForTimeout(600);
    await page.screenshot({ path: `${out}/gallery-${colorScheme}.png` });
  }
  const phone = await world.window({ viewport: { width: 390, height: 844 } });
  await phone.goto(`${world.home}/bin`);
  await phone.getByText("Under a legal hold").waitFor();
  await phone.waitForTimeout(600);
  await phone.screenshot({ path: `${out}/bin-phone.png` });
});
