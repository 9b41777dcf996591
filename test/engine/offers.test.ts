import { describe, expect, it } from "vitest";
import { DetailedStream } from "../../src/data/detail.ts";
import { formatFixed } from "../../src/domain/fixed.ts";
import { createInstrument } from "../../src/domain/instrument.ts";
import type { MarketChunk } from "../../src/domain/market.ts";
import type { MarketStream } from "../../src/domain/ports.ts";
import { parseTimeframe } from "../../src/domain/time.ts";
import { simulate } from "../../src/run/simulate.ts";
import type { Context, Handlers } from "../../src/strategy/contract.ts";
import { book, quote } from "../support/bookRow.ts";
import { fillsOf, fixed, reasonsOf } from "../support/market.ts";
import { bar, minute, tick } from "../support/oneRow.ts";

const btc = createInstrument("BTC/USD");

function streamOf(chunks: readonly MarketChunk[]): MarketStream {
  return {
    async *events() {
      yield* chunks;
    },
  };
}

function run(stream: MarketStream, createStrategy: (ctx: Context) => Handlers, atEnd?: "close") {
  const settings = { makerFee: fixed(0), takerFee: fixed(0), slippage: fixed(0), ...(atEnd && { atEnd }) };
  return simulate({
    streams: [stream],
    instruments: [btc],
    createStrategy,
    settings,
    details: true,
    equityOfEveryBar: true,
  });
}

describe("quotes and books", () => {
  const rows = [
    quote(btc, "99x1", "101x1", 1000),
    tick(btc, 1500, "101").chunk,
    quote(btc, "99x1", "102x3", 2000),
    book(btc, "98x1", "", 2, 3000),
    book(btc, "98x1 97x5", "104x1 105x1 106x1", 3, 4000),
  ];

  it("are shown as they come", async () => {
    const heard: unknown[] = [];
    await run(streamOf([...rows, quote(btc, "1", "2", 5000)]), () => ({
      onQuote: ({ bid, bidSize, ask, askSize, time }) => void heard.push([time, bid, bidSize, ask, askSize]),
      onTick: ({ price }) => void heard.push(price),
      onBook: (shown) => void heard.push([shown.bids(1), shown.asks(2)]),
    }));
    expect(heard).toEqual([
      [1000, 99, 1, 101, 1],
      101,
      [2000, 99, 1, 102, 3],
      [[[98, 1]], []],
      [
        [[98, 1]],
        [
          [104, 1],
          [105, 1],
        ],
      ],
      [5000, 1, Number.NaN, 2, Number.NaN],
    ]);
  });

  it("mark what is held at their mid; trades between them, and rows without a mid, don't", async () => {
    const equity: number[] = [];
    const note = (ctx: Context) => () => void equity.push(ctx.equity - 10_000);
    await run(streamOf(rows), (ctx) => ({
      onQuote(seen) {
        if (seen.time === 1000) ctx.buy({ quantity: 1 });
        note(ctx)();
      },
      onTick: note(ctx),
      onBook: note(ctx),
    }));
    // Bought at 102, the mid is 100.5; then no mid; then 101.
    expect(equity).toEqual([0, 0, -1.5, -1.5, -1]);
  });

  it("an order decided on a row meets the next one", async () => {
    const result = await run(streamOf(rows), (ctx) => ({
      onQuote: ({ time }) => void (time === 2000 && ctx.buy({ quantity: 3 })),
    }));
    expect(fillsOf(result)).toEqual([
      "buy 1 BTC/USD @ 104, -1",
      "buy 1 BTC/USD @ 105, -1",
      "buy 1 BTC/USD @ 106, -1",
    ]);
  });

  it("--at-end close sells what is held at the bid, not at the mid", async () => {
    const result = await run(
      streamOf(rows),
      (ctx) => ({ onQuote: ({ time }) => void (time === 1000 && ctx.buy({ quantity: 1 })) }),
      "close",
    );
    expect(fillsOf(result)).toEqual(["buy 1 BTC/USD @ 102, -1", "sell 1 BTC/USD @ 98, -1"]);
  });
});

