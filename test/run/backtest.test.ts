/** From files to the document: range, files, seed, costs. What the engine does with them stands in test/engine. */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseTimeframe } from "../../src/domain/time.ts";
import { backtest } from "../../src/run/backtest.ts";
import type { BacktestOptions } from "../../src/run/options.ts";
import { fixed, minute, start } from "../support/market.ts";

let folder = "";
const inFolder = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "geosync-run-"));
  const rows = (price: (bar: number) => string) =>
    Array.from(
      { length: 10 },
      (_, bar) => `${new Date(start + bar * minute).toISOString()},${price(bar)}`,
    ).join("\n");
  const bars = rows((bar) => `${100 + bar},${101 + bar},${100 + bar},${101 + bar},5`);
  writeFileSync(inFolder("AAA.csv"), `time,open,high,low,close,volume\n${bars}\n`);
  const zigzag = Array.from(
    { length: 600 },
    (_, bar) => `${start / 1000 + bar * 60},${100 + ((bar * 7) % 11)}`,
  );
  writeFileSync(inFolder("ZZZ.csv"), `time,close\n${zigzag.join("\n")}\n`);
  writeFileSync(inFolder("BBB.csv"), `time,open,high,low,close,volume\n${bars}\n`);
  writeFileSync(inFolder("AAA_again.csv"), `time,open,high,low,close,volume\n${bars}\n`);
  const quotes = rows((bar) => `${100 + bar},1,${101 + bar},1`);
  writeFileSync(inFolder("QQQ.csv"), `time,bid,bid_qty,ask,ask_qty\n${quotes}\n`);
  writeFileSync(inFolder("AAA_10s.csv"), `time,price,volume\n${rows((bar) => `${100.5 + bar},1`)}\n`);
  writeFileSync(inFolder("TTT.csv"), `time,price,volume\n${rows((bar) => `${100 + bar},1`)}\n`);
  writeFileSync(
    inFolder("eager.mjs"),
    `export default { name: "eager", warmup: 2, create: (_, ctx) => ({
      onBar: (bar) => { if (ctx.position.isFlat) ctx.buy({ quantity: 1 }); ctx.log("seen", { index: bar.index, draw: ctx.random() }); },
    }) };`,
  );
  writeFileSync(
    inFolder("throws.mjs"),
    `export default { name: "throws", create: () => ({ onBar: (bar) => { if (bar.index === 3) throw new Error("no more"); } }) };`,
  );
  writeFileSync(
    inFolder("ahead.mjs"),
    "export default (prices) => prices.map((price, bar) => (prices[bar + 1] ?? price) - price);",
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const go = (options: Partial<BacktestOptions> = {}) =>
  backtest({
    files: [inFolder("AAA.csv")],
    strategy: inFolder("eager.mjs"),
    cwd: folder,
    details: true,
    ...options,
  });

describe("the range", () => {
  it("--from is the first bar that counts, --to the first that does not; earlier bars feed the warm-up", async () => {
    const logged: unknown[] = [];
    const range = { from: start + 4 * minute, to: start + 8 * minute };
    const { document, details } = await go({
      ...range,
      onLog: (_, __, fields) => logged.push(fields!.index),
    });
    expect(document.run.bars).toBe(4);
    expect([document.run.from, document.run.to]).toEqual(["2024-01-01T00:04:00Z", "2024-01-01T00:07:00Z"]);
    // Two bars of warm-up, then the four of the range.
    expect(logged.length).toBe(6);
    // Decided at the close of the bar that opens at --from, bought at the open after it.
    expect(details!.fills.map(({ time, price }) => [time, price])).toEqual([
      ["2024-01-01T00:05:00Z", "105.0525"],
    ]);
    expect(document.reasons).toEqual({ "refused:warmup": 2, filled: 1 });
    expect(document.metrics.buyAndHoldReturn).toBeCloseTo(108 / 105 - 1, 12);
  });

  it("of prints says in which bars the strategy saw them", async () => {
    const warned = async (options: Partial<BacktestOptions>) => {
      const { document } = await go({ files: [inFolder("TTT.csv")], strategy: "buy-and-hold", ...options });
      return document.warnings.find(({ code }) => code === "bars-from-ticks")?.message;
    };
    expect(await warned({})).toContain("bars of 1m were built from the ticks");
    expect(await warned({ timeframe: parseTimeframe("5m") })).toContain("bars of 5m");
    expect(await warned({ files: [inFolder("AAA.csv")] })).toBeUndefined();
  });

  it("needs no bars before it", async () => {
    const { document } = await go({ from: start });
    expect(document.reasons).toEqual({ "refused:warmup": 1, filled: 1 });
  });

  it("--from is inclusive for prints, too", async () => {
    const { document } = await go({
      files: [inFolder("TTT.csv")],
      from: start + 4 * minute,
      strategy: "buy-and-hold",
    });
    expect(document.metrics.buyAndHoldReturn).toBeCloseTo(109 / 104 - 1, 12);
  });
});

describe("what is reported", () => {
  it("is the same for the same run, and its id with it", async () => {
    const [first, again] = [await go(), await go()];
    const told = ({ document }: typeof first) => ({ ...document, run: { ...document.run, durationMs: 0 } });
    expect(told(again)).toEqual(told(first));
    expect(again.details).toEqual(first.details);
  });

  it.each<[string, Partial<BacktestOptions>]>([
    ["the costs", { slippage: fixed("0.01") }],
    ["the cash", { cash: fixed(5000) }],
    ["the data", { files: ["BBB.csv"] }],
  ])("changes its id with %s", async (_, change) => {
    const files = (change.files ?? ["AAA.csv"]).map(inFolder);
    const [first, other] = [await go(), await go({ ...change, files })];
    expect(other.document.run.id).not.toBe(first.document.run.id);
  });

  it("the seed reaches ctx.random", async () => {
    const draws = async (seed: number) => {
      const drawn: unknown[] = [];
      await go({ seed, onLog: (_, __, fields) => drawn.push(fields!.draw) });
      return drawn;
    };
    expect(await draws(5)).toEqual(await draws(5));
    expect(await draws(5)).not.toEqual(await draws(6));
  });

  it("several files run as one market, in the order given", async () => {
    const { document } = await go({ files: ["BBB.csv", "AAA.csv"].map(inFolder), strategy: "buy-and-hold" });
    expect(document.positions.map(({ symbol }) => symbol).sort()).toEqual(["AAA", "BBB"]);
    expect(document.run.bars).toBe(20);
  });
});

describe("quotes and finer data", () => {
  const run = (options: Partial<BacktestOptions>) =>
    backtest({ files: [inFolder("QQQ.csv")], strategy: inFolder("eager.mjs"), details: true, ...options });
  const codes = ({ document }: Awaited<ReturnType<typeof run>>) => document.warnings.map(({ code }) => code);

  it("quotes fill orders and are shown in bars of their mids", async () => {
    const closes: unknown[] = [];
    const outcome = await run({ onLog: (_, __, fields) => void closes.push(fields?.index) });
    expect(closes).toHaveLength(10);
    // Warm-up of 2: decided at the end of the second minute, on the quote of that very time already booked.
    expect(outcome.details!.fills.map(({ price, bar }) => [price, bar])).toEqual([["104", -1]]);
    expect(outcome.document.run.data[0]!.timeframe).toBe("quotes");
    expect(codes(outcome)).toContain("bars-from-mids");
    expect(codes(outcome)).not.toContain("volume-limit-off");
  });

  it("--detail fills inside the bars, and the report names and checks the file", async () => {
    const detail = inFolder("AAA_10s.csv");
    const outcome = await run({ files: [inFolder("AAA.csv")], detail });
    expect(outcome.document.run.detail).toEqual({
      path: detail,
      sha256: createHash("sha256").update(readFileSync(detail)).digest("hex"),
    });
    expect(outcome.details!.fills.map(({ bar }) => bar)).toEqual([3]);
    expect(codes(outcome)).toContain("detail-disagrees");
  });

  it.each([
    ["several files", ["AAA.csv", "BBB.csv"], "found 2 files"],
    ["quotes", ["QQQ.csv"], "found no bars in"],
  ])("--detail beside %s is refused", async (_, files, message) => {
    const given = { files: files.map(inFolder), detail: inFolder("TTT.csv") };
    await expect(run(given)).rejects.toThrow(message);
  });
});

describe("what is refused", () => {
  it.each<[string, Partial<BacktestOptions>, string, string]>([
    ["no file", { files: [] }, "GEO-USAGE", "at least one data file"],
    ["two files of one symbol", { files: ["AAA.csv", "AAA_again.csv"] }, "GEO-DATA-SYMBOL", "both hold AAA"],
    [
      "a strategy that throws, with its place",
      { strategy: "throws.mjs" },
      "GEO-STRATEGY-THREW",
      "throws.mjs:1:",
    ],
    [
      "a vector that looks ahead",
      { strategy: "ahead.mjs", files: ["ZZZ.csv"] },
      "GEO-STRATEGY-LOOKAHEAD",
      "looks ahead",
    ],
    ["a parameter there is not", { params: { fast: 1 } }, "GEO-STRATEGY-PARAMETER", "fast"],
  ])("%s", async (_, { files = ["AAA.csv"], strategy = "eager.mjs", ...rest }, code, message) => {
    const failed = go({ files: files.map(inFolder), strategy: inFolder(strategy), ...rest });
    await expect(failed).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it("an aborted run ends with the signal's reason", async () => {
    const reason = new Error("enough");
    await expect(go({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

it("what fees in base coins leave of a lot is no money: all-in orders go on filling", async () => {
  const { document } = await backtest({
    files: ["data/BTCUSDT_1m_synthetic.csv"],
    strategy: "momentum",
    feeCurrency: "base",
    lot: "0.0001",
  });
  expect(document.run.fills).toBeGreaterThan(1000);
  expect(document.reasons).not.toHaveProperty("refused:insufficient-cash");
});
