/** Whole runs on a real capture of quotes and of a book; skipped where the shared data is absent. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { backtest } from "../../src/run/backtest.ts";
import { hasShared, sharedFile } from "../data/support.ts";
import { fixed } from "../support/market.ts";

const folder = mkdtempSync(join(tmpdir(), "geosync-feeds-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Buys at the 100th quote or book. */
const strategy = join(folder, "buyer.mjs");
writeFileSync(
  strategy,
  `export default { name: "buyer", create(_, ctx) {
    let rows = 0;
    const act = () => void (++rows === 100 && ctx.buy({ quantity: 0.5 }));
    let bars = 0, ticks = 0;
    return { onQuote: act, onBook: act, onBar: () => void bars++, onTick: () => void ticks++,
      onStop: () => ctx.log("seen", { rows, bars, ticks }) };
  } };`,
);

it.skipIf(!hasShared).each([
  // The rows that MANIFEST counts: 28,040 quotes; 3,448 diffs that apply and the snapshot; 9,757 trades.
  ["BTCUSDT_spot_l1_quotes.csv", { rows: 28_040, bars: 6, ticks: 0 }, "bars-from-mids"],
  ["BTCUSDT_spot_l2_20240808.ndjson.gz", { rows: 3449, bars: 6, ticks: 9757 }, "bars-from-ticks"],
])(
  "%s: a market buy takes what is shown, all of it at no better than the best ask",
  async (name, seen, code) => {
    const heard: unknown[] = [];
    const { document, details } = await backtest({
      files: [sharedFile(name)],
      strategy,
      cash: fixed(100_000),
      details: true,
      onLog: (_, __, fields) => void heard.push(fields),
    });
    expect(heard).toEqual([seen]);
    expect(document.warnings.map((warning) => warning.code)).toContain(code);
    const { fills } = details!;
    const sum = fills.reduce((total, { quantity }) => total + Number(quantity), 0);
    expect(sum).toBeCloseTo(0.5, 12);
    const prices = fills.map(({ price }) => Number(price));
    expect(prices).toEqual([...prices].sort((a, b) => a - b));
    expect(document.reasons).toEqual({ filled: 1 });
    expect(document.positions).toHaveLength(1);
  },
);
