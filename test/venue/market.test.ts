/** Books, trades and klines of the local exchange agree with one another, whenever they are asked for. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Fixed, formatFixed, parseFixed } from "../../src/domain/fixed.ts";
import { intervalOf } from "../../src/domain/time.ts";
import type { Kline, Level, MarketNews } from "../../src/venue/contract.ts";
import { createExchange, type LocalExchange } from "../../src/venue/exchange.ts";
import { klineInterval, klineIntervals } from "../../src/venue/klines.ts";
import { knownMarkets } from "../../src/venue/symbolRules.ts";
import { me, noon, order, plain, scripted } from "./exchangeKit.ts";

interface Walking {
  readonly exchange: LocalExchange;
  readonly news: MarketNews[];
  wait(ms: number): void;
}

function walking(seed: number, volatility = 0.6, symbol = "BTCUSDT"): Walking {
  let now = noon;
  const { rules, price } = knownMarkets.get(symbol)!;
  const exchange = createExchange({
    clock: () => now,
    seed,
    markets: [{ rules, prices: { kind: "walk", price, volatility } }],
    accounts: { [me]: { balances: { USDT: "100000000", BTC: "1000", ETH: "1000" } } },
  });
  const news: MarketNews[] = [];
  exchange.onMarket((one) => news.push(one));
  const wait = (ms: number): void => {
    now += ms;
    exchange.advance();
  };
  return { exchange, news, wait };
}

/** A book kept as Binance asks its users to keep it. */
class Follower {
  id: number;
  readonly bids: Map<string, string>;
  readonly asks: Map<string, string>;

  constructor({ lastUpdateId, bids, asks }: ReturnType<LocalExchange["depth"]>) {
    this.id = lastUpdateId;
    this.bids = new Map(bids.map(texts));
    this.asks = new Map(asks.map(texts));
  }

  apply(news: MarketNews): void {
    if (news.kind !== "depth" || news.lastUpdateId <= this.id) return;
    expect(news.firstUpdateId).toBe(this.id + 1);
    this.id = news.lastUpdateId;
    for (const [side, levels] of [
      [this.bids, news.bids],
      [this.asks, news.asks],
    ] as const) {
      for (const [price, qty] of levels.map(texts)) {
        if (qty === "0") side.delete(price);
        else side.set(price, qty);
      }
    }
  }
}

const texts = ({ price, qty }: Level): [string, string] => [formatFixed(price), formatFixed(qty)];

it.each(["BTCUSDT", "ETHBTC"])("%s: a book kept from diffs is the book that is asked for", (symbol) => {
  const step = fc.record({
    ms: fc.integer({ min: 1, max: 30_000 }),
    side: fc.constantFrom("BUY", "SELL", null),
  });
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 20 }),
      fc.nat(99),
      fc.constantFrom(0.6, 60),
      (steps, seed, volatility) => {
        const { exchange, news, wait } = walking(seed, volatility, symbol);
        const follower = new Follower(exchange.depth(symbol, 5000));
        for (const { ms, side } of steps) {
          wait(ms);
          const size = symbol === "BTCUSDT" ? "2" : "30";
          if (side !== null) exchange.place(me, order(`${side} MARKET ${size}`, symbol));
          const book = exchange.depth(symbol, 5000);
          for (const one of news.splice(0)) follower.apply(one);
          expect(follower.id).toBe(book.lastUpdateId);
          expect(follower.bids).toEqual(new Map(book.bids.map(texts)));
          expect(follower.asks).toEqual(new Map(book.asks.map(texts)));
          expectOrdered(book.bids, book.asks);
        }
      },
    ),
    { numRuns: 10 },
  );
});

/** Best first, never crossed, nothing twice, no empty level. */
function expectOrdered(bids: readonly Level[], asks: readonly Level[]): void {
  const prices = [...bids.map(({ price }) => price.units).reverse(), ...asks.map(({ price }) => price.units)];
  expect(prices.every((price, n) => n === 0 || price > prices[n - 1]!)).toBe(true);
  expect([...bids, ...asks].every(({ qty, price }) => qty.units > 0n && price.units > 0n)).toBe(true);
}

