/** What the risk policy makes of orders, and what a simulated venue does with them. */
import { describe, expect, it } from "vitest";
import { Decimal } from "../../../src/domain/decimal.ts";
import { OrderError } from "../../../src/domain/errors.ts";
import {
  createInstrument,
  type ExecutionRequest,
  type GeoSyncOrchestrator,
  type GeoSyncSystemOptions,
  PaperAdapter,
} from "../../../src/index.ts";
import { barsText, dataFolder, FakeVenue, flat, holding, orchestrators } from "./support.ts";

const folder = dataFolder();
const bars = folder.write("BTCUSDT_bars.csv", barsText(30));
const others = folder.write("ETHUSDT_bars.csv", barsText(30));
const shares = folder.write("AAPL.csv", barsText(30));
const lastClose = Number(barsText(30).trim().split(",").at(-2));

const make = orchestrators(folder.path);

/** Run once on the bars, and live. */
async function live(options: Partial<GeoSyncSystemOptions> = {}): Promise<GeoSyncOrchestrator> {
  const orchestrator = make(options);
  await orchestrator.runStrategy({ path: bars, venue: "BINANCE" }, flat);
  await orchestrator.ensureLiveLoop();
  return orchestrator;
}

async function liveAt(venue: FakeVenue, options: Partial<GeoSyncSystemOptions> = {}) {
  return live({ venues: { fake: { adapter: venue } }, ...options });
}

const request = (more: Partial<ExecutionRequest> = {}): ExecutionRequest => {
  return { signal: "buy", venue: "fake", quantity: "0.5", ...more };
};

