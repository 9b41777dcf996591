/** `geosync venue` as a user runs it. */
import { createHmac } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { bin, buildWhenStale, geosync, root, workingFolder } from "./geosync.ts";

const folder = workingFolder();
beforeAll(buildWhenStale);
afterAll(() => rmSync(folder, { recursive: true }));

/** A venue on a free port, once it listens. */
async function started(...args: readonly string[]) {
  const child = execa(process.execPath, [bin, "venue", "--port", "0", "--json", ...args], {
    ...{ cwd: folder, extendEnv: false, env: {}, reject: false, buffer: false },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const line = await new Promise<string>((resolve) =>
    child.stdout.once("data", (data) => resolve(String(data))),
  );
  return { child, listening: JSON.parse(line) as { url: string; symbols: readonly string[] } };
}

async function signed(url: string, request: string, params: Readonly<Record<string, string>> = {}) {
  const [method, path] = request.split(" ") as [string, string];
  const query = new URLSearchParams({ ...params, timestamp: String(Date.now()) }).toString();
  const signature = createHmac("sha256", "demo").update(query).digest("hex");
  const init = { method, headers: { "X-MBX-APIKEY": "demo" } };
  // biome-ignore lint/suspicious/noExplicitAny: the tests read what JSON holds.
  return (await fetch(`${url}${path}?${query}&signature=${signature}`, init)).json() as Promise<any>;
}

const resting = {
  symbol: "BTCUSDT",
  side: "BUY",
  type: "LIMIT",
  timeInForce: "GTC",
  quantity: "0.01",
  price: "30000",
};

describe("geosync venue", () => {
  it("says where it listens and what to try, and ends with 130 on Ctrl-C", async () => {
    const child = execa(process.execPath, [bin, "venue", "--port", "0"], { cwd: folder, reject: false });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.kill("SIGINT");
    const { stdout, stderr, exitCode } = await child;
    expect({ stderr, exitCode }).toEqual({ stderr: "stopped", exitCode: 130 });
    const url = /--venue-url (\S+)/.exec(stdout)?.[1];
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(stdout).toContain("key      demo");
  });

  it("plays a file at a speed", async () => {
    const { listening } = await started("--data", "data/BTCUSDT_1m_synthetic.csv", "--speed", "600");
    expect(listening.symbols).toEqual(["BTCUSDT"]);
    const [, row] = readFileSync(join(root, "data/BTCUSDT_1m_synthetic.csv"), "utf8").split("\n");
    const open = Number(row!.split(",")[1]);
    const { price } = (await (await fetch(`${listening.url}/api/v3/ticker/price?symbol=BTCUSDT`)).json()) as {
      price: string;
    };
    expect(Math.abs(Number(price) / open - 1)).toBeLessThan(0.1);
  });

  it("ends with 0 when it is told to stop", async () => {
    const { child, listening } = await started();
    expect((await fetch(`${listening.url}/admin/stop`, { method: "POST" })).status).toBe(200);
    expect((await child).exitCode).toBe(0);
  });

  it("remembers what it acknowledged, however it ends", async () => {
    const first = await started("--state", "venue.ndjson", "--symbol", "BTCUSDT");
    const { orderId } = await signed(first.listening.url, "POST /api/v3/order", resting);
    await signed(first.listening.url, "POST /api/v3/order", {
      symbol: "BTCUSDT",
      side: "BUY",
      type: "MARKET",
      quantity: "0.01",
    });
    const before = await signed(first.listening.url, "GET /api/v3/account");
    first.child.kill("SIGKILL");
    await first.child;
    const { listening } = await started("--state", "venue.ndjson", "--symbol", "BTCUSDT");
    const open = await signed(listening.url, "GET /api/v3/openOrders", { symbol: "BTCUSDT" });
    expect(open).toMatchObject([{ orderId, status: "NEW", price: "30000.00000000" }]);
    const after = await signed(listening.url, "GET /api/v3/account");
    expect(after.balances).toEqual(before.balances);
    const trades = await signed(listening.url, "GET /api/v3/myTrades", { symbol: "BTCUSDT" });
    expect(trades.length).toBeGreaterThan(0);
  });

  it.each([
    [["--port", "x"], "GEO-OPTION-VALUE", "--port: expected a whole number from 0 to 65535"],
    [["--balance", "USDT"], "GEO-OPTION-VALUE", "--balance: expected an asset and an amount"],
    [["--symbol", "FOO"], "GEO-OPTION-VALUE", "--symbol: expected a price to start from"],
    [["--data", "missing.csv"], "GEO-FILE", "missing.csv"],
    [["--faults", "missing.json"], "GEO-CONFIG", "--faults: expected a readable file"],
    [["--state", "nowhere/venue.ndjson"], "GEO-OUTPUT", "nowhere/venue.ndjson"],
  ])("%j is refused", async (args, code, message) => {
    const { stderr } = await geosync(["venue", "--port", "0", ...args], { cwd: folder });
    expect(stderr).toContain(`error ${code}:`);
    expect(stderr).toContain(message);
  });
});
