import { describe, expect, it } from "vitest";
import { Decimal } from "../../src/domain/decimal.ts";
import { type GeoSyncError, OrderError } from "../../src/domain/errors.ts";
import { parseFixed } from "../../src/domain/fixed.ts";
import { createInstrument } from "../../src/domain/instrument.ts";
import { createOrder, type OrderInput } from "../../src/domain/order.ts";
import type { AccountUpdate } from "../../src/domain/ports.ts";
import { PaperAdapter } from "../../src/execution/paperAdapter.ts";
import type { PaperOptions } from "../../src/execution/paperDesk.ts";
import { printChunk } from "../support/prints.ts";

const bitcoin = createInstrument("BTC/USDT", { tick: "0.01", lot: "0.00001", quantityScale: 8 });
const none = parseFixed("0");

async function paper(options: Partial<PaperOptions> = {}) {
  const adapter = new PaperAdapter({
    instruments: [bitcoin],
    cash: parseFixed("1000"),
    makerFee: none,
    takerFee: none,
    slippage: none,
    ...options,
  });
  await adapter.connect({ apiKey: "", apiSecret: "" });
  let time = Date.UTC(2026, 0, 1);
  /** A second later, a print. */
  const print = (price: string, volume = "100") => {
    time += 1000;
    adapter.onMarket({ chunk: printChunk(bitcoin, [[time, price, volume]]), row: 0 });
  };
  const place = (input: Partial<OrderInput>) =>
    adapter.placeOrder(createOrder({ symbol: "BTC/USDT", side: "buy", quantity: "1", ...input }));
  const status = async (id: string) => (await adapter.getOrderStatus(id)).status;
  return { adapter, print, place, status };
}

function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "placed",
    (error: GeoSyncError) => `${error.code} ${/refused:[a-z-]+/.exec(error.message)?.[0] ?? ""}`.trim(),
  );
}

describe("orders on paper fill by the simulated rules", () => {
  it("a market order on the next price, never on the one it was decided at", async () => {
    const { adapter, print, place, status } = await paper();
    print("100");
    const { id, status: first } = await place({});
    expect(first).toBe("open");
    expect(await adapter.getBalance()).toMatchObject({ USDT: new Decimal(1000) });
    print("101");
    expect(await status(id)).toBe("filled");
    expect((await adapter.getOrderStatus(id)).averagePrice!.toFixed()).toBe("101");
    expect((await adapter.getBalance()).USDT!.toFixed()).toBe("899");
  });

  it("a limit order when its price is traded through", async () => {
    const { print, place, status } = await paper();
    print("100");
    const { id } = await place({ type: "limit", price: "99" });
    print("99");
    expect(await status(id)).toBe("open");
    print("98.99");
    expect(await status(id)).toBe("filled");
  });

  it("an order by value buys what its value pays for", async () => {
    const { adapter, print, place } = await paper();
    print("100");
    const { id } = await place({ quantity: null, value: "250" });
    print("100");
    const { filledQuantity, status } = await adapter.getOrderStatus(id);
    expect([filledQuantity.toFixed(), status]).toEqual(["2.5", "filled"]);
  });

  it("a fee in the coin itself leaves less of it", async () => {
    const { adapter, print, place } = await paper({
      takerFee: parseFixed("0.001"),
      feeCurrency: "base",
    });
    print("100");
    await place({});
    print("100");
    expect((await adapter.getBalance()).BTC!.toFixed()).toBe("0.999");
  });

  it("of a stop and a target, one cancels the other", async () => {
    const { adapter, print, place, status } = await paper();
    print("100");
    await place({});
    print("100");
    const [stop, target] = await adapter.placeExits({
      symbol: "BTC/USDT",
      side: "sell",
      quantity: new Decimal(1),
      stopLoss: { clientId: "stop", price: new Decimal(90) },
      takeProfit: { clientId: "target", price: new Decimal(110) },
    });
    print("89");
    expect([await status(stop!.id), await status(target!.id)]).toEqual(["filled", "cancelled"]);
    expect((await adapter.getOrderStatus(target!.id)).reason).toBe("cancelled:oco");
    expect(await adapter.getPositions()).toEqual([]);
  });

  it("a position has the price it was entered at, and what it has made", async () => {
    const { adapter, print, place } = await paper();
    print("100");
    await place({ quantity: "2" });
    print("110");
    print("120");
    const [position] = await adapter.getPositions();
    const { quantity, entryPrice, currentPrice, unrealizedPnl } = position!;
    const texts = [quantity, entryPrice, currentPrice, unrealizedPnl].map((value) => value.toFixed());
    expect(texts).toEqual(["2", "110", "120", "20"]);
  });
});

