import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InstantFeed } from "../../src/data/merge.ts";
import { columnOf } from "../../src/domain/columns.ts";
import { createInstrument } from "../../src/domain/instrument.ts";
import type { Instant, MarketChunk } from "../../src/domain/market.ts";
import type { MarketStream } from "../../src/domain/ports.ts";

function ticks(times: readonly number[]): MarketChunk {
  const column = columnOf(times.map((_, i) => ({ units: BigInt(i + 1), scale: 0 })));
  return {
    kind: "tick",
    length: times.length,
    instruments: [createInstrument("BTCUSDT")],
    instrumentOf: null,
    times: Float64Array.from(times),
    price: column,
    volume: column,
    sides: null,
    ids: null,
  };
}

function streamOf(chunks: readonly (readonly number[])[], onClose = () => {}): MarketStream {
  return {
    async *events() {
      try {
        for (const times of chunks) yield ticks(times);
      } finally {
        onClose();
      }
    },
  };
}

async function instants(streams: readonly MarketStream[]) {
  const feed = new InstantFeed(streams);
  const instant: Instant = { time: 0, count: 0, events: [] };
  const seen: { time: number; count: number; chunks: MarketChunk[]; rows: number[] }[] = [];
  while (await feed.fill()) {
    while (feed.next(instant)) {
      const events = instant.events.slice(0, instant.count);
      seen.push({
        time: instant.time,
        count: instant.count,
        chunks: events.map((event) => event.chunk),
        rows: events.map((event) => event.row),
      });
    }
  }
  return seen;
}

describe("InstantFeed", () => {
  it.each([
    { streams: [], expected: [] },
    { streams: [[[]]], expected: [] },
    {
      streams: [[[1, 2, 3]]],
      expected: [
        [1, 1],
        [2, 1],
        [3, 1],
      ],
    },
    {
      streams: [[[1, 1, 2]]],
      expected: [
        [1, 2],
        [2, 1],
      ],
    },
    {
      streams: [[[1], [], [1, 1], [1, 2]]],
      expected: [
        [1, 4],
        [2, 1],
      ],
    },
    {
      streams: [[[1, 3]], [[2, 3]]],
      expected: [
        [1, 1],
        [2, 1],
        [3, 2],
      ],
    },
    {
      streams: [[[1], [1]], [[1], [1, 5]], [[5]]],
      expected: [
        [1, 4],
        [5, 2],
      ],
    },
  ])("gathers all events of one time: $streams → $expected", async ({ streams, expected }) => {
    const seen = await instants(streams.map((chunks) => streamOf(chunks)));
    expect(seen.map(({ time, count }) => [time, count])).toEqual(expected);
  });

  it("orders an instant by stream, then by row, across chunk borders", async () => {
    const seen = await instants([streamOf([[7], [7, 7]]), streamOf([[7, 7], [7]])]);
    expect(seen).toHaveLength(1);
    expect(seen[0]!.rows).toEqual([0, 0, 1, 0, 1, 0]);
  });

  it("gives what sorting all events by time, stream and row would give", async () => {
    const chunk = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 5 });
    const stream = fc.array(chunk, { maxLength: 5 }).map((steps) => {
      let time = 0;
      return steps.map((part) => part.map((step) => (time += step)));
    });
    await fc.assert(
      fc.asyncProperty(fc.array(stream, { maxLength: 4 }), async (streams) => {
        const seen = await instants(streams.map((chunks) => streamOf(chunks)));
        const flat = seen.flatMap(({ time, chunks, rows }) =>
          rows.map((row, i) => [time, chunks[i]!.times[row]]),
        );
        const expected = streams
          .flatMap((chunks) => chunks.flat())
          .sort((a, b) => a - b)
          .map((time) => [time, time]);
        expect(flat).toEqual(expected);
        expect(new Set(seen.map(({ time }) => time)).size).toBe(seen.length);
      }),
    );
  });

  it("lets the failure of a stream through and closes the others", async () => {
    const closed: string[] = [];
    const broken: MarketStream = {
      async *events() {
        yield ticks([1]);
        throw new Error("the line is dead");
      },
    };
    const feed = new InstantFeed([streamOf([[1], [2], [3]], () => closed.push("good")), broken]);
    const instant: Instant = { time: 0, count: 0, events: [] };
    const drain = async () => {
      while (await feed.fill()) while (feed.next(instant));
    };
    await expect(drain()).rejects.toThrow("the line is dead");
    await feed.close();
    expect(closed).toEqual(["good"]);
    expect(await feed.fill()).toBe(false);
  });
});
