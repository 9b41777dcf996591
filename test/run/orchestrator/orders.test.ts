/** From a signal to an order: what it becomes, what it is refused for, and that it is sent once. */
import { afterEach, describe, expect, it } from "vitest";
import { Decimal } from "../../../src/domain/decimal.ts";
import { ConnectionError, OrderError } from "../../../src/domain/errors.ts";
import {
  buildGeoSyncSystem,
  createInstrument,
  type ExecutionRequest,
  GeoSyncOrchestrator,
  type GeoSyncSystemOptions,
  PaperAdapter,
} from "../../../src/index.ts";
import { barsText, dataFolder, FakeVenue, holding } from "./support.ts";

const folder = dataFolder();
const bars = folder.write("BTCUSDT_bars.csv", barsText(30));
const others = folder.write("ETHUSDT_bars.csv", barsText(30));
const shares = folder.write("AAPL.csv", barsText(30));
const lastClose = Number(barsText(30).trim().split(",").at(-2));

const started: GeoSyncOrchestrator[] = [];
afterEach(() => Promise.all(started.splice(0).map((one) => one.stop())));

const flat = (prices: Float64Array) => prices.map(() => 0);

/** Run once on the bars, and live. */
async function live(options: Partial<GeoSyncSystemOptions> = {}): Promise<GeoSyncOrchestrator> {
  const orchestrator = new GeoSyncOrchestrator(
    buildGeoSyncSystem({ allowedDataRoots: [folder.path], ...options }),
  );
  started.push(orchestrator);
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

describe("a signal becomes", () => {
  it.each([
    ["buy", "buy"],
    ["sell", "sell"],
    [1, "buy"],
    [0.2, "buy"],
    [-1, "sell"],
    [{ action: "sell", confidence: 0.4, metadata: {} }, "sell"],
  ] as const)("%j: an order to %s", async (signal, side) => {
    const venue = new FakeVenue();
    const orchestrator = await liveAt(venue);
    const order = await orchestrator.submitSignal(request({ signal }));
    expect(venue.sent).toHaveLength(1);
    expect(venue.sent[0]).toMatchObject({ symbol: "BTC/USDT", side, type: "market", status: "pending" });
    expect(order).toMatchObject({ id: "v1", status: "open", side });
    expect(order.quantity!.toFixed()).toBe("0.5");
  });

  it("a limit order where a price is given, exact to the last digit", async () => {
    const venue = new FakeVenue();
    await (await liveAt(venue)).submitSignal(request({ price: "99.123456789", quantity: 0.1 }));
    expect(venue.sent[0]!.type).toBe("limit");
    expect(venue.sent[0]!.price!.toFixed()).toBe("99.123456789");
    expect(venue.sent[0]!.quantity!.toFixed()).toBe("0.1");
  });

  it.each([
    ["exit", "2.5", "sell"],
    [0, "2.5", "sell"],
    ["exit", "-1.25", "buy"],
    [{ action: "exit", confidence: 1, metadata: {} }, "-0.01", "buy"],
  ] as const)("%j with %s held: all of it, by a %s", async (signal, held, side) => {
    const venue = new FakeVenue();
    venue.positions = [holding(held)];
    await (await liveAt(venue)).submitSignal({ signal, venue: "fake" });
    expect(venue.sent[0]!.side).toBe(side);
    expect(venue.sent[0]!.quantity!.toFixed()).toBe(new Decimal(held).abs().toFixed());
  });

  it("an order for the symbol of the run it came from, however many were run", async () => {
    const venue = new FakeVenue();
    const orchestrator = await liveAt(venue);
    const up = (prices: Float64Array) => prices.map(() => 1);
    const first = await orchestrator.runStrategy({ path: bars }, up);
    const second = await orchestrator.runStrategy({ path: others }, up);
    await orchestrator.submitSignal(request({ signal: first.signals.at(-1)! }));
    await orchestrator.submitSignal(request({ signal: second.signals.at(-1)! }));
    await orchestrator.submitSignal(request({ symbol: "solusdt" }));
    expect(venue.sent.map(({ symbol }) => symbol)).toEqual(["BTC/USDT", "ETH/USDT", "SOL/USDT"]);
    await expect(orchestrator.submitSignal(request())).rejects.toThrow(
      "ExecutionRequest.symbol: expected a symbol, found none, and BTC/USDT, ETH/USDT were run",
    );
  });
});

describe("refused is", () => {
  it.each([
    ["hold", { signal: "hold" }, /found "hold": there is nothing to send/],
    ["no opinion", { signal: Number.NaN }, /found NaN: there is nothing to send/],
    ["another word", { signal: "long" }, /signal: expected a Signal, a score or one of buy/],
    ["a signal that is none", { signal: { action: "buy", confidence: 7 } }, /signal: Signal: .*confidence/s],
    ["nothing", { signal: undefined }, /signal: expected a Signal.*found undefined/],
    ["no quantity", { quantity: undefined }, /quantity: expected a quantity to buy, found undefined/],
    ["a quantity of 0", { quantity: 0 }, /quantity: expected more than 0/],
    ["a quantity that is no number", { quantity: Number.NaN }, /quantity: expected a finite number/],
    ["a price below 0", { price: -1 }, /price: expected more than 0/],
    ["another member", { qty: 1 }, /unknown member "qty"/],
    ["an unknown venue", { venue: "fakee" }, /venue: expected one of FAKE, found FAKEE. Did you mean "FAKE"/],
    ["an empty key", { idempotencyKey: " " }, /idempotencyKey: expected a text of 1 to 200/],
    ["an exit of nothing", { signal: "exit" }, /refused:no-position/],
  ] as const)("%s, and nothing is sent", async (_, more, message) => {
    const venue = new FakeVenue();
    const orchestrator = await liveAt(venue);
    await expect(orchestrator.submitSignal(request(more as never))).rejects.toThrow(message);
    expect(venue.sent).toEqual([]);
  });

  it("everything before the live loop is started, and after it is stopped", async () => {
    const venue = new FakeVenue();
    const system = buildGeoSyncSystem({
      allowedDataRoots: [folder.path],
      venues: { fake: { adapter: venue } },
    });
    const orchestrator = new GeoSyncOrchestrator(system);
    const early = orchestrator.submitSignal(request({ symbol: "BTCUSDT" }));
    await expect(early).rejects.toMatchObject({
      code: "GEO-ORDER-REQUEST",
      hint: "Call and await ensureLiveLoop() first.",
    });
    await orchestrator.ensureLiveLoop();
    await orchestrator.stop();
    await expect(orchestrator.submitSignal(request({ symbol: "BTCUSDT" }))).rejects.toThrow(/live loop/);
    expect(venue.sent).toEqual([]);
  });
});

describe("an idempotency key", () => {
  const keyed = request({ idempotencyKey: "bar 17", price: "100" });

  it("sends one order, however often and however fast it is asked for", async () => {
    const venue = new FakeVenue();
    const orchestrator = await liveAt(venue);
    let open = () => {};
    venue.gate = new Promise((resolve) => (open = resolve));
    const asked = Array.from({ length: 20 }, () => orchestrator.submitSignal(keyed));
    open();
    const orders = await Promise.all(asked);
    const again = await orchestrator.submitSignal(keyed);
    expect(venue.sent).toHaveLength(1);
    expect(new Set([...orders, again].map(({ id }) => id))).toEqual(new Set(["v1"]));
  });

  it("answers later with the order as it stands", async () => {
    const orchestrator = await live({ simulation: { fillLimit: "touch" } });
    const resting = { signal: 1, venue: "binance", quantity: 1, price: "90", idempotencyKey: "a" };
    expect((await orchestrator.submitSignal(resting)).status).toBe("open");
    // The market falls through it.
    const fallen = folder.write("BTCUSDT_fallen.csv", barsText(30, 80));
    await orchestrator.runStrategy({ path: fallen, symbol: "BTCUSDT" }, flat);
    expect((await orchestrator.submitSignal(resting)).status).toBe("filled");
    expect(orchestrator.orders("binance")).toHaveLength(1);
  });

  it("of another order is refused", async () => {
    const orchestrator = await liveAt(new FakeVenue());
    await orchestrator.submitSignal(keyed);
    await expect(orchestrator.submitSignal({ ...keyed, quantity: "0.6" })).rejects.toThrow(
      /found other terms/,
    );
  });

  it("names the order at the venue: the same name for the same key", async () => {
    const [one, two] = [new FakeVenue(), new FakeVenue()];
    for (const venue of [one, two]) await (await liveAt(venue)).submitSignal(keyed);
    expect(one.sent[0]!.clientId).toMatch(/^[0-9a-z]{32}$/);
    expect(two.sent[0]!.clientId).toBe(one.sent[0]!.clientId);
  });

  it("is free again when the order surely is not there", async () => {
    const venue = new FakeVenue();
    const orchestrator = await liveAt(venue);
    venue.failures.place.push(new OrderError("GEO-ORDER-REFUSED", "too small"), new ConnectionError("down"));
    await expect(orchestrator.submitSignal(keyed)).rejects.toThrow("too small");
    await expect(orchestrator.submitSignal(keyed)).rejects.toThrow("down");
    expect((await orchestrator.submitSignal(keyed)).id).toBe("v3");
  });

  it("never sends again an order that may be there", async () => {
    const venue = new FakeVenue();
    const orchestrator = await liveAt(venue);
    venue.failures.place.push(new OrderError("GEO-ORDER-UNKNOWN", "cut off"));
    await expect(orchestrator.submitSignal(keyed)).rejects.toThrow("cut off");
    for (let again = 0; again < 3; again++)
      await expect(orchestrator.submitSignal(keyed)).rejects.toMatchObject({ code: "GEO-ORDER-UNKNOWN" });
    expect(venue.sent).toHaveLength(1);
  });

  it("asks a venue that knows names what became of the order", async () => {
    const venue = Object.assign(new FakeVenue(), {
      findOrder: async (_: string, clientId: string) => venue.byClientId(clientId),
      updates: async function* () {},
      instrument: async (symbol: string) => createInstrument(symbol),
    });
    const orchestrator = await liveAt(venue);
    const place = venue.placeOrder.bind(venue);
    venue.placeOrder = async (order) => {
      await place(order);
      throw new OrderError("GEO-ORDER-UNKNOWN", "cut off");
    };
    await expect(orchestrator.submitSignal(keyed)).rejects.toThrow("cut off");
    const found = await Promise.all([orchestrator.submitSignal(keyed), orchestrator.submitSignal(keyed)]);
    expect(found.map(({ id, status }) => [id, status])).toEqual([
      ["v1", "open"],
      ["v1", "open"],
    ]);
    // So does a program that was started anew.
    const restarted = await liveAt(venue);
    expect((await restarted.submitSignal(keyed)).id).toBe("v1");
    expect(venue.sent).toHaveLength(1);
  });
});

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
      message: expect.stringContaining("refused:no-position"),
      hint: expect.stringContaining('account: "margin"'),
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
    const orchestrator = new GeoSyncOrchestrator(buildGeoSyncSystem({ allowedDataRoots: [folder.path] }));
    started.push(orchestrator);
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
