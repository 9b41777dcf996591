/**
 * Whole runs of the shipped strategies on the shipped data, with default settings, pinned: a change of any decision,
 * reason or measure shows here. When the change is meant: `UPDATE_GOLDENS=1 npx vitest run --config
 * test/vitest.config.ts test/golden/runs.test.ts`, and look at what changed in runs.json before you commit it.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { backtest } from "../../src/run/backtest.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const pins = fileURLToPath(new URL("runs.json", import.meta.url));
const updating = process.env.UPDATE_GOLDENS !== undefined;
const pinned: Record<string, unknown> = existsSync(pins) ? JSON.parse(readFileSync(pins, "utf8")) : {};
const found: Record<string, unknown> = {};

const strategies = ["buy-and-hold", "momentum", "sma-cross"];
const files = ["data/SP500_1d.csv", "data/BTCUSDT_1m_synthetic.csv"];

afterAll(() => {
  if (updating) writeFileSync(pins, `${JSON.stringify(found, null, 2)}\n`);
});

describe.each(strategies)("%s", (strategy) => {
  it.each(files)("on %s", async (file) => {
    const first = await pictureOf(strategy, file);
    const name = `${strategy} on ${file}`;
    found[name] = first;
    if (!updating) expect(first).toEqual(pinned[name]);
    expect(await pictureOf(strategy, file)).toEqual(first);
  });
});

async function pictureOf(strategy: string, file: string): Promise<object> {
  const { document } = await backtest({ files: [`${root}${file}`], strategy, cwd: root });
  const { bars, fills, clipped, ambiguousBars, decisionsSha256 } = document.run;
  const { metrics, reasons, warnings, trades, equity } = document;
  return {
    run: { bars, fills, clipped, ambiguousBars, decisionsSha256 },
    metrics: rounded(metrics),
    reasons,
    warnings: warnings.map(({ code }) => code),
    trades: trades.length,
    days: equity.length,
    lastDay: equity.at(-1),
  };
}

/** To twelve digits: the last ones of logarithms and powers are the machine's. */
function rounded(values: object): object {
  return JSON.parse(
    JSON.stringify(values, (_, value) => (typeof value === "number" ? Number(value.toPrecision(12)) : value)),
  );
}
