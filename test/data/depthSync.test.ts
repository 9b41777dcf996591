import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DepthDiff, DepthSync } from "../../src/data/depthSync.ts";
import { type Level, LocalBook, parseLevel } from "../../src/data/localBook.ts";
import { formatFixed } from "../../src/domain/fixed.ts";

const show = (levels: readonly Level[]) =>
  levels.map(({ price, size }) => `${formatFixed(price)}x${formatFixed(size)}`).join(" ");

/** A change of one bid (prices below 100) or ask (above); its place in the stream is its id. */
const change = fc.record({
  price: fc.integer({ min: 90, max: 110 }).filter((price) => price !== 100),
  size: fc.integer({ min: 0, max: 3 }),
});

/** What the book is after the first `count` changes. */
function truth(changes: readonly { price: number; size: number }[], count: number) {
  const sizes = new Map<number, number>();
  for (const { price, size } of changes.slice(0, count)) sizes.set(price, size);
  const side = (holds: (price: number) => boolean, direction: number) =>
    [...sizes]
      .filter(([price, size]) => holds(price) && size > 0)
      .sort(([a], [b]) => (b - a) * direction)
      .map(([price, size]) => parseLevel(String(price), String(size))!);
  return { bids: side((price) => price < 100, -1), asks: side((price) => price > 100, 1) };
}

describe("DepthSync", () => {
  it("arrives at the venue's book wherever the messages are cut and the snapshot falls", () => {
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 60 }),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 60, maxLength: 60 }),
        fc.nat(60),
        fc.nat(10),
        (changes, cuts, taken, late) => {
          const book = new LocalBook();
          const sync = new DepthSync(book, () => expect.fail("there is no gap"));
          const id = Math.min(taken, changes.length);
          // The snapshot of the moment `id` arrives some messages later, as answers do.
          let messages = 0;
          let from = 0;
          for (const cut of cuts) {
            if (from >= changes.length) break;
            const to = Math.min(from + cut, changes.length);
            sync.diff(diffOf(changes, from, to, ++messages));
            from = to;
            if (!sync.isKnown && to >= id && messages >= late) {
              sync.snapshot({ last: id, ...truth(changes, id) });
            }
          }
          if (!sync.isKnown) sync.snapshot({ last: id, ...truth(changes, id) });
          const expected = truth(changes, changes.length);
          expect([show(book.bids), show(book.asks)]).toEqual([show(expected.bids), show(expected.asks)]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("finds a message that was lost, whichever it is", () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 3, maxLength: 30 }), fc.nat(28), (changes, drop) => {
        const gaps: number[] = [];
        const sync = new DepthSync(new LocalBook(), ({ expected }) => gaps.push(expected));
        sync.snapshot({ last: 0, bids: [], asks: [] });
        const lost = drop % (changes.length - 1);
        for (let i = 0; i < changes.length; i++) if (i !== lost) sync.diff(diffOf(changes, i, i + 1, i));
        expect(gaps).toEqual([lost + 1]);
        expect(sync.isKnown).toBe(false);
      }),
    );
  });
});

/** Changes [from, to), whose ids count from 1. */
function diffOf(
  changes: readonly { price: number; size: number }[],
  from: number,
  to: number,
  line: number,
): DepthDiff {
  const last = new Map(changes.slice(from, to).map(({ price, size }) => [price, size]));
  const side = (holds: (price: number) => boolean) =>
    [...last]
      .filter(([price]) => holds(price))
      .map(([price, size]) => parseLevel(String(price), String(size))!);
  const [bids, asks] = [side((price) => price < 100), side((price) => price > 100)];
  return { line, first: from + 1, last: to, previous: null, bids, asks };
}
