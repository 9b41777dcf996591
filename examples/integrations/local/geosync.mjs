import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The command of this clone; where geosync is installed, write `npx geosync`. */
const bin = fileURLToPath(new URL("../../../bin/geosync.js", import.meta.url));

/** Runs a command and gives what it printed; what it says besides goes to the terminal. */
export async function geosync(args, { env = {}, cwd = process.cwd() } = {}) {
  const stdio = ["ignore", "pipe", "inherit"];
  const child = spawn(process.execPath, [bin, ...args], { cwd, env: { ...process.env, ...env }, stdio });
  let output = "";
  child.stdout.on("data", (data) => (output += data));
  const exitCode = await new Promise((resolve) => child.once("close", resolve));
  if (exitCode !== 0) throw new Error(`geosync ${args.join(" ")} ended with ${exitCode}`);
  return output;
}

/** `geosync venue` on a free port: an exchange that speaks Binance's protocol, with the key demo. */
export async function localExchange(...args) {
  const child = spawn(process.execPath, [bin, "venue", "--port", "0", "--json", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const line = await new Promise((resolve, reject) => {
    child.stdout.once("data", (data) => resolve(String(data)));
    child.once("close", () => reject(new Error("the local exchange did not start")));
  });
  const { url } = JSON.parse(line);
  const stop = async () => {
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.kill();
    await ended;
  };
  return { ...endpointsOf(url), stop };
}

/** Everything at one address, and nowhere else. */
export function endpointsOf(url) {
  const streams = url.replace(/^http/, "ws");
  return { url, endpoints: { rest: url, streams, wsApi: `${streams}/ws-api/v3` } };
}
