import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PublicTrade } from "../../src/connectivity/marketApi.ts";
import { ExchangeDataSource } from "../../src/data/exchangeDataSource.ts";
import type { MarketChunk } from "../../src/domain/market.ts";
import { epoch, FakeMarket, tradeOf } from "../support/fakeMarket.ts";
import { FakeTime, settled } from "../support/fakeTime.ts";

async function openTrades(counted: boolean) {
  const time = new FakeTime();
  const market = new FakeMarket(time);
  market.traits = { ...market.traits, countedTrades: counted };
  const source = new ExchangeDataSource(market, {
    symbols: ["BTC/USDT"],
    channels: ["trades"],
    timers: time,
  });
  await source.connect();
  const chunks: MarketChunk[] = [];
  void (async () => {
    for await (const chunk of source.events()) chunks.push(chunk);
  })();
  await settled();
  const send = (trade: PublicTrade) => market.streams.trades.at(-1)?.push(trade);
  const trade = async (id: number): Promise<PublicTrade> => {
    await time.pass(Math.max(0, epoch + id * 1000 - market.venueTime()));
    market.tradeList.push(tradeOf(id));
    return tradeOf(id);
  };
  const ids = () => chunks.flatMap((chunk) => (chunk.kind === "tick" ? chunk.ids! : []));
  const times = () => chunks.flatMap((chunk) => [...chunk.times]);
  return { time, market, source, chunks, send, trade, ids, times };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => String(from + i));

describe("trades of an exchange", () => {
  it("carry price, size, side of the taker and id as the venue has them", async () => {
    const { source, chunks, send, trade } = await openTrades(true);
    send(await trade(1));
    send(await trade(2));
    await settled();
    expect(chunks.map((chunk) => chunk.kind)).toEqual(["tick", "tick"]);
    expect(chunks).toMatchObject([{ sides: Int8Array.of(-1) }, { sides: Int8Array.of(1) }]);
    await source.disconnect();
  });

  it.each([
    ["a missing one comes from REST before the next", [1, 2, 5], true],
    ["repeated and late ones are left out", [1, 2, 2, 1, 3, 4, 3, 5], true],
    ["those in the wrong order are put right", [1, 3, 2, 5, 4], true],
    ["repeated ones are left out where ids are not counted", [1, 2, 2, 3, 4, 3, 5], false],
  ])("%s", async (_, sent, counted) => {
    const { source, send, trade, ids } = await openTrades(counted);
    const trades: PublicTrade[] = [];
    for (let id = 1; id <= 5; id++) trades.push(await trade(id));
    for (const id of sent) send(trades[id - 1]!);
    await settled();
    expect(ids()).toEqual(range(1, 5));
    await source.disconnect();
  });

  it.each([true, false])(
    "REST brings what a quiet market traded while the stream was down (counted: %s)",
    async (counted) => {
      const { time, market, source, send, trade, ids } = await openTrades(counted);
      send(await trade(1));
      await settled();
      market.cut("trades");
      await trade(2);
      await trade(3);
      await time.pass(20_000);
      expect(ids()).toEqual(range(1, 3));
      await source.disconnect();
    },
  );

  it("go on when the venue counts them anew, as after a reset of its sandbox", async () => {
    const { source, send, trade, ids } = await openTrades(true);
    send(await trade(70));
    await settled();
    send({ ...tradeOf(71), id: "1" });
    send({ ...tradeOf(72), id: "2" });
    await settled();
    expect(ids()).toEqual(["70", "1", "2"]);
    await source.disconnect();
  });

  it("stop with their reader: leaving the loop disconnects", async () => {
    const time = new FakeTime();
    const market = new FakeMarket(time);
    const source = new ExchangeDataSource(market, {
      symbols: ["BTC/USDT"],
      channels: ["trades"],
      timers: time,
    });
    await source.connect();
    await settled();
    market.streams.trades.at(-1)!.push(tradeOf(1));
    for await (const chunk of source.events()) {
      expect(chunk.length).toBe(1);
      break;
    }
    await source.done;
    expect([market.streams.trades.length, time.sleeping]).toEqual([0, 0]);
  });

  it("are told to a callback, one tick each, without anybody reading events", async () => {
    const time = new FakeTime();
    const market = new FakeMarket(time);
    const source = new ExchangeDataSource(market, {
      symbols: ["BTC/USDT"],
      channels: ["trades"],
      timers: time,
    });
    const seen: string[] = [];
    source.subscribe("btc-usdt", (tick) =>
      seen.push(`${tick.symbol} ${tick.venue} ${tick.price} ${tick.time}`),
    );
    await source.connect();
    await settled();
    market.streams.trades.at(-1)!.push(tradeOf(7));
    await settled();
    source.unsubscribe("BTCUSDT");
    market.streams.trades.at(-1)!.push(tradeOf(8));
    await settled();
    expect(seen).toEqual([`BTC/USDT FAKE 100.5 ${epoch + 7000}`]);
    await source.disconnect();
  });

  const fault = fc.oneof(
    { weight: 4, arbitrary: fc.constant("none" as const) },
    fc.constantFrom(...(["drop", "twice", "late", "repeated", "cut", "refuse", "lag"] as const)),
  );

  it("are the venue's since the first, each once, in order, whatever goes wrong", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 60 }), async (faults) => {
        const { time, market, source, send, trade, ids, times } = await openTrades(true);
        send(await trade(1));
        await settled();
        let id = 1;
        let late: PublicTrade[] = [];
        for (const what of faults) {
          const next = await trade(++id);
          market.lag = what === "lag" ? 3 : 0;
          if (what === "refuse") market.failing = 2;
          if (what === "cut") market.cut("trades");
          if (what === "late") late.push(next);
          else if (what !== "drop") send(next);
          if (what === "twice") send(next);
          if (what === "repeated") send(tradeOf(Math.max(1, id - 3)));
          if (what === "none") {
            for (const one of late) send(one);
            late = [];
          }
          await settled();
        }
        market.lag = 0;
        market.failing = 0;
        await time.pass(60_000);
        send(await trade(++id));
        await time.pass(10_000);
        expect(ids()).toEqual(range(1, id));
        expect(times()).toEqual([...times()].sort((a, b) => a - b));
        await source.disconnect();
      }),
      { numRuns: 80 },
    );
  });
});
