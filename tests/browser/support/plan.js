// What a library may have, as whoever runs the server says it.
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { stowageProgram } from "./needs.js";

/** Asks `stowage plan` of a world's running server. */
export async function plan(world, ...words) {
  const data = path.join(world.folder, "data");
  const where = ["--data", data, "--server", world.stowage.url, "--json"];
  const { stdout } = await promisify(execFile)(stowageProgram, ["plan", ...words, ...where]);
  return JSON.parse(stdout);
}
