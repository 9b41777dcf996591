/** The frames of a run: what the strategy saw, row by row, and how it is written. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import {
  FeaturePipeline,
  type MarketDataSourceOptions,
  type StrategyInput,
  sma,
} from "../../../src/index.ts";
import { barsText, dataFolder, minute, orchestrators, start } from "./support.ts";

const folder = dataFolder();
const bars = folder.write("BTCUSDT_bars.csv", barsText(300));

const orchestrator = orchestrators(folder.path);
const run = (strategy: StrategyInput, source: Partial<MarketDataSourceOptions> = {}) =>
  orchestrator().runStrategy({ path: bars, venue: "binance", ...source }, strategy);

const vector = (prices: Float64Array) => {
  const mean = sma(5);
  return Float64Array.from(prices, (price) => Math.sign(price - mean.update(price)));
};

describe("the frames", () => {
  it("have every bar of the file, warm-up included", async () => {
    const { marketFrame, featureFrame, signals, symbol, venue } = await run(vector);
    expect([symbol, venue]).toEqual(["BTC/USDT", "BINANCE"]);
    expect([marketFrame.length, featureFrame.length, signals.length]).toEqual([300, 300, 300]);
    expect(marketFrame.names).toEqual(["openTime", "time", "open", "high", "low", "close", "volume"]);
    const rows = readFileSync(bars, "utf8").trim().split("\n").slice(1);
    const columns = ["open", "high", "low", "close", "volume"].map((name) => marketFrame.column(name));
    const told = rows.map((_, bar) => columns.map((column) => column[bar]).join(","));
    expect(told).toEqual(rows.map((row) => row.split(",").slice(1).map(Number).join(",")));
    expect(Array.from(marketFrame.column("openTime").slice(0, 2))).toEqual([start, start + minute]);
    expect(marketFrame.column("time")[0]).toBe(start + minute);
  });

  it("have the features that a pipeline fed live gives, bar by bar", async () => {
    const { marketFrame, featureFrame } = await run(vector);
    const live = new FeaturePipeline().start();
    const [open, high, low, close, volume] = ["open", "high", "low", "close", "volume"].map((name) =>
      marketFrame.column(name),
    );
    for (let bar = 0; bar < 300; bar++) {
      const row = {
        open: open![bar]!,
        high: high![bar]!,
        low: low![bar]!,
        close: close![bar]!,
        volume: volume![bar]!,
      };
      for (const [name, value] of Object.entries(live.update(row)))
        expect(featureFrame.column(name)[bar], `${name} of bar ${bar}`).toBe(value);
    }
    expect(featureFrame.column("close")).toEqual(marketFrame.column("close"));
    expect(featureFrame.names).toEqual(["time", "close", ...live.names]);
  });

  it("have the price column that was asked for", async () => {
    const system = orchestrator({ features: { priceColumn: "open", smaWindows: [1] } });
    const { featureFrame, marketFrame } = await system.runStrategy({ path: bars }, vector);
    expect(featureFrame.column(system.system.featurePipeline.config.priceColumn)).toEqual(
      marketFrame.column("open"),
    );
    expect(featureFrame.column("sma1")).toEqual(marketFrame.column("open"));
  });

  it("know of missing volume: it is NaN, not 0", async () => {
    const path = folder.write("AAA.csv", barsText(60).replace(/,[^,\n]*$/gm, ""));
    const { marketFrame, featureFrame } = await run(vector, { path });
    expect(marketFrame.column("volume").every(Number.isNaN)).toBe(true);
    expect(featureFrame.column("logVolume").every(Number.isNaN)).toBe(true);
    expect(featureFrame.column("sma5").at(-1)).toBeGreaterThan(99);
  });

  it("of trades have bars, with order flow from the trades themselves", async () => {
    const rows = Array.from({ length: 600 }, (_, i) => {
      const side = i % 4 === 0 ? "sell" : "buy";
      return `${start + i * 10_000},${100 + (i % 3)},2,${side}`;
    });
    const path = folder.write("TTT.csv", `time,price,volume,side\n${rows.join("\n")}\n`);
    const { marketFrame, featureFrame } = await run(vector, { path });
    expect(marketFrame.length).toBe(100);
    expect(marketFrame.column("volume")[0]).toBe(12);
    // Of twelve prints, two bars, three are sells: (18 − 6) / 24. Known from the twentieth bar on, as nothing is estimated.
    const imbalance = featureFrame.column("orderImbalance20");
    expect(imbalance.findIndex((value) => !Number.isNaN(value))).toBe(19);
    expect(imbalance[19]).toBe(0.5);
  });

  it("refuse a column they have not, and name the one that was meant", async () => {
    const { featureFrame } = await run(vector);
    expect(() => featureFrame.column("rsi41")).toThrow('found "rsi41". Did you mean "rsi14"?');
    expect(() => featureFrame.column("constructor")).toThrow('found "constructor"');
  });

  it.each([
    ["a function", vector],
    ["a file", "sma-cross"],
  ] as const)("are cut short by no limit in silence (%s)", async (_, strategy) => {
    const runWith = (maxRows: number) =>
      orchestrator({ limits: { maxRows } }).runStrategy({ path: bars }, strategy);
    await expect(runWith(299)).rejects.toThrow(/frames: expected at most 299 bars/);
    expect((await runWith(300)).marketFrame.length).toBe(300);
  });

  it("can be written as CSV and read back, cell for cell", async () => {
    const { featureFrame } = await run(vector);
    const path = join(folder.path, "features.csv");
    await featureFrame.toCsv(path);
    const [head, ...lines] = readFileSync(path, "utf8").trimEnd().split("\n");
    expect(head!.split(",")).toEqual(featureFrame.names);
    for (const [i, name] of featureFrame.names.entries()) {
      const cells = lines.map((line) => line.split(",")[i]!);
      const values = cells.map((cell) =>
        name === "time" ? Date.parse(cell) : cell === "" ? Number.NaN : Number(cell),
      );
      expect(Float64Array.from(values), name).toEqual(featureFrame.column(name));
    }
  });

  it("can be written as Parquet and read back, cell for cell", async () => {
    const { featureFrame, marketFrame } = await run(vector);
    for (const frame of [featureFrame, marketFrame]) {
      const path = join(folder.path, "frame.parquet");
      await frame.toParquet(path);
      const bytes = readFileSync(path);
      const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
      const rows = await parquetReadObjects({ file });
      expect(rows).toHaveLength(300);
      for (const name of frame.names) {
        const values = rows.map((row) => (row[name] instanceof Date ? row[name].getTime() : row[name]));
        expect(Float64Array.from(values as number[]), name).toEqual(frame.column(name));
      }
      expect(rows[0]!.time).toEqual(new Date(start + minute));
    }
  });

  it("say when they cannot be written, and leave nothing behind", async () => {
    const { marketFrame } = await run(vector);
    const path = join(folder.path, "no", "frame.csv");
    await expect(marketFrame.toCsv(path)).rejects.toMatchObject({ code: "GEO-OUTPUT" });
  });
});
