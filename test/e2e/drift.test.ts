import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { driftSchema } from "../../src/report/driftSchema.ts";
import { errorSchema } from "../../src/report/schema.ts";
import { buildWhenStale, documentOf, geosync, workingFolder } from "./geosync.ts";

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
