// Connects storages in the wizard, as a person does.

const button = (within, name) => within.getByRole("button", { name, exact: typeof name === "string" });

/** Asks for a folder that holds another storage, up to the answer. */
export async function connectOverlapping(world, page) {
  await page.goto(`${world.home}/storages/connect`);
  await button(page, /^Folder of this server/).click();
  await page.getByLabel("Name").fill("Everything");
  await button(page.getByRole("list", { name: "Folders" }), /Second disk/).click();
  await button(page, "Continue").click();
  await page.getByText("Everything works").waitFor();
  await button(page, "Continue").click();
  await page.getByRole("radio", { name: /^Keep the original/ }).click();
  await button(page, "Continue").click();
  await button(page, "Connect and start").click();
}
