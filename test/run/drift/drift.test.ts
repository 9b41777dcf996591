import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Decimal } from "../../../src/domain/decimal.ts";
import type { BacktestOptions } from "../../../src/run/options.ts";
import { driftOfPlayed, playSession, ToldVenue } from "./sessions.ts";

const zero = { data: "0", rejects: "0", manual: "0", timing: "0", price: "0", fees: "0", other: "0" };

/** Of the first day of the sample. */
let folder: string;
let day: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "geosync-drift-"));
  day = join(folder, "BTCUSDT_1m.csv");
  const lines = readFileSync("data/BTCUSDT_1m_synthetic.csv", "utf8").split("\n");
  writeFileSync(day, `${lines.slice(0, 500).join("\n")}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** No volume limit: a venue that fills at once is told from a backtest that does, too. */
const momentum = (): BacktestOptions => ({
  ...{ files: [day], strategy: "momentum", params: { lookback: 30 }, volumeLimit: null as never },
  takerFee: { units: 1n, scale: 3 },
  slippage: { units: 0n, scale: 0 },
});

describe("a paper session on files", () => {
  it.each<[string, () => BacktestOptions]>([
    ["sma-cross", () => ({ files: ["data/SP500_1d.csv"], strategy: "sma-cross" })],
    ["momentum", momentum],
    [
      "brackets on margin, with latency",
      () => ({
        files: [day],
        strategy: "examples/strategies/breakout.ts",
        account: "margin",
        volumeUnit: "base",
      }),
    ],
  ])("does not drift: %s", async (_, options) => {
    const played = await playSession({ options: options() });
    const { document, amounts } = await driftOfPlayed(played);
    expect(document.result.fills).toBeGreaterThan(3);
    expect(document.result).toEqual(document.backtest);
    expect({ drift: document.drift, ...amounts }).toEqual({ drift: "0", ...zero });
    expect(document.causes.flatMap(({ examples }) => examples)).toEqual([]);
    const again = await driftOfPlayed(played, options().files);
    expect({ drift: again.document.drift, ...again.amounts }).toEqual({ drift: "0", ...zero });
    expect(again.document.bars).toMatchObject({ differing: 0, missing: 0, extra: 0 });
  });

  it("drifts by what users ordered through it, and by nothing else", async () => {
    const order = { symbol: "BTC/USDT", side: "buy", quantity: "0.01" } as const;
    const played = await playSession({
      options: momentum(),
      commands: { 10: { kind: "order", key: null, order } },
    });
    const { amounts, document } = await driftOfPlayed(played);
    expect(whatsOf(document, "manual").join("\n")).toContain("by hand: buy 0.01 at ");
    expect(Number(amounts.manual)).not.toBe(0);
    const parts = Object.values(amounts).reduce((sum, amount) => sum.plus(amount), new Decimal(0));
    expect(parts.toFixed()).toBe(document.drift);
  });

  it("stopped in the middle is compared over its own period", async () => {
    const { document, amounts } = await driftOfPlayed(
      await playSession({ options: momentum(), untilBars: 200 }),
      [day],
    );
    expect(document.to).toBe("2024-01-01T03:20:00Z");
    expect({ drift: document.drift, ...amounts }).toEqual({ drift: "0", ...zero });
    expect(document.bars!.compared).toBe(200);
  });

  it("that was halted for a while drifts by risk alone", async () => {
    const commands = { 100: { kind: "halt", because: "a test" }, 250: { kind: "resume" } } as const;
    const { document, amounts } = await driftOfPlayed(await playSession({ options: momentum(), commands }));
    expect(Number(document.drift)).not.toBe(0);
    expect(amounts).toEqual({ ...zero, rejects: document.drift });
    expect(whatsOf(document, "rejects").join("\n")).toContain(
      "in the backtest alone; in the session: refused:halted",
    );
  });

  it("that was told to flatten drifts by risk", async () => {
    const commands = { 160: { kind: "flatten" } } as const;
    const { document, amounts } = await driftOfPlayed(await playSession({ options: momentum(), commands }));
    expect(amounts.rejects).toBe(document.drift);
    expect(Number(document.drift)).not.toBe(0);
  });
});

describe("a session at a venue", () => {
  const drifted = async (told: ConstructorParameters<typeof ToldVenue>[0]) => {
    const { document, amounts } = await driftOfPlayed(
      await playSession({ options: momentum(), venue: new ToldVenue(told) }),
    );
    const sum = Object.values(amounts).reduce((total, amount) => total.plus(amount), new Decimal(0));
    expect(sum.toFixed()).toBe(document.drift);
    expect(document.result.fills).toBeGreaterThan(5);
    return { document, amounts: Object.fromEntries(Object.entries(amounts).map(([k, v]) => [k, Number(v)])) };
  };

  it("with worse prices drifts by price", async () => {
    const { amounts, document } = await drifted({ fee: "0.001", slip: "0.002" });
    expect(amounts.price).toBeLessThan(-20);
    expect(amounts).toMatchObject({ data: 0, rejects: 0, manual: 0, timing: 0, other: 0 });
    expect(whatsOf(document, "price")[0]).toMatch(/^(buy|sell) \S+ at \S+ instead of (buy|sell) \S+ at \S+$/);
  });

  it("with other fees drifts by fees", async () => {
    const cheap = await drifted({ fee: "0.0005" });
    const dear = await drifted({ fee: "0.002" });
    expect(cheap.amounts.fees).toBeGreaterThan(10);
    expect(dear.amounts.fees).toBeLessThan(-20);
    expect(dear.amounts).toMatchObject({ data: 0, rejects: 0, manual: 0, timing: 0, other: 0 });
    expect(whatsOf(dear.document, "fees")[0]).toMatch(/: fee \S+ USDT instead of \S+ USDT$/);
  });

  it("that is slow drifts by time", async () => {
    const { amounts } = await drifted({ fee: "0.001", delay: 2 });
    expect(amounts.timing).not.toBe(0);
    expect(amounts).toMatchObject({ data: 0, rejects: 0, manual: 0, other: 0 });
  });

  it("that refuses an order drifts by it, and by what followed", async () => {
    const { amounts, document } = await drifted({ fee: "0.001", refuses: [1, 5] });
    expect(amounts.rejects).not.toBe(0);
    expect(amounts).toMatchObject({ data: 0, manual: 0, timing: 0, other: 0 });
    expect(whatsOf(document, "rejects").join("\n")).toContain("in the session: refused:by-venue");
  });

  it("where somebody trades by hand drifts by that", async () => {
    const byHand = { 5: { side: "buy", quantity: "0.01" } } as const;
    const { amounts, document } = await drifted({ fee: "0.001", byHand });
    expect(amounts.manual).not.toBe(0);
    expect(amounts).toMatchObject({ data: 0, other: 0 });
    expect(whatsOf(document, "manual").join("\n")).toContain("by hand: buy 0.01 at ");
  });
});

it("bars that were not the official ones are the cause of what they changed", async () => {
  const other = join(folder, "other_1m.csv");
  const lines = readFileSync(day, "utf8").split("\n");
  const wrong = lines.flatMap((line, i) => {
    const cells = line.split(",");
    if (i === 100) return [];
    if (i < 50 || i % 7 > 0) return [line];
    const close = new Decimal(cells[4]!).times(i % 2 === 0 ? "1.004" : "0.996").toFixed(2);
    return [
      [
        cells[0],
        cells[1],
        Decimal.max(cells[2]!, close),
        Decimal.min(cells[3]!, close),
        close,
        ...cells.slice(5),
      ].join(","),
    ];
  });
  writeFileSync(other, wrong.join("\n"));
  const played = await playSession({ options: { ...momentum(), files: [other], symbol: "BTC/USDT" } });
  const { document, amounts } = await driftOfPlayed(played, [day]);
  expect(Number(document.drift)).not.toBe(0);
  expect(amounts).toEqual({ ...zero, data: document.drift });
  expect(document.bars).toMatchObject({ compared: 499, missing: 1, extra: 0 });
  expect(document.bars!.differing).toBeGreaterThan(50);
  expect(whatsOf(document, "data")[0]).toMatch(/^the session has no bar; close /);
  expect(whatsOf(document, "data")[1]).toMatch(/close \S+ instead of \S+/);
});

it("official data must be of what was traded", async () => {
  const second = join(folder, "ETHUSDT_1m.csv");
  writeFileSync(second, readFileSync(day));
  const played = await playSession({ options: { ...momentum(), files: [day, second] }, untilBars: 50 });
  await expect(driftOfPlayed(played, [day])).rejects.toMatchObject({
    code: "GEO-USAGE",
    message: expect.stringContaining("expected data of BTC/USDT, ETH/USDT, found BTC/USDT"),
  });
});

function whatsOf(
  { causes }: Awaited<ReturnType<typeof driftOfPlayed>>["document"],
  cause: string,
): readonly string[] {
  return causes.find((one) => one.cause === cause)!.examples.map(({ what }) => what);
}