it("a book has a thousand levels a side, and fewer when fewer are asked for", () => {
  const { exchange } = walking(1);
  const { bids, asks } = exchange.depth("BTCUSDT", 5000);
  expect([bids.length, asks.length]).toEqual([1000, 1000]);
  expect(exchange.depth("BTCUSDT", 5).bids).toEqual(bids.slice(0, 5));
  expect(exchange.bookTicker("BTCUSDT")).toMatchObject({ bid: bids[0], ask: asks[0] });
});

it("the best prices are told whenever they change", () => {
  const { exchange, news, wait } = walking(5);
  wait(60_000);
  const told = news.filter((one) => one.kind === "bookTicker");
  expect(told.length).toBeGreaterThan(50);
  const { updateId: _, ...now } = exchange.bookTicker("BTCUSDT");
  expect(told.at(-1)).toMatchObject(now);
});

it("depth is told at most every 100 ms, but for a snapshot", () => {
  const { news, wait } = walking(6);
  for (let n = 0; n < 3000; n++) wait(7);
  const times = news.flatMap((one) => (one.kind === "depth" ? [one.time] : []));
  expect(times.length).toBeGreaterThan(20);
  expect(Math.min(...times.slice(1).map((time, n) => time - times[n]!))).toBeGreaterThanOrEqual(100);
});

describe("klines", () => {
  it.each([...klineIntervals.keys()].filter((name) => name !== "1s"))(
    "of %s are their minutes put together",
    (name) => {
      const { exchange, wait } = walking(3);
      wait(400_000);
      const wide = exchange.klines("BTCUSDT", name, { limit: 2 }).at(-1)!;
      const minutes = exchange.klines("BTCUSDT", "1m", {
        startTime: wide.openTime,
        endTime: wide.closeTime,
        limit: 50_000,
      });
      expect(plain(wide)).toEqual(plain(joined(minutes, wide)));
      const [start, end] = intervalOf(wide.openTime, klineInterval(name));
      expect([wide.openTime, wide.closeTime]).toEqual([start, end - 1]);
    },
  );

  it("of minutes are their seconds, and seconds their trades", () => {
    const { exchange, wait } = walking(4);
    wait(200_000);
    const minute = exchange.klines("BTCUSDT", "1m", { limit: 2 })[0]!;
    const page = { startTime: minute.openTime, endTime: minute.closeTime, limit: 1000 };
    const seconds = exchange.klines("BTCUSDT", "1s", page);
    expect(seconds).toHaveLength(60);
    expect(plain(minute)).toEqual(plain(joined(seconds, minute)));
    const trades = exchange.trades("BTCUSDT", page);
    expect(minute.trades).toBe(trades.length);
    expect(formatFixed(minute.volume)).toBe(formatFixed(sum(trades.map(({ qty }) => qty))));
    expect(formatFixed(minute.close)).toBe(formatFixed(trades.at(-1)!.price));
  });

  it("reach far back, without a hole, and are the same when asked for again", () => {
    const { exchange, wait } = walking(8);
    const before = exchange.klines("BTCUSDT", "1m", { endTime: noon - 1, limit: 5000 });
    wait(90_000);
    exchange.klines("BTCUSDT", "1d", { limit: 30 });
    expect(exchange.klines("BTCUSDT", "1m", { endTime: noon - 1, limit: 5000 })).toEqual(before);
    expect(before).toHaveLength(5000);
    before.forEach((kline, n) => {
      if (n > 0) expect(kline.openTime).toBe(before[n - 1]!.closeTime + 1);
      expect(kline.low.units <= kline.open.units && kline.close.units <= kline.high.units).toBe(true);
    });
  });

  it("carry the close through intervals without trades", () => {
    const { exchange, wait } = scripted({ prices: ["60000"] });
    wait(180_000);
    const [, second] = exchange.klines("BTCUSDT", "1m", { startTime: noon, limit: 9 });
    expect(plain(second)).toMatchObject({
      open: "60000",
      close: "60000",
      volume: "0",
      trades: 0,
      closed: true,
    });
    expect(exchange.klines("BTCUSDT", "1m", { limit: 1 })[0]).toMatchObject({ closed: false });
  });

  it("that are watched are told once when they close, in order and without a hole", () => {
    const { exchange, news, wait } = walking(9);
    exchange.watchKlines("BTCUSDT", "1m");
    for (let n = 0; n < 50; n++) wait(7_300);
    const closed = news.flatMap((one) => (one.kind === "kline" && one.kline.closed ? [one.kline] : []));
    expect(closed.map(({ openTime }) => openTime)).toEqual([0, 1, 2, 3, 4, 5].map((n) => noon + n * 60_000));
    expect(closed).toEqual(exchange.klines("BTCUSDT", "1m", { startTime: noon, limit: 6 }));
    expect(news.some((one) => one.kind === "kline" && !one.kline.closed)).toBe(true);
  });
});