describe("the risk policy of the system", () => {
  it.each([
    [{ maxPosition: 0.4 }, "refused:max-position"],
    [{ maxNotional: 49 }, "refused:max-notional"],
    [{ symbols: ["ETH/USDT"] }, "refused:symbol"],
    [{ sides: "sell" }, "refused:side"],
    [{ killSwitch: true }, "refused:halted"],
    [{ priceCollar: "10%" }, "refused:price-collar"],
  ] as const)("%j refuses an order by %s, and lets the exit pass", async (risk, code) => {
    const venue = new FakeVenue();
    const orchestrator = await liveAt(venue, { risk });
    await expect(orchestrator.submitSignal(request({ price: "150" }))).rejects.toMatchObject({
      code: "GEO-ORDER-REFUSED",
      message: expect.stringContaining(code),
    });
    expect(venue.sent).toEqual([]);
    venue.positions = [holding("3")];
    expect((await orchestrator.submitSignal(request({ signal: "exit" }))).side).toBe("sell");
  });

  it("counts open orders: five small ones do not pass where one large one would not", async () => {
    const venue = new FakeVenue();
    const orchestrator = await liveAt(venue, { risk: { maxPosition: 1 } });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () => orchestrator.submitSignal(request({ price: 99 }))),
    );
    expect(outcomes.map(({ status }) => status)).toEqual([
      ...["fulfilled", "fulfilled", "rejected", "rejected", "rejected"],
    ]);
    expect(venue.sent).toHaveLength(2);
  });

  it("counts what the venue says is held", async () => {
    const venue = new FakeVenue();
    venue.positions = [holding("0.8")];
    const orchestrator = await liveAt(venue, { risk: { maxPosition: 1 } });
    await expect(orchestrator.submitSignal(request())).rejects.toThrow(/refused:max-position/);
    expect((await orchestrator.submitSignal(request({ quantity: "0.2" }))).status).toBe("open");
  });

  it("halts at a daily loss, and closes all where it says so", async () => {
    const venue = new FakeVenue();
    venue.positions = [holding("10", "100", "100")];
    const risk = { maxDailyLoss: "2%", onMaxDailyLoss: "flatten" };
    const orchestrator = await liveAt(venue, { risk });
    await orchestrator.submitSignal(request({ quantity: "0.1" }));
    venue.positions = [holding("10", "100", "70")];
    await expect(orchestrator.submitSignal(request())).rejects.toThrow(/refused:halted/);
    const close = venue.sent.at(-1)!;
    expect([close.side, close.type, close.quantity!.toFixed()]).toEqual(["sell", "market", "10"]);
  });

  it("halts when the prices of later runs fall, at a simulated venue, too", async () => {
    let now = Date.UTC(2024, 0, 1, 12);
    const orchestrator = await live({ risk: { maxDrawdown: "5%" }, now: () => now });
    const buy = { signal: 1, venue: "binance", quantity: 50 };
    expect((await orchestrator.submitSignal(buy)).status).toBe("filled");
    now += 1000;
    const fallen = folder.write("BTCUSDT_fallen.csv", barsText(30, 80));
    await orchestrator.runStrategy({ path: fallen }, flat);
    // Back at the old price the loss is gone, but not what it led to.
    await orchestrator.runStrategy({ path: bars }, flat);
    await expect(orchestrator.submitSignal({ ...buy, quantity: 1 })).rejects.toThrow(/refused:halted/);
    const exit = await orchestrator.submitSignal({ signal: "exit", venue: "binance" });
    expect(exit.filledQuantity.toFixed()).toBe("50");
  });

  it("a sell of what is not held, refused by the venue for want of balance, says so", async () => {
    const venue = new FakeVenue();
    venue.failures.place.push(new OrderError("GEO-ORDER-REFUSED", "Account has insufficient balance"));
    const sell = (await liveAt(venue)).submitSignal(request({ signal: "sell" }));
    await expect(sell).rejects.toMatchObject({
      message: expect.stringMatching(
        /^BTC\/USDT sell of 0\.5: refused:no-position: expected BTC that FAKE holds/,
      ),
      hint: expect.stringContaining("FAKE must lend"),
      cause: { message: "Account has insufficient balance" },
    });
  });

  it("another refusal of a sell stays what it is", async () => {
    const venue = new FakeVenue();
    venue.failures.place.push(new OrderError("GEO-ORDER-REFUSED", "The market is closed"));
    const sell = (await liveAt(venue)).submitSignal(request({ signal: "sell" }));
    await expect(sell).rejects.toThrow("The market is closed");
  });

  it("cools down after losses in a row", async () => {
    const venue = new FakeVenue();
    let now = Date.UTC(2024, 0, 1, 12);
    const risk = { coolDown: { losses: 1, for: "1h" } };
    const orchestrator = await liveAt(venue, { risk, now: () => now, pollMs: 1 });
    venue.positions = [holding("1", "100", "90")];
    const { id } = await orchestrator.submitSignal(request({ signal: "exit" }));
    venue.change(id, { kind: "filled", quantity: new Decimal(1), price: new Decimal(90) });
    await expect.poll(() => orchestrator.order("fake", id)!.status).toBe("filled");
    venue.positions = [];
    await expect(orchestrator.submitSignal(request())).rejects.toThrow(/refused:cool-down/);
    now += 3_600_000;
    expect((await orchestrator.submitSignal(request())).status).toBe("open");
  });
});

