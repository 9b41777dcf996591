import fc from "fast-check";
import { columnOf } from "../../../src/domain/columns.ts";
import type { Fixed } from "../../../src/domain/fixed.ts";
import { createInstrument, type Instrument } from "../../../src/domain/instrument.ts";
import type { MarketChunk } from "../../../src/domain/market.ts";
import { parseTimeframe } from "../../../src/domain/time.ts";

export const btc = createInstrument("BTC/USDT", { tick: "0.01", lot: "0.00001", minNotional: "5" });
const eth = createInstrument("ETH/USDT");

/** Mostly prices as they are; some that no double holds. */
const cell = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({ units: fc.bigInt(0n, 10n ** 9n), scale: fc.integer({ min: 0, max: 8 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ units: fc.bigInt(0n, 10n ** 20n), scale: fc.integer({ min: 0, max: 20 }) }),
  },
);
const cells = (length: number): fc.Arbitrary<readonly Fixed[]> =>
  fc.array(cell, { minLength: length, maxLength: length });
const column = (length: number) => cells(length).map(columnOf);

function shared(length: number, instrument: Instrument, from: number) {
  const times = Float64Array.from({ length }, (_, i) => from + i * 1000.5);
  return { length, instruments: [instrument], instrumentOf: null, times };
}

/** A chunk of any kind, rows a second apart from `from` on. */
export const anyChunk: fc.Arbitrary<MarketChunk> = fc
  .record({
    length: fc.integer({ min: 1, max: 4 }),
    instrument: fc.constantFrom(btc, eth),
    from: fc.integer({ min: 0, max: 2e12 }),
    hidden: fc.boolean(),
    flag: fc.boolean(),
    depth: fc.integer({ min: 1, max: 3 }),
  })
  .chain(({ length, instrument, from, hidden, flag, depth }) => {
    const rows = { ...shared(length, instrument, from), ...(hidden && { hidden: true }) };
    const one = column(length);
    const levels = fc.array(fc.integer({ min: 0, max: depth }), { minLength: length, maxLength: length });
    const count = levels.map((each) => Uint16Array.from(each));
    const bar = fc
      .record({ open: one, high: one, low: one, close: one, volume: one })
      .map((columns): MarketChunk => {
        const openTimes = rows.times.map((time) => time - 60_000);
        return {
          ...rows,
          kind: "bar",
          timeframe: parseTimeframe("1m"),
          derived: flag,
          openTimes,
          ...columns,
        };
      });
    const tick = fc.record({ price: one, volume: one }).map((columns): MarketChunk => {
      const sides = flag ? Int8Array.from({ length }, (_, i) => (i % 3) - 1) : null;
      const ids = hidden ? Array.from({ length }, (_, i) => `é-${i}`) : null;
      return { ...rows, kind: "tick", sides, ids, ...columns };
    });
    const quote = fc
      .record({ bid: one, ask: one, bidSize: one, askSize: one })
      .map((columns): MarketChunk => {
        return { ...rows, kind: "quote", ...columns, ...(flag && { bidSize: null, askSize: null }) };
      });
    const side = column(length * depth);
    const book = fc
      .record({
        bidLevels: count,
        askLevels: count,
        bidPrices: side,
        bidSizes: side,
        askPrices: side,
        askSizes: side,
      })
      .map((columns): MarketChunk => ({ ...rows, kind: "book", depth, ...columns }));
    return fc.oneof(bar, tick, quote, book);
  });
