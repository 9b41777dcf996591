import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExchangeDataSource } from "../../src/data/exchangeDataSource.ts";
import type { ExchangeDataSourceOptions } from "../../src/data/exchangeOptions.ts";
import type { LiveStatus } from "../../src/data/liveStatus.ts";
import { ConnectionError } from "../../src/domain/errors.ts";
import type { MarketChunk } from "../../src/domain/market.ts";
import { candleOf, epoch, FakeMarket } from "../support/fakeMarket.ts";
import { FakeTime, settled } from "../support/fakeTime.ts";
import { failure, rowsOf } from "./support.ts";

const minute = 60_000;

/** "5 105.75": the minute a bar opened at, and its close. */
const shown = (minutes: readonly number[]) =>
  minutes.map((m) => `BTC/USDT ${epoch + (m + 1) * minute} ${epoch + m * minute} ${exact(m)}`);

function exact(m: number): string {
  const { open, high, low, close, volume } = candleOf(m);
  return [open, high, low, close, volume].map((text) => text.replace(/\.?0+$/, "")).join(" ");
}

class Desk {
  readonly time = new FakeTime();
  readonly market = new FakeMarket(this.time);
  readonly statuses: LiveStatus[] = [];
  readonly chunks: MarketChunk[] = [];
  source!: ExchangeDataSource;
  thrown: unknown;

  /** Connected at the start of minute `at`, whose candle has begun. */
  async open(at: number, options: Partial<ExchangeDataSourceOptions> = {}): Promise<this> {
    await this.time.pass(at * minute);
    for (let m = this.market.candleList.length; m < at; m++) this.market.candleList.push(candleOf(m));
    this.market.candleList.push(candleOf(at, false));
    this.source = new ExchangeDataSource(this.market, {
      symbols: ["btcusdt"],
      timers: this.time,
      onStatus: (status) => this.statuses.push(status),
      ...options,
    });
    await this.source.connect();
    void this.#read();
    await settled();
    return this;
  }

  async #read(): Promise<void> {
    try {
      for await (const chunk of this.source.events()) this.chunks.push(chunk);
    } catch (error) {
      this.thrown = error;
    }
  }

  /** The venue's candle of the running minute ends, the next one begins; nothing is sent. */
  async endMinute(): Promise<number> {
    const ended = this.market.candleList.length - 1;
    await this.time.pass(epoch + (ended + 1) * minute - this.market.venueTime());
    this.market.candleList[ended] = candleOf(ended);
    this.market.candleList.push(candleOf(ended + 1, false));
    return ended;
  }

  send(m: number, closed = true): void {
    this.market.streams.candles.at(-1)?.push(candleOf(m, closed));
  }

  /** A minute as it should be. */
  async goodMinute(): Promise<void> {
    const ended = await this.endMinute();
    this.send(ended);
    this.send(ended + 1, false);
    await settled();
  }

  get rows(): string[] {
    return rowsOf(this.chunks);
  }

  get kinds(): string[] {
    return this.statuses.map(({ kind }) => kind);
  }
}