describe("finer rows under a coarse bar", () => {
  const hour = 60 * minute;
  const hourBar = (index: number, prices: string) => {
    const { chunk } = bar(btc, index * 60, prices);
    return { ...chunk, timeframe: parseTimeframe("1h"), times: Float64Array.of((index + 1) * hour) };
  };
  // Both the stop (95) and the target (110) lie within the second bar's range.
  const coarse = streamOf([hourBar(0, "100"), hourBar(1, "100 112 94 100"), hourBar(2, "100")]);
  const protectedEntry = (ctx: Context): Handlers => ({
    onBar: (shown) =>
      void (shown.index === 0 && ctx.buy({ quantity: 1, stopLoss: 95, takeProfit: 110, limit: 101 })),
  });

  it("without them the stop is taken, and the doubt is counted", async () => {
    const result = await run(coarse, protectedEntry);
    expect(fillsOf(result)).toEqual(["buy 1 BTC/USD @ 100, 1", "sell 1 BTC/USD @ 95, 1"]);
    expect(result.ambiguousBars).toBe(1);
  });

  it.each([
    ["bars", [bar(btc, 60, "100 105 99 104").chunk, bar(btc, 61, "104 112 103 111").chunk]],
    ["trades", [tick(btc, hour + 1, "100").chunk, tick(btc, hour + minute, "112").chunk]],
    ["quotes", [quote(btc, "99x9", "100x9", hour + 1), quote(btc, "111x9", "112x9", hour + minute)]],
  ])("%s tell that the target came first; the fills carry the coarse bar's index", async (_, first) => {
    const then = bar(btc, 70, "111 111 94 100").chunk;
    const finer = streamOf([...first, then]);
    const result = await run(new DetailedStream(coarse, finer), protectedEntry);
    expect(fillsOf(result)).toEqual(["buy 1 BTC/USD @ 100, 1", "sell 1 BTC/USD @ 110, 1"]);
    expect(result.ambiguousBars).toBe(0);
    expect(reasonsOf(result)).toEqual({ filled: 2, "cancelled:oco": 1 });
  });

  it("are shown to no one, counted as nothing, and mark nothing", async () => {
    const finer = streamOf([bar(btc, 60, "100 112 94 94").chunk, bar(btc, 61, "94 101 94 100").chunk]);
    const heard: unknown[] = [];
    const result = await run(new DetailedStream(coarse, finer), (ctx) => ({
      onBar(shown) {
        if (shown.index === 0) ctx.buy({ quantity: 1 });
        heard.push([shown.index, shown.time / hour, shown.close, ctx.prices.length]);
      },
      onFill: ({ price, time }) => void heard.push([`${price}`, time / hour]),
    }));
    // The fill is heard when it happened: at the end of the first minute of its bar.
    expect(heard).toEqual([
      [0, 1, 100, 1],
      ["100", 1],
      [1, 2, 100, 2],
      [2, 3, 100, 3],
    ]);
    expect(result.recorder.bars).toBe(3);
    expect(result.recorder.all).toHaveLength(3);
    expect(result.recorder.maxDrawdown).toBe(0);
    expect(formatFixed(result.finalEquity)).toBe("10000");
  });

  it("a trade at the very end of a bar fills for the next one", async () => {
    const finer = streamOf([tick(btc, hour, "100").chunk, tick(btc, 2 * hour, "94").chunk]);
    const result = await run(new DetailedStream(coarse, finer), (ctx) => ({
      onBar: ({ index }) => void (index === 0 && ctx.buy({ quantity: 1, limit: 95 })),
    }));
    expect(fillsOf(result)).toEqual(["buy 1 BTC/USD @ 94, 2"]);
  });
});
