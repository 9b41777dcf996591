/** `geosync serve` and `geosync token` as a stranger runs them. */
import { existsSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { liveVenue } from "../support/liveVenue.ts";
import { ask } from "../support/rest.ts";
import { bin, buildWhenStale, geosync, workingFolder } from "./geosync.ts";

beforeAll(buildWhenStale);

const file = ["--data", "data/BTCUSDT_1m_synthetic.csv", "--speed", "max", "--state-dir", "state", "--json"];

/** A session that is served, once it listens. */
async function serving(cwd: string, data: readonly string[] = file) {
  const args = [bin, "serve", ...data, "--session", "desk", "--api", "127.0.0.1:0"];
  const child = execa(process.execPath, args, { cwd, extendEnv: false, env: {}, reject: false });
  onTestFinished(() => void child.kill("SIGKILL"));
  const url = await new Promise<string>((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (data) => {
      text += String(data);
      const [, found] = /"event":"listening".*?"api":"([^"]+)"/.exec(text) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once("exit", () => reject(new Error(text)));
  });
  const stop = async () => {
    child.kill("SIGTERM");
    return (await child).exitCode;
  };
  return { url, stop };
}

describe("geosync serve", () => {
  it("ends in order at SIGTERM, and knows what was asked of it when it is started again", async () => {
    const cwd = workingFolder();
    const order = { symbol: "BTCUSD", side: "buy", order_type: "market", quantity: 0.001 };
    const place = async (url: string) => {
      await expect.poll(async () => (await ask(`${url}/readyz`, "GET")).status).toBe(200);
      return ask(`${url}/api/v1/orders`, "POST", order, { "idempotency-key": "mine" });
    };
    const first = await serving(cwd);
    const placed = await place(first.url);
    expect(placed.json).toMatchObject({ status: "filled", filled_quantity: 0.001 });
    expect(await first.stop()).toBe(143);
    const again = await serving(cwd);
    expect((await place(again.url)).json.order_id).toBe(placed.json.order_id);
    expect(await again.stop()).toBe(143);
  });

  it("trades on paper on what a venue says, without a key of it", async () => {
    const cwd = workingFolder();
    const { venue, close } = await liveVenue();
    onTestFinished(close);
    const data = ["--venue", "binance", "--venue-url", venue.url, "--timeframe", "1s"];
    // A strategy that never buys: one that does, on what the venue's history happens to be, leaves no cash for the user.
    const quiet = ["--strategy", "momentum", "--param", "threshold=10"];
    const { url, stop } = await serving(cwd, [...data, ...quiet, "--state-dir", "state", "--json"]);
    await expect.poll(async () => (await ask(`${url}/readyz`, "GET")).status).toBe(200);
    expect((await ask(`${url}/api/v1/status`, "GET")).json).toMatchObject({
      mode: "paper",
      venue: "BINANCE",
    });
    const order = { symbol: "BTCUSD", side: "buy", quantity: 0.001 };
    const { json } = await ask(`${url}/api/v1/orders`, "POST", order);
    expect(json).toMatchObject({ status: "filled", filled_quantity: 0.001 });
    expect(await stop()).toBe(143);
  });

  it.each<[string, readonly string[], RegExp]>([
    ["an address that is none", ["--api", "nowhere:port"], /--api/],
    ["other machines let in without a token", ["--api", "0.0.0.0:0"], /token/],
    ["a certificate without its key", ["--tls-cert", "cert.pem"], /--tls-key/],
  ])("refuses %s, and makes no session", async (_, args, words) => {
    const cwd = workingFolder();
    const { exitCode, stdout } = await geosync(["serve", ...file, ...args], { cwd });
    expect(exitCode).toBe(2);
    expect(JSON.parse(String(stdout)).error.message).toMatch(words);
    expect(existsSync(join(cwd, "state"))).toBe(false);
  });

  it.each(["--api", "--grpc"])(
    "finds out that the port of %s is taken before it makes a session",
    async (flag) => {
      const other = createServer();
      await new Promise<void>((done) => other.listen(0, "127.0.0.1", done));
      const { port } = other.address() as { port: number };
      const cwd = workingFolder();
      const { exitCode, stdout } = await geosync(["serve", ...file, flag, `127.0.0.1:${port}`], { cwd });
      other.close();
      expect(exitCode).not.toBe(0);
      expect(JSON.parse(String(stdout)).error).toMatchObject({
        code: "GEO-CONNECTION",
        message: `${flag}: expected 127.0.0.1:${port} to be free, found it taken`,
      });
      expect(existsSync(join(cwd, "state"))).toBe(false);
    },
  );
});

describe("geosync token", () => {
  it("makes, lists and revokes; the token itself is shown once", async () => {
    const cwd = workingFolder();
    mkdirSync(join(cwd, "state"));
    const run = (...args: string[]) => geosync(["token", ...args, "--state-dir", "state"], { cwd });
    const made = await run("create", "desk", "--scope", "trade");
    expect(made.exitCode).toBe(0);
    const listed = await run("list");
    expect(listed.stdout).toMatch(/desk.*trade/);
    const token = String(made.stdout).trim();
    expect(token).toMatch(/^geosync_[\w-]{43}$/);
    expect(listed.stdout).not.toContain(token);
    expect((await run("revoke", "desk")).exitCode).toBe(0);
    expect((await run("list")).stdout).not.toMatch(/desk.*trade/);
    const unknown = await run("revoke", "nobody");
    expect(unknown).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("nobody") });
    const scope = await run("create", "other", "--scope", "everything");
    expect(scope).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("--scope") });
  });
});
