import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { Decimal } from "../../src/domain/decimal.ts";
import { driftSchema } from "../../src/report/driftSchema.ts";
import { errorSchema } from "../../src/report/schema.ts";
import { bin, buildWhenStale, documentOf, geosync, workingFolder } from "./geosync.ts";

const folder = workingFolder();
const file = "data/BTCUSDT_1m_synthetic.csv";
const play = ["live", "--paper", "--data", file, "--speed", "max", "--session"];
const run = (...args: readonly string[]) => geosync(args, { cwd: folder });

beforeAll(async () => {
  buildWhenStale();
  const { exitCode, stderr } = await run(...play, "whole", "--until-bars", "3000");
  expect(exitCode, String(stderr)).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("drift", () => {
  it("of a paper session on a file is nothing, by its own data and by the file's", async () => {
    for (const data of [[], ["--data", file]]) {
      const { stdout, exitCode } = await run("drift", "whole", ...data, "--json");
      expect(exitCode).toBe(0);
      const { drift, causes, result, backtest, bars } = documentOf(stdout, driftSchema);
      expect(result).toEqual(backtest);
      expect(result.fills).toBeGreaterThan(100);
      expect([drift, ...causes.map(({ amount }) => amount)]).toEqual(new Array(8).fill("0"));
      expect(bars?.differing ?? 0).toBe(0);
    }
  });

  it("fits a terminal of 80 columns", async () => {
    const { stdout, stderr } = await run("drift", "whole");
    expect(stderr).toBe("");
    const lines = String(stdout).split("\n");
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(stdout).toMatch(/^ whole: momentum on BTC\/USDT$/m);
    expect(stdout).toMatch(/^ rejects and risk +0\.00 USDT/m);
    expect(stdout).toMatch(/^ together +0\.00 USDT/m);
  });

  it("of one that closed everything at its exit is that", async () => {
    const stopped = await run(...play, "closed", "--until-bars", "505", "--on-exit", "flatten");
    expect(stopped.exitCode, String(stopped.stderr)).toBe(0);
    const { drift, causes, result, backtest } = documentOf(
      (await run("drift", "closed", "--json")).stdout,
      driftSchema,
    );
    expect(result.fills).toBe(backtest.fills + 1);
    expect(Number(drift)).not.toBe(0);
    const amounts = causes.filter(({ amount }) => amount !== "0");
    expect(amounts).toMatchObject([{ cause: "rejects", amount: drift, count: 1 }]);
  });

  it("of one at the local exchange has causes that add up", async () => {
    const args = [bin, "venue", "--port", "0", "--json", "--trade-rate", "50", "--taker-fee", "0.3%"];
    const venue = execa(process.execPath, args, { cwd: folder, reject: false, buffer: false });
    onTestFinished(() => void venue.kill("SIGKILL"));
    const line = await new Promise((resolve) => venue.stdout.once("data", resolve));
    const { url } = JSON.parse(String(line)) as { url: string };
    writeFileSync(join(folder, "flip.ts"), flip);
    const at = [
      "--venue",
      "binance",
      "--testnet",
      "--venue-url",
      url,
      "--timeframe",
      "1s",
      "--session",
      "real",
    ];
    const live = await run("live", ...at, "--strategy", "flip.ts", "--until-bars", "14");
    expect(live.exitCode, String(live.stderr)).toBe(0);
    const { drift, causes, result } = documentOf((await run("drift", "real", "--json")).stdout, driftSchema);
    expect(result.fills).toBeGreaterThan(1);
    const amountOf = new Map(causes.map(({ cause, amount }) => [cause, new Decimal(amount)]));
    expect([...amountOf.values()].reduce((sum, one) => sum.plus(one)).toFixed()).toBe(drift);
    expect(amountOf.get("fees")!.toNumber()).toBeLessThan(0);
    expect([amountOf.get("data"), amountOf.get("manual")].map(String)).toEqual(["0", "0"]);
  }, 120_000);

  it.each([
    ["whol", 4, "GEO-SESSION", 'Did you mean "whole"?'],
    ["../x", 2, "GEO-OPTION-VALUE", "expected a name"],
  ])("refuses %s", async (name, exit, code, message) => {
    const { stdout, exitCode } = await run("drift", name, "--json");
    const { error } = documentOf(stdout, errorSchema);
    expect([exitCode, error.code]).toEqual([exit, code]);
    expect(error.message).toContain(message);
  });
});

/** In and out every few bars, for as little as fills at once. */
const flip = `
import { defineStrategy, z } from "geosync";
export default defineStrategy({
  name: "flip",
  description: "In and out.",
  params: z.object({}),
  create(_, ctx) {
    return {
      onBar(bar) {
        if (bar.index % 4 === 1) ctx.buy({ notional: 100 });
        if (bar.index % 4 === 3) ctx.close();
      },
    };
  },
});
`;
