/** From a signal to an order: what it becomes, what it is refused for, and that it is sent once. */
import { describe, expect, it } from "vitest";
import { Decimal } from "../../../src/domain/decimal.ts";
import { ConnectionError, OrderError } from "../../../src/domain/errors.ts";
import {
  createInstrument,
  type ExecutionRequest,
  type GeoSyncOrchestrator,
  type GeoSyncSystemOptions,
} from "../../../src/index.ts";
import { barsText, dataFolder, FakeVenue, flat, holding, orchestrators } from "./support.ts";

const folder = dataFolder();
const bars = folder.write("BTCUSDT_bars.csv", barsText(30));
const others = folder.write("ETHUSDT_bars.csv", barsText(30));

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
    const orchestrator = make({ venues: { fake: { adapter: venue } } });
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