describe("orders on paper are refused as they would be", () => {
  it.each<[string, Partial<OrderInput>, string]>([
    ["off the grid", { type: "limit", price: "99.999" }, "GEO-ORDER-REFUSED"],
    ["not payable", { quantity: "10.1" }, "GEO-ORDER-REFUSED refused:insufficient-cash"],
    [
      "by a value that there is not",
      { quantity: null, value: "1000.01" },
      "GEO-ORDER-REFUSED refused:insufficient-cash",
    ],
    ["sold without holding any", { side: "sell" }, "GEO-ORDER-REFUSED refused:no-position"],
    ["of a symbol it has not", { symbol: "ETH/USDT" }, "GEO-VENUE-UNSUPPORTED"],
    ["payable", { quantity: "10" }, "placed"],
  ])("%s", async (_, input, code) => {
    const { print, place } = await paper();
    print("100");
    expect(await codeOf(place(input))).toBe(code);
  });

  it("before any price is known", async () => {
    const { place } = await paper();
    expect(await codeOf(place({}))).toBe("GEO-ORDER-REFUSED refused:no-price");
  });

  it("at the fill, when the price ran away: rejected, with the reason", async () => {
    const { adapter, print, place } = await paper();
    print("100");
    const { id } = await place({ quantity: "10" });
    print("101");
    expect(await adapter.getOrderStatus(id)).toMatchObject({
      status: "rejected",
      reason: "refused:insufficient-cash",
    });
  });
});

it("latency: an order is not there yet, and news of it takes its time, by the market's clock", async () => {
  const delay = (ms: number) => ({ ms, jitter: 0 });
  const latency = { leaves: delay(500), seen: delay(1000), answered: delay(1000), label: "test" };
  const { adapter, print, place, status } = await paper({ latency });
  const news: AccountUpdate[] = [];
  const reading = (async () => {
    for await (const one of adapter.updates()) news.push(one);
  })();
  print("100");
  const { id } = await place({});
  print("101");
  expect(await status(id)).toBe("open");
  print("102");
  expect(await status(id)).toBe("filled");
  expect((await adapter.getOrderStatus(id)).averagePrice!.toFixed()).toBe("102");
  await Promise.resolve();
  expect(news.some((one) => one.kind === "trade")).toBe(false);
  print("103");
  await adapter.disconnect();
  await reading;
});

it("the same data and orders give the same fills", async () => {
  const once = async () => {
    const delay = { ms: 300, jitter: 200 };
    const latency = { leaves: delay, seen: delay, answered: delay, label: "test" };
    const { adapter, print, place } = await paper({ latency, seed: 7 });
    for (let i = 0; i < 60; i++) {
      print(String(100 + (i % 7)), "0.5");
      if (i % 5 === 0)
        await place({ quantity: "0.1" }).catch((error) => expect(error).toBeInstanceOf(OrderError));
    }
    const trades = await adapter.ownTrades("BTC/USDT", { time: 0 });
    return trades.map(({ time, price, quantity }) => [time, price.toFixed(), quantity.toFixed()]);
  };
  const first = await once();
  expect(first.length).toBeGreaterThan(5);
  expect(await once()).toEqual(first);
});
