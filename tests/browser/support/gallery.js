// What a person sees in the gallery, which draws only what is near the view.

/** Names of all pictures and files, from the newest to the oldest, gathered by scrolling through all of them. */
export async function allTiles(page) {
  const box = page.locator("[data-asset]").first().locator("xpath=ancestor::*[@role='grid']/..");
  const labels = new Map();
  for (let top = 0; ; top += 500) {
    const end = await box.evaluate((element, to) => {
      element.scrollTop = to;
      return element.scrollHeight - element.clientHeight;
    }, top);
    await page.waitForTimeout(250);
    const seen = await page
      .locator("[data-asset]")
      .evaluateAll((tiles) => tiles.map((tile) => [tile.dataset.asset, tile.getAttribute("aria-label")]));
    for (const [id, label] of seen) labels.set(id, label);
    if (top >= end) break;
  }
  await box.evaluate((element) => {
    element.scrollTop = 0;
  });
  return [...labels.values()];
}

/** A picture or file by its name. */
export const tile = (page, name) => page.locator(`[data-asset][aria-label^="${name}"]`);

/** Waits until the picture of a tile is not only asked for but there. */
export const pictureOf = (page, name) => tile(page, name).locator("img[data-loaded]");

export async function openGallery(world, page, search = "") {
  await page.goto(`${world.home}${search}`);
  await page.locator("[data-asset]").first().waitFor();
}