describe("candles of an exchange", () => {
  it("come once closed, from the history on, with exact cells; the unfinished one never does", async () => {
    const desk = await new Desk().open(12, { warmup: 7 });
    expect(desk.rows).toEqual(shown([5, 6, 7, 8, 9, 10, 11]));
    expect(desk.source.historyUntil).toBe(epoch + 12 * minute);
    desk.send(12, false);
    await settled();
    expect(desk.rows.length).toBe(7);
    await desk.goodMinute();
    await desk.goodMinute();
    expect(desk.rows).toEqual(shown([5, 6, 7, 8, 9, 10, 11, 12, 13]));
    await desk.source.disconnect();
    await desk.source.done;
    expect(desk.time.sleeping).toBe(0);
  });

  it.each([
    ["none before the live ones when no warm-up is asked for", {}, []],
    ["all from a time on, as after a pause", { from: epoch + 3 * minute }, [3, 4, 5]],
    ["as many as there are when the market is young", { warmup: 50 }, [0, 1, 2, 3, 4, 5]],
  ])("history: %s", async (_, options, minutes) => {
    const desk = await new Desk().open(6, options);
    expect(desk.rows).toEqual(shown(minutes));
    await desk.goodMinute();
    expect(desk.rows).toEqual(shown([...minutes, 6]));
    await desk.source.disconnect();
  });

  it("a candle that the stream left out comes from REST before the next", async () => {
    const desk = await new Desk().open(3);
    await desk.endMinute();
    const ended = await desk.endMinute();
    desk.send(ended);
    await settled();
    expect(desk.rows).toEqual(shown([3, 4]));
    expect(desk.statuses).toContainEqual(expect.objectContaining({ kind: "filled", channel: "candles" }));
    await desk.source.disconnect();
  });

  it("a candle whose end was never told comes soon after it, without the stream", async () => {
    const desk = await new Desk().open(3);
    desk.send(3, false);
    await desk.endMinute();
    await desk.time.pass(2_500);
    expect(desk.rows).toEqual(shown([3]));
    await desk.source.disconnect();
  });

  it("a stalled stream is connected anew, and REST answers in the meantime", async () => {
    const desk = await new Desk().open(3);
    desk.send(3, false);
    await settled();
    const before = desk.market.opened;
    await desk.endMinute();
    await desk.endMinute();
    await desk.time.pass(2_500);
    expect(desk.kinds).toContain("stalled");
    expect(desk.market.opened).toBeGreaterThan(before);
    expect(desk.rows).toEqual(shown([3, 4]));
    await desk.source.disconnect();
  });

  it("does not believe a hole as long as REST lags behind the stream", async () => {
    const desk = await new Desk().open(3);
    desk.market.lag = 3;
    await desk.endMinute();
    const ended = await desk.endMinute();
    desk.send(ended);
    await settled();
    expect(desk.rows).toEqual([]);
    desk.market.lag = 0;
    await desk.time.pass(1_000);
    expect(desk.rows).toEqual(shown([3, 4]));
    await desk.source.disconnect();
  });

  it("follows a venue that leaves out minutes without trades: no bar is invented, none waits for the missing", async () => {
    const desk = new Desk();
    desk.market.traits = { ...desk.market.traits, everyCandle: false };
    await desk.open(3);
    await desk.endMinute();
    await desk.time.pass(minute);
    desk.market.candleList.splice(4, 1, candleOf(5, false));
    await desk.time.pass(minute);
    desk.market.candleList.splice(4, 1, candleOf(5), candleOf(6, false));
    desk.send(5);
    await settled();
    expect(desk.rows).toEqual(shown([3, 5]));
    await desk.source.disconnect();
  });

  it("gives up only for what cannot mend: an unknown symbol", async () => {
    const desk = new Desk();
    desk.market.candles = async () => {
      throw new ConnectionError("no such market", { code: "GEO-VENUE-UNSUPPORTED" });
    };
    expect((await failure(desk.open(3, { warmup: 5 }))).code).toBe("GEO-VENUE-UNSUPPORTED");
    expect((await failure(desk.source.done)).code).toBe("GEO-VENUE-UNSUPPORTED");
    expect(desk.time.sleeping).toBe(0);
  });
});

describe("a stream", () => {
  it.each([
    ["goes on after what may pass", "GEO-VENUE-UNSUPPORTED", [3, 4]],
    ["ends the source when the venue refuses our credentials", "GEO-CREDENTIALS", []],
  ] as const)("%s", async (_, code, minutes) => {
    const desk = await new Desk().open(3);
    desk.market.streams.candles.at(-1)!.fail(new ConnectionError("refused", { code }));
    await settled();
    await desk.endMinute();
    await desk.endMinute();
    await desk.time.pass(2_500);
    expect(desk.rows).toEqual(shown(minutes));
    if (code === "GEO-CREDENTIALS") {
      expect((await failure(desk.source.done)).code).toBe(code);
      expect(desk.thrown).toMatchObject({ code });
    } else expect(desk.thrown).toBeUndefined();
    await desk.source.disconnect();
    expect(desk.time.sleeping).toBe(0);
  });
});

const fault = fc.oneof(
  { weight: 6, arbitrary: fc.constant("none" as const) },
  fc.constantFrom(
    ...(["drop", "twice", "late", "swapped", "repeated", "cut", "stall", "refuse", "lag", "young"] as const),
  ),
);

describe("whatever goes wrong", () => {
  it("the bars are the venue's closed candles, each once, in order", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fault, { minLength: 1, maxLength: 40 }),
        fc.nat(4),
        async (faults, warmup) => {
          const desk = await new Desk().open(6, { warmup });
          let held: number[] = [];
          let stalled = 0;
          for (const what of faults) {
            const ended = await desk.endMinute();
            desk.market.lag = what === "lag" ? 2 : 0;
            if (what === "refuse") desk.market.failing = 3;
            if (what === "stall") stalled = 3;
            if (what === "cut") desk.market.cut("candles");
            if (what === "late") held.push(ended);
            const sent = what === "drop" || what === "late" || stalled-- > 0 ? [] : [ended];
            if (what === "twice") sent.push(ended);
            if (what === "repeated") sent.unshift(ended - 2, ended - 1);
            if (what === "young") desk.send(ended + 1, false);
            if (what === "swapped") held = [ended, ...held];
            for (const m of what === "swapped" ? [] : sent) desk.send(m);
            if (what === "none" && held.length > 0) {
              for (const m of held) desk.send(m);
              held = [];
            }
            await settled();
          }
          desk.market.lag = 0;
          for (let i = 0; i < 3; i++) await desk.goodMinute();
          await desk.time.pass(45_000);
          const newest = desk.market.candleList.length - 2;
          const first = 6 - warmup;
          expect(desk.rows).toEqual(shown(Array.from({ length: newest - first + 1 }, (_, i) => first + i)));
          await desk.source.disconnect();
        },
      ),
      { numRuns: 60 },
    );
  });
});
