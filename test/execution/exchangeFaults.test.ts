/** The adapter on the local exchange while things go wrong; the audit of every request says what was really sent. */
import { afterEach, describe, expect, it } from "vitest";
import type { GeoSyncError } from "../../src/domain/errors.ts";
import { createOrder } from "../../src/domain/order.ts";
import type { AccountUpdate, TradingAdapter } from "../../src/domain/ports.ts";
import type { ExchangeAdapterOptions } from "../../src/execution/exchangeAdapter.ts";
import { credentials, type LocalVenue, localVenue, plan } from "../support/localVenue.ts";

let local: LocalVenue;
let adapter: TradingAdapter;

afterEach(async () => {
  await adapter.disconnect();
  await local.close();
});

async function trading(
  faults: Parameters<typeof plan>[0],
  options: Partial<ExchangeAdapterOptions> = {},
): Promise<void> {
  local = await localVenue(plan(faults));
  adapter = local.adapter(options);
  await adapter.connect(credentials);
}

const limitOrder = createOrder({
  symbol: "BTC/USDT",
  side: "buy",
  type: "limit",
  quantity: "0.01",
  price: "50000",
  clientId: "mine1",
});
const marketOrder = createOrder({ symbol: "BTC/USDT", side: "buy", quantity: "0.01", clientId: "mine1" });

function outcome(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "placed",
    (error: GeoSyncError) => error.code,
  );
}

/** Orders that reached the venue, by the names they were given. */
function sent(): readonly string[] {
  return local.requests("POST /api/v3/order").map(({ params }) => params.newClientOrderId!);
}

const onOrder = (fault: object) => ({
  requests: [{ method: "POST" as const, path: "/api/v3/order", fault }],
});

describe("an order is sent once, whatever becomes of the answer", () => {
  it.each<[string, object, string, boolean]>([
    ["cut before it was taken", { kind: "cut", when: "before" }, "GEO-ORDER-UNKNOWN", false],
    ["cut after it was taken", { kind: "cut", when: "after" }, "GEO-ORDER-UNKNOWN", true],
    ["500 after it was taken", { kind: "status", status: 500, when: "after" }, "GEO-ORDER-UNKNOWN", true],
    ["503 before it was taken", { kind: "status", status: 503, when: "before" }, "GEO-ORDER-UNKNOWN", false],
    ["504 after it was taken", { kind: "status", status: 504, when: "after" }, "GEO-ORDER-UNKNOWN", true],
    ["a good answer that ends early", { kind: "truncate", keep: 0.6 }, "GEO-ORDER-UNKNOWN", true],
    ["an answer of nothing", { kind: "truncate", keep: 0 }, "GEO-ORDER-UNKNOWN", true],
    ["429", { kind: "status", status: 429, when: "before" }, "GEO-VENUE-LIMITED", false],
  ])("%s", async (_, fault, code, isThere) => {
    await trading(onOrder(fault));
    expect(await outcome(adapter.placeOrder(limitOrder))).toBe(code);
    expect(sent().length).toBeLessThanOrEqual(1);
    if (code === "GEO-VENUE-LIMITED") return;
    // What became of it is asked, not tried: and the answer is the venue's.
    const found = await adapter.findOrder("BTC/USDT", "mine1");
    expect(found?.status ?? null).toBe(isThere ? "open" : null);
    expect(await outcome(adapter.placeOrder(limitOrder))).toBe("GEO-ORDER-REQUEST");
    expect(sent()).toEqual(["mine1"]);
  });

  it("a market order that filled before the line was cut is found filled, once", async () => {
    await trading(onOrder({ kind: "cut", when: "after" }));
    expect(await outcome(adapter.placeOrder(marketOrder))).toBe("GEO-ORDER-UNKNOWN");
    const found = await adapter.findOrder("BTC/USDT", "mine1");
    expect([found!.status, found!.filledQuantity.toFixed()]).toEqual(["filled", "0.01"]);
    const trades = await adapter.ownTrades("BTC/USDT", { time: 0 });
    expect(trades.reduce((sum, { quantity }) => sum + Number(quantity), 0)).toBeCloseTo(0.01, 10);
    expect(sent()).toEqual(["mine1"]);
  });

  it("an order off the grid, too small or not payable never leaves, or is refused by name", async () => {
    await trading({});
    const bad = { ...limitOrder, clientId: "mine2" };
    const off = { ...bad, price: limitOrder.price!.plus("0.001") };
    const small = { ...bad, quantity: limitOrder.quantity!.div(1000) };
    const big = { ...bad, quantity: limitOrder.quantity!.times(1000) };
    expect(await outcome(adapter.placeOrder(off))).toBe("GEO-ORDER-REFUSED");
    expect(await outcome(adapter.placeOrder(small))).toBe("GEO-ORDER-REFUSED");
    expect(sent()).toEqual([]);
    expect(await outcome(adapter.placeOrder(big))).toBe("GEO-ORDER-REFUSED");
    // It is not there and never was: the name is free.
    expect(await outcome(adapter.placeOrder({ ...bad, id: "" }))).toBe("placed");
  });
});