describe("the simulated venue", () => {
  it("fills a market order at the last close, with the costs of a backtest, and rests a limit order", async () => {
    const orchestrator = await live();
    const market = await orchestrator.submitSignal({ signal: 1, venue: "binance", quantity: "2" });
    expect(market.status).toBe("filled");
    expect(market.averagePrice!.toNumber()).toBeCloseTo(lastClose * 1.0005, 9);
    const limit = await orchestrator.submitSignal({
      signal: 1,
      venue: "binance",
      quantity: 1,
      price: lastClose,
    });
    expect([limit.status, limit.type]).toEqual(["open", "limit"]);
    const exit = await orchestrator.submitSignal({ signal: "exit", venue: "binance" });
    expect([exit.status, exit.side, exit.filledQuantity.toFixed()]).toEqual(["filled", "sell", "2"]);
  });

  it("has shorts on a margin account, and an exit buys them back", async () => {
    const orchestrator = await live({ simulation: { account: "margin" } });
    const short = await orchestrator.submitSignal({ signal: -1, venue: "binance", quantity: "2" });
    expect([short.status, short.side]).toEqual(["filled", "sell"]);
    const exit = await orchestrator.submitSignal({ signal: 0, venue: "binance" });
    expect([exit.status, exit.side, exit.filledQuantity.toFixed()]).toEqual(["filled", "buy", "2"]);
  });

  it("says how to go short where there are no shorts", async () => {
    const short = (await live()).submitSignal({ signal: -1, venue: "binance", quantity: 1 });
    await expect(short).rejects.toMatchObject({
      code: "GEO-ORDER-REFUSED",
      message:
        "BTC/USDT sell of 1: refused:no-position: expected BTC that BINANCE holds, to sell it, found none: a cash account has no shorts",
      hint: expect.stringContaining('simulation: { account: "margin" }'),
    });
  });

  it("says the same of the last sell of a strategy that holds nothing, and sells what is held", async () => {
    const orchestrator = await live();
    const down = await orchestrator.runStrategy({ path: bars }, (prices: Float64Array) =>
      prices.map(() => -1),
    );
    const sell = { signal: down.signals.at(-1)!, venue: "binance", quantity: 1 };
    await expect(orchestrator.submitSignal(sell)).rejects.toThrow("refused:no-position: expected BTC that");
    await orchestrator.submitSignal({ signal: "buy", venue: "binance", quantity: 2 });
    expect((await orchestrator.submitSignal(sell)).filledQuantity.toFixed()).toBe("1");
    const exit = await orchestrator.submitSignal({ signal: "exit", venue: "binance" });
    expect(exit.filledQuantity.toFixed()).toBe("1");
    await expect(orchestrator.submitSignal({ signal: "exit", venue: "binance" })).rejects.toMatchObject({
      message: expect.stringContaining(
        "exit: refused:no-position: expected something of BTC/USDT that BINANCE",
      ),
      hint: expect.stringContaining("out of the market already"),
    });
  });

  it("refuses what cannot be paid", async () => {
    const large = (await live()).submitSignal({ signal: 1, venue: "binance", quantity: 1000 });
    await expect(large).rejects.toThrow(/refused:insufficient-cash/);
  });

  it("is there under the name of each run's venue, also when the loop runs already", async () => {
    const orchestrator = await live();
    await orchestrator.runStrategy({ path: bars, venue: "kraken" }, flat);
    const order = await orchestrator.submitSignal({ signal: 1, venue: "Kraken", quantity: 1 });
    expect(order.status).toBe("filled");
    const unknown = orchestrator.submitSignal({ signal: 1, venue: "binanc", quantity: 1 });
    await expect(unknown).rejects.toThrow(
      'expected one of BINANCE, KRAKEN, found BINANC. Did you mean "BINANCE"?',
    );
  });

  it("trades several symbols of its currency on one account, and none of another", async () => {
    const orchestrator = await live();
    await orchestrator.runStrategy({ path: others }, flat);
    await orchestrator.runStrategy({ path: shares }, flat);
    const buy = (symbol: string, quantity: number) =>
      orchestrator.submitSignal({ signal: 1, venue: "binance", symbol, quantity });
    expect((await buy("ETH/USDT", 60)).status).toBe("filled");
    await expect(buy("BTC/USDT", 60)).rejects.toThrow(/refused:insufficient-cash/);
    await expect(buy("AAPL", 1)).rejects.toThrow(/has seen no price of it, and holds USDT only/);
  });

  it("has no price before something was run", async () => {
    const orchestrator = make();
    await orchestrator.ensureLiveLoop();
    const order = orchestrator.submitSignal({ signal: 1, venue: "binance", symbol: "BTCUSDT", quantity: 1 });
    await expect(order).rejects.toThrow(/refused:no-price: the simulated venue has seen no price/);
  });
});

it("a paper adapter takes no instrument of another currency", () => {
  const paper = new PaperAdapter({
    instruments: [createInstrument("BTC/USDT")],
    cash: { units: 1n, scale: 0 },
  });
  expect(() => paper.add(createInstrument("AAPL"))).toThrow(/expected an instrument that settles in USDT/);
});
