/**
 * Through ccxt against the local exchange on loopback: candles of a second, so that minutes of faults pass in seconds. Each
 * case has an exchange of its own, so that they can wait side by side.
 */
import { Socket } from "node:net";
import { describe, expect, it, vi } from "vitest";
import { fixedAt } from "../../src/domain/columns.ts";
import { formatFixed } from "../../src/domain/fixed.ts";
import type { BarChunk, BookChunk, TickChunk } from "../../src/domain/market.ts";
import { parseTimeframe } from "../../src/domain/time.ts";
import { type LiveVenue, liveSource, liveVenue, until } from "../support/liveVenue.ts";

const second = parseTimeframe("1s");

type Desk = Awaited<ReturnType<typeof liveSource>>;

const ports: number[] = [];
const dialled = vi.spyOn(Socket.prototype, "connect");

async function onExchange(
  options: Parameters<typeof liveSource>[1],
  work: (desk: Desk, exchange: LiveVenue) => Promise<void>,
): Promise<void> {
  const exchange = await liveVenue();
  ports.push(exchange.venue.port);
  try {
    const desk = await liveSource(exchange, options);
    try {
      await work(desk, exchange);
    } finally {
      await desk.close();
    }
  } finally {
    await exchange.close();
  }
}

function bars({ chunks }: Desk): readonly string[] {
  return (chunks as BarChunk[]).flatMap((chunk) =>
    Array.from(chunk.openTimes, (openTime, row) => {
      const cells = [chunk.open, chunk.high, chunk.low, chunk.close, chunk.volume];
      return [openTime, ...cells.map((column) => formatFixed(fixedAt(column, row)))].join(" ");
    }),
  );
}

/** The same bars, as the venue itself has them in the end. */
async function venueBars(exchange: LiveVenue, got: readonly string[]): Promise<readonly string[]> {
  const [first, last] = [got[0], got.at(-1)].map((row) => Number(row!.split(" ")[0]));
  const candles = await exchange.market.candles("BTC/USDT", second, first!, 1000);
  const plain = (text: string) => text.replace(/\.?0+$/, "");
  return candles
    .filter(({ openTime }) => openTime <= last!)
    .map(({ openTime, open, high, low, close, volume }) =>
      [openTime, ...[open, high, low, close, volume].map(plain)].join(" "),
    );
}

describe("candles through ccxt", () => {
  it.concurrent.each([
    ["nothing goes wrong", null, {}],
    ["messages are lost", { kind: "drop" }, { probability: 0.5 }],
    ["messages come twice", { kind: "duplicate" }, { probability: 0.5 }],
    ["messages come late", { kind: "late", ms: 1500 }, { probability: 0.3 }],
    ["messages change places", { kind: "reorder" }, { probability: 0.3 }],
    ["the socket is cut", { kind: "cut" }, { every: 4, times: 2 }],
    ["the stream stalls", { kind: "stall" }, { nth: [3] }],
  ])("are the venue's closed ones when %s", async (_, fault, picked) => {
    await onExchange(
      { timeframe: "1s", warmup: 5, maxSilenceMs: { candles: 2500 } },
      async (desk, exchange) => {
        await until("the history", () => desk.rows() >= 5);
        exchange.plant("*@kline_1s", fault, picked);
        await until("five live bars", () => desk.rows() >= 10);
        const got = bars(desk);
        expect(got).toEqual(await venueBars(exchange, got));
        const opens = got.map((row) => Number(row.split(" ")[0]));
        expect(opens).toEqual(opens.map((_, i) => opens[0]! + i * 1000));
      },
    );
  });
});

describe("trades through ccxt", () => {
  it.concurrent.each([
    ["nothing goes wrong", null, {}],
    ["some are lost", { kind: "drop" }, { probability: 0.3 }],
    ["some change places", { kind: "reorder" }, { probability: 0.3 }],
    ["the socket is cut", { kind: "cut" }, { every: 5, times: 2 }],
  ])("are counted without a hole when %s", async (_, fault, picked) => {
    await onExchange({ channels: ["trades"] }, async (desk, exchange) => {
      exchange.plant("*@aggTrade", fault, picked);
      await until("thirty trades", () => desk.rows() >= 30);
      const ids = (desk.chunks as TickChunk[]).flatMap(({ ids }) => ids!.map(Number));
      expect(ids).toEqual(ids.map((_, i) => ids[0]! + i));
    });
  });
});

describe("the book through ccxt", () => {
  it.concurrent.each([
    ["nothing goes wrong", null, {}],
    ["updates are lost", { kind: "drop" }, { every: 6 }],
    ["updates change places", { kind: "reorder" }, { every: 6 }],
    ["the socket is cut", { kind: "cut" }, { nth: [5] }],
  ])("is never crossed, and known in the end, when %s", async (_, fault, picked) => {
    await onExchange({ channels: ["book", "quotes"], depth: 50 }, async (desk, exchange) => {
      exchange.plant("*@depth@100ms", fault, picked);
      const books = () => desk.chunks.filter((chunk): chunk is BookChunk => chunk.kind === "book");
      await until("thirty pictures", () => books().reduce((sum, { length }) => sum + length, 0) >= 30);
      if (fault !== null) expect(desk.kinds()).toContain("unknown");
      exchange.plant("*", null);
      await until("a book that is known", () => books().at(-1)!.bidLevels.at(-1) === 50);
      const best = books().flatMap((chunk) =>
        Array.from({ length: chunk.length }, (_, row) => row)
          .filter((row) => chunk.bidLevels[row]! > 0 && chunk.askLevels[row]! > 0)
          .map((row) => {
            const cell = row * chunk.depth;
            const [bid, ask] = [chunk.bidPrices, chunk.askPrices].map((c) =>
              Number(formatFixed(fixedAt(c, cell))),
            );
            return ask! - bid!;
          }),
      );
      expect(Math.min(...best)).toBeGreaterThan(0);
      expect(desk.chunks.some(({ kind }) => kind === "quote")).toBe(true);
    });
  });
});

it("no other host was contacted", () => {
  const places = dialled.mock.calls.map(([where]) => JSON.stringify(where));
  expect(places.length).toBeGreaterThan(20);
  expect(places.filter((place) => !ports.some((port) => place.includes(`${port}`)))).toEqual([]);
});
