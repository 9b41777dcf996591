import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** `geosync serve` on free ports: a paper session on the sample file, ten minutes of it a second. */
export async function servedSession() {
  const stateDir = mkdtempSync(join(tmpdir(), "geosync-example-"));
  const data = join(root, "data/BTCUSDT_1m_synthetic.csv");
  const args = ["serve", "--data", data, "--speed", "600", "--state-dir", stateDir, "--json"];
  const faces = ["--api", "127.0.0.1:0", "--grpc", "127.0.0.1:0"];
  const child = spawn(process.execPath, [join(root, "bin/geosync.js"), ...args, ...faces], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = new Promise((resolve) => child.once("close", resolve));
  const { api, grpc } = await new Promise((resolve, reject) => {
    // Read to the end: a pipe that nobody empties holds up the session.
    createInterface(child.stdout).on("line", (line) => {
      const event = JSON.parse(line);
      if (event.event === "listening") resolve(event);
    });
    closed.then(() => reject(new Error("the session did not start")));
  });
  // Before its first data it can fill nothing.
  while ((await fetch(`${api}/readyz`)).status !== 200)
    await new Promise((resolve) => setTimeout(resolve, 50));
  const stop = async () => {
    child.kill();
    await closed;
    rmSync(stateDir, { recursive: true });
  };
  return { api, grpc, stop };
}
