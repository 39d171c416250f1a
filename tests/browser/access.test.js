// Members, invitations, passwords, sessions and API keys, as people meet them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { barriers } from "./support/axe.js";
import { skip } from "./support/needs.js";
import { placePicture } from "./support/photos.js";
import { OWNER, useWorld } from "./support/world.js";

const world = useWorld({ prepare: (page, { photos }) => placePicture(page, photos, "first.jpg", 0), files: 1 });

const EVA = { name: "Eva Lind", email: "eva@example.org", password: "a slow river in autumn" };
const NEXT = "an entirely other password";

const button = (page, name) => page.getByRole("button", { name, exact: typeof name === "string" });
const dialog = (page) => page.getByRole("dialog");
const row = (page, text) => page.getByRole("listitem").filter({ hasText: text });
const noBarriers = async (page) => assert.deepEqual(await barriers(page), []);

/** Links are printed for the address that people use, which is this server here. */
const here = (link) => world.stowage.url + link.slice(link.indexOf("/", "https://".length));

async function openMembers(page) {
  await page.goto(`${world.home}/members`);
  await row(page, OWNER.email).waitFor();
}

async function invite(page, note, role) {
  await openMembers(page);
  await button(page, "Invite somebody").click();
  await dialog(page).getByRole("combobox", { name: "Role" }).click();
  await page.getByRole("option", { name: role }).click();
  await dialog(page).getByLabel("Whom it is for").fill(note);
  await button(page, "Make the link").click();
  const field = dialog(page).getByLabel("Link");
  await field.waitFor();
  await noBarriers(page);
  const link = await field.inputValue();
  await dialog(page).getByRole("button", { name: "Close" }).last().click();
  return here(link);
}

async function signIn(page, { email, password }) {
  await page.goto(`${world.stowage.url}/sign-in`);
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await button(page, "Sign in").click();
}

test("an invited person creates an account by the link, once, and an owner makes them an editor", { skip }, async () => {
  world.watch.expect(401, /\/me$/);
  world.watch.expect(403, /\/invitations\/check$/);
  const page = await world.window();
  const link = await invite(page, "Aunt Eva", "Viewer");
  await row(page, "Aunt Eva").waitFor();

  const theirs = await world.window({ isSignedIn: false });
  await theirs.goto(link);
  await theirs.getByRole("heading", { name: `Join ${OWNER.workspace_name}` }).waitFor();
  await noBarriers(theirs);
  await theirs.getByLabel("Your name").fill(EVA.name);
  await theirs.getByLabel("Email").fill(EVA.email);
  await theirs.getByLabel("Password", { exact: true }).fill(EVA.password);
  await button(theirs, "Create account and join").click();
  await theirs.getByRole("navigation", { name: "Main" }).waitFor();
  assert.equal(await theirs.getByRole("link", { name: "Members" }).count(), 0);
  await theirs.getByRole("link", { name: "Storages" }).click();
  await theirs.getByRole("article", { name: "Pictures" }).waitFor();
  assert.equal(await theirs.getByRole("link", { name: "Connect a storage" }).count(), 0);
  for (const name of ["Scan now", "Test connection", "More for Pictures", "Refresh size", "Where new originals go"])
    assert.equal(await button(theirs, name).count(), 0, `a viewer is not offered what is refused: ${name}`);
  await noBarriers(theirs);

  const again = await world.window({ isSignedIn: false });
  await again.goto(link);
  await again.getByRole("heading", { name: "This invitation cannot be used" }).waitFor();

  await openMembers(page);
  await page.getByText("Nobody is invited at the moment.").waitFor();
  await page.getByRole("combobox", { name: `Role of ${EVA.name}` }).click();
  await page.getByRole("option", { name: "Editor" }).click();
  for (const end = Date.now() + 10_000; ; ) {
    const { items } = await world.ask("/members");
    if (items.find((one) => one.email === EVA.email)?.role === "editor") break;
    assert.ok(Date.now() < end, "the role did not change");
  }
  await noBarriers(page);
});