it("trades of one order at one price are one aggregate trade", () => {
  const { exchange } = scripted({ prices: ["60000"] });
  exchange.place(me, order("BUY MARKET 0.001"));
  exchange.place(me, order("BUY MARKET 0.002"));
  const trades = exchange.trades("BTCUSDT", { limit: 2 });
  const [aggregate] = exchange.aggTrades("BTCUSDT", { limit: 1 });
  expect(aggregate).toMatchObject({ lastId: trades[1]!.id, price: trades[1]!.price });
  expect(formatFixed(aggregate!.qty)).toBe("0.503");
});

it("what bars of a file say, its klines say; its earlier rows are history", () => {
  let now = noon;
  const { rules } = knownMarkets.get("BTCUSDT")!;
  const bar = (n: number, [open, high, low, close]: string[]) => ({
    openTime: n * 60_000,
    closeTime: (n + 1) * 60_000,
    open: parseFixed(open!),
    high: parseFixed(high!),
    low: parseFixed(low!),
    close: parseFixed(close!),
    volume: parseFixed("4"),
  });
  const rows = [
    bar(0, ["100", "120", "90", "110"]),
    bar(1, ["110", "115", "105", "106"]),
    bar(2, ["106", "130", "104", "129"]),
  ];
  const prices = { kind: "rows", rows, from: 120_000, at: noon } as const;
  const exchange = createExchange({ clock: () => now, markets: [{ rules, prices }] });
  const bars = () => exchange.klines("BTCUSDT", "1m", { limit: 3 }).map(plain);
  expect(bars().slice(1, 2)).toMatchObject([
    { open: "110", high: "115", low: "105", close: "106", volume: "4" },
  ]);
  now += 60_000;
  expect(bars().slice(1, 2)).toMatchObject([
    { openTime: noon, open: "106", high: "130", low: "104", close: "129", volume: "4", closed: true },
  ]);
});

it("the same seed, clock and requests give the same exchange, however often it is looked at", () => {
  const run = (pause: number): unknown => {
    const { exchange, wait } = walking(11);
    for (let n = 0; n < 60_000; n += pause) wait(pause);
    exchange.place(me, order("BUY MARKET 3"));
    for (let n = 0; n < 60_000; n += pause) wait(pause);
    const page = { limit: 1000 };
    return plain([
      exchange.trades("BTCUSDT", page),
      exchange.balances(me),
      exchange.klines("BTCUSDT", "1s", page),
    ]);
  };
  expect(run(10)).toEqual(run(60_000));
});

/** Prices are of those with trades: the others carry the close before them. */
function joined(all: readonly Kline[], whole: Kline): Kline {
  const parts = all.filter(({ trades }) => trades > 0);
  const most = (pick: (a: bigint, b: bigint) => boolean, values: readonly Fixed[]): Fixed =>
    values.reduce((a, b) => (pick(b.units, a.units) ? b : a));
  return {
    openTime: all[0]!.openTime,
    closeTime: whole.closeTime,
    open: parts[0]!.open,
    high: most(
      (a, b) => a > b,
      parts.map(({ high }) => high),
    ),
    low: most(
      (a, b) => a < b,
      parts.map(({ low }) => low),
    ),
    close: parts.at(-1)!.close,
    volume: sum(parts.map(({ volume }) => volume)),
    quoteVolume: sum(parts.map(({ quoteVolume }) => quoteVolume)),
    trades: parts.reduce((count, { trades }) => count + trades, 0),
    takerBuyVolume: sum(parts.map(({ takerBuyVolume }) => takerBuyVolume)),
    takerBuyQuoteVolume: sum(parts.map(({ takerBuyQuoteVolume }) => takerBuyQuoteVolume)),
    closed: whole.closed,
  };
}

function sum(values: readonly Fixed[]): Fixed {
  return { units: values.reduce((total, { units }) => total + units, 0n), scale: values[0]!.scale };
}