describe("a cancel may be asked for again", () => {
  it("when its answer was lost: it was this call that cancelled", async () => {
    const fault = { kind: "cut", when: "after" } as const;
    await trading({ requests: [{ method: "DELETE", path: "/api/v3/order", nth: [1], fault }] });
    const { id } = await adapter.placeOrder(limitOrder);
    expect(await adapter.cancelOrder(id)).toBe(true);
    expect(await adapter.cancelOrder(id)).toBe(false);
  });
});

describe("news of the account", () => {
  /** Buys twice and collects the news until both are told filled. */
  async function newsOfTwoOrders(): Promise<readonly AccountUpdate[]> {
    const news: AccountUpdate[] = [];
    const stream = adapter.updates()[Symbol.asyncIterator]();
    news.push((await stream.next()).value);
    for (const clientId of ["mine1", "mine2"]) await adapter.placeOrder({ ...marketOrder, clientId });
    const first = await adapter.placeOrder({ ...limitOrder, clientId: "mine3" });
    await adapter.cancelOrder(first.id);
    const deadline = Date.now() + 20_000;
    while (!isTold(news, "mine3", "cancelled") && Date.now() < deadline)
      news.push((await stream.next()).value);
    return news;
  }

  it.each<[string, object]>([
    ["twice", { every: 2, fault: { kind: "duplicate" } }],
    ["out of order", { every: 2, fault: { kind: "reorder" } }],
    ["late", { every: 3, fault: { kind: "late", ms: 100 } }],
    ["not at all, now and then", { every: 3, fault: { kind: "drop" } }],
    ["until the stream is cut", { nth: [4], fault: { kind: "cut" } }],
    ["until the venue ends the stream", { nth: [4], fault: { kind: "terminate" } }],
    ["until it falls silent", { nth: [4], fault: { kind: "stall" } }],
  ])("told %s: orders never go back, no trade twice, and what was missed is asked for", async (_, rule) => {
    await trading({ streams: [{ stream: "user", ...rule } as never] }, { silenceMs: 300 });
    const news = await newsOfTwoOrders();
    expect(news[0]!.kind).toBe("gap");
    const trades = news.flatMap((one) => (one.kind === "trade" ? [one.trade.id] : []));
    expect(new Set(trades).size).toBe(trades.length);
    for (const clientId of ["mine1", "mine2"]) {
      const filled = news.flatMap((one) =>
        one.kind === "order" && one.order.clientId === clientId ? [Number(one.order.filledQuantity)] : [],
      );
      expect([...filled].sort((a, b) => a - b)).toEqual(filled);
    }
    expect((await adapter.findOrder("BTC/USDT", "mine3"))!.status).toBe("cancelled");
    expect(sent()).toEqual(["mine1", "mine2", "mine3"]);
  });

  function isTold(news: readonly AccountUpdate[], clientId: string, status: string): boolean {
    const last = news.at(-1)!;
    // After a gap the consumer asks; that is as good as being told.
    if (last.kind === "gap" && news.length > 1) return true;
    return news.some(
      (one) => one.kind === "order" && one.order.clientId === clientId && one.order.status === status,
    );
  }
});

it("stop and target live on the venue, one cancelling the other", async () => {
  await trading({});
  const bought = await adapter.placeOrder(marketOrder);
  const price = bought.averagePrice!;
  const quantity = bought.filledQuantity.times("0.9").toDecimalPlaces(5);
  const orders = await adapter.placeExits({
    symbol: "BTC/USDT",
    side: "sell",
    quantity,
    stopLoss: { clientId: "stop1", price: price.times("0.9").toDecimalPlaces(2) },
    takeProfit: { clientId: "target1", price: price.times("1.1").toDecimalPlaces(2) },
  });
  expect(new Set(orders.map(({ clientId }) => clientId))).toEqual(new Set(["stop1", "target1"]));
  expect(orders.every(({ status }) => status === "open")).toBe(true);
  expect(await adapter.cancelByClientId("BTC/USDT", "stop1")).toBe(true);
  expect((await adapter.findOrder("BTC/USDT", "target1"))!.status).toBe("cancelled");
});

it("as many questions at once as one likes are no leak", async () => {
  await trading({ requests: [{ path: "/api/v3/order", fault: { kind: "delay", ms: 300 } }] });
  const warnings: string[] = [];
  const note = ({ name, message }: Error): number => warnings.push(`${name}: ${message}`);
  process.on("warning", note);
  try {
    const names = Array.from({ length: 24 }, (_, i) => `mine${i}`);
    await Promise.all(names.map((name) => adapter.findOrder("BTC/USDT", name)));
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off("warning", note);
  }
  expect(warnings).toEqual([]);
});

it("a list of markets that is cut off is asked for again", async () => {
  const cut = { kind: "truncate" as const, keep: 0.5 };
  await trading({ requests: [{ path: "/api/v3/exchangeInfo", nth: [1], fault: cut }] });
  expect((await adapter.instrument("BTC/USDT")).base).toBe("BTC");
});