test("an invitation is taken back and its link opens nothing", { skip }, async () => {
  world.watch.expect(403, /\/invitations\/check$/);
  const page = await world.window();
  const link = await invite(page, "Nobody after all", "Contributor");
  await button(page, "Take back the invitation: Nobody after all").click();
  await row(page, "Nobody after all").waitFor({ state: "detached" });
  const theirs = await world.window({ isSignedIn: false });
  await theirs.goto(link);
  await theirs.getByRole("heading", { name: "This invitation cannot be used" }).waitFor();
});

test("a link to a new password works once, and the person signs in with it", { skip }, async () => {
  world.watch.expect(403, /\/password-resets$/);
  const page = await world.window();
  await openMembers(page);
  await button(page, `More for ${EVA.name}`).click();
  await page.getByRole("menuitem", { name: "Link to a new password" }).click();
  const link = here(await dialog(page).getByLabel("Link").inputValue());

  const theirs = await world.window({ isSignedIn: false });
  await theirs.goto(link);
  await theirs.getByLabel("New password", { exact: true }).fill(NEXT);
  await noBarriers(theirs);
  await button(theirs, "Set the password").click();
  await theirs.getByRole("heading", { name: "Your password is changed" }).waitFor();
  const again = await world.window({ isSignedIn: false });
  await again.goto(link);
  await again.getByLabel("New password", { exact: true }).fill(NEXT);
  await button(again, "Set the password").click();
  await again.getByRole("heading", { name: "This link cannot be used" }).waitFor();
  await signIn(theirs, { ...EVA, password: NEXT });
  await theirs.getByRole("navigation", { name: "Main" }).waitFor();
});

test("somebody sees where they are signed in and ends it there", { skip }, async () => {
  world.watch.expect(401, /\/api\/v1\//);
  const other = await world.window({ isSignedIn: false });
  await signIn(other, OWNER);
  await other.getByRole("navigation", { name: "Main" }).waitFor();
  const page = await world.window();
  await page.goto(`${world.home}/account`);
  await page.getByText("(this browser)").waitFor();
  await noBarriers(page);
  await button(page, /^Sign out: Chrome on/).first().click();
  await button(page, /^Sign out: Chrome on/).waitFor({ state: "detached" });
  await other.goto(world.home);
  await other.getByRole("heading", { name: "Sign in" }).waitFor();
});

test("an API key is made, shown once, used, switched off and deleted", { skip }, async () => {
  const page = await world.window();
  await page.goto(`${world.home}/account`);
  await button(page, "New API key").click();
  await dialog(page).getByLabel("What it is for").fill("Picture frame");
  await noBarriers(page);
  await button(page, "Make the key").click();
  const key = await dialog(page).getByLabel("Key", { exact: true }).inputValue();
  assert.match(key, /^stw_[\w-]{43}$/);
  await dialog(page).getByRole("button", { name: "Close" }).last().click();

  const status = async (headers) => {
    const url = `${world.stowage.url}/api/v1/workspaces/${world.workspace.id}/assets`;
    return (await fetch(url, { headers })).status;
  };
  assert.equal(await status({ "X-API-Key": key }), 200);
  const made = row(page, "Picture frame");
  const active = page.getByRole("switch", { name: "Active: Picture frame" });
  await active.press("Space");
  await made.getByText("Switched off").waitFor();
  assert.equal(await status({ Authorization: `Bearer ${key}` }), 401);
  assert.ok(!(await page.content()).includes(key), "the key is shown no more");
  await noBarriers(page);

  await button(page, "More for the key Picture frame").click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await dialog(page).getByRole("button", { name: "Delete" }).click();
  await made.waitFor({ state: "detached" });
});

test("a wrong current password changes nothing, the right one does", { skip }, async () => {
  world.watch.expect(403, /\/me\/password$/);
  const page = await world.window();
  await page.goto(`${world.home}/account`);
  const change = async (current) => {
    await page.getByLabel("Current password", { exact: true }).fill(current);
    await page.getByLabel("New password", { exact: true }).fill(NEXT);
    await button(page, "Change password").click();
  };
  await change("not this one at all");
  await page.getByText("The current password is not right").waitFor();
  await change(OWNER.password);
  await page.getByText("Your password is changed").waitFor();
});
