// The all-in-one, as a person starts it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { stowageProgram } from "./needs.js";

const START_TIME = 30_000;
const STOP_TIME = 15_000;

async function sparePort() {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Starts Stowage on spare ports and waits for the link that creates the owner. */
export async function startStowage({ data, photos, folders = [] }) {
  const [port, admin, grpc] = [await sparePort(), await sparePort(), await sparePort()];
  const options = ["serve", "--data", data, "--listen", `127.0.0.1:${port}`];
  if (photos) options.push("--photos", photos);
  const child = spawn(stowageProgram, options, {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      STOWAGE_ADMIN__LISTEN: `127.0.0.1:${admin}`,
      STOWAGE_GATEWAY__GRPC_LISTEN: `127.0.0.1:${grpc}`,
      STOWAGE_CONNECTOR__FOLDERS: JSON.stringify(folders),
      STOWAGE_SHUTDOWN__UNREADY_WAIT: "0s",
      STOWAGE_SHUTDOWN__GRACE: "10s",
      STOWAGE_DATABASE__DURABLE: "false",
    },
  });
  const killed = () => child.kill("SIGKILL");
  process.once("exit", killed);

  let log = "";
  const ended = once(child, "exit").then(([code, signal]) => {
    throw new Error(`Stowage ended (${signal ?? code}):\n${log}`);
  });
  ended.catch(() => {});
  const link = new Promise((resolve) => {
    const read = (chunk) => {
      log += chunk;
      const found = /(http:\/\/\S+)\/setup\?token=([\w-]+)/.exec(log);
      if (found) resolve({ token: found[2] });
    };
    child.stdout.setEncoding("utf8").on("data", read);
    child.stderr.setEncoding("utf8").on("data", read);
  });
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Stowage printed no link:\n${log}`)), START_TIME);
  });
  const { token } = await Promise.race([link, ended, late]).finally(() => clearTimeout(timer));

  const url = `http://localhost:${port}`;
  await answers(`${url}/api/v1/setup`, ended);
  return {
    url,
    setupLink: `${url}/setup?token=${token}`,
    token,
    /** Returns what the server warned of since the last call. */
    takeWarnings() {
      const lines = log.split("\n");
      log = lines.pop();
      return lines.filter((line) => /\b(WARN|ERROR)\b/.test(line));
    },
    async stop() {
      process.off("exit", killed);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      const force = setTimeout(killed, STOP_TIME);
      await gone;
      clearTimeout(force);
    },
  };
}

/** The link is printed a moment before the first answer. */
async function answers(url, ended) {
  for (const end = Date.now() + START_TIME; ; ) {
    const isThere = await Promise.race([fetch(url).then((response) => response.ok, () => false), ended]);
    if (isThere) return;
    if (Date.now() > end) throw new Error(`${url} does not answer`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
