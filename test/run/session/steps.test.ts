import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FixedColumn, fixedAt } from "../../../src/domain/columns.ts";
import { formatFixed } from "../../../src/domain/fixed.ts";
import { instrumentAt, type MarketChunk } from "../../../src/domain/market.ts";
import { ByteReader, ByteWriter, largestPacked } from "../../../src/run/session/bytes.ts";
import { packDefinition, unpackDefinition } from "../../../src/run/session/definitions.ts";
import { entryKinds } from "../../../src/run/session/ledger.ts";
import { cellsOf, columnsOf } from "../../../src/run/session/rowFormat.ts";
import type { Step } from "../../../src/run/session/step.ts";
import { StepReader } from "../../../src/run/session/stepReader.ts";
import { StepWriter } from "../../../src/run/session/stepWriter.ts";
import { anyChunk, btc } from "./rows.ts";

it("whole numbers of every size come back", () => {
  const number = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.constantFrom(0, -1, 127, 128, 2 ** 32));
  fc.assert(
    fc.property(fc.array(number), fc.double(), fc.string(), (numbers, double, text) => {
      const to = new ByteWriter();
      const packed = numbers.filter((each) => Math.abs(each) <= largestPacked);
      for (const each of packed) to.int(each);
      for (const each of numbers) to.uint(Math.abs(each));
      to.double(double);
      to.text(text);
      const from = new ByteReader();
      from.open(to.take());
      expect(packed.map(() => from.int())).toEqual(packed.map((each) => each + 0));
      expect(numbers.map(() => from.uint())).toEqual(numbers.map(Math.abs));
      expect(from.double()).toBe(double);
      expect(from.text()).toBe(text);
      expect(from.isDone).toBe(true);
    }),
  );
});

describe("steps written and read again", () => {
  it("hold the same rows, exactly", () => {
    fc.assert(
      fc.property(fc.array(anyChunk, { minLength: 1, maxLength: 6 }), (chunks) => {
        const steps = chunks.flatMap((chunk) =>
          Array.from(chunk.times, (time, row): Step => {
            return { time, events: [{ chunk, row }], executions: [], commands: [] };
          }),
        );
        expect(roundTrip(steps).map(rowsOf)).toEqual(steps.map(rowsOf));
      }),
    );
  });

  it("hold what the venue told and what was asked, money and instruments included", () => {
    const step: Step = {
      time: 1000,
      events: [],
      executions: [
        { kind: "accepted", number: 3 },
        {
          kind: "fill",
          number: 3,
          instrument: btc,
          side: "buy",
          time: 999,
          bar: -1,
          price: { units: 6512345n, scale: 2 },
          quantity: 12n,
          value: { units: 10n ** 30n, scale: 7 },
          fee: { amount: { units: 1n, scale: 8 }, currency: "BTC" },
          maker: false,
          remaining: 0n,
          clipped: false,
        },
      ],
      commands: [
        { kind: "halt", because: 'ugly "news" – é' },
        { kind: "catchUp", until: Number.NEGATIVE_INFINITY },
      ],
    };
    expect(roundTrip([step])).toEqual([step]);
  });

  it("share a chunk where they have one format, and a journal defines it once", () => {
    const one = fc.sample(
      anyChunk.filter(({ kind, length }) => kind === "bar" && length > 2),
      1,
    )[0]!;
    const steps = Array.from(one.times, (time, row): Step => {
      return { time, events: [{ chunk: one, row }], executions: [], commands: [] };
    });
    const read = roundTrip(steps);
    const formats = new Set(read.map(({ events }) => events[0]!.chunk));
    expect(formats.size).toBeLessThanOrEqual(2);
  });

  it("a journal that goes on does not define again what it has", () => {
    const defined: unknown[] = [];
    const chunk = fc.sample(anyChunk, 1)[0]!;
    const step: Step = { time: chunk.times[0]!, events: [{ chunk, row: 0 }], executions: [], commands: [] };
    const definitions: Parameters<ConstructorParameters<typeof StepWriter>[0]>[1][] = [];
    new StepWriter((_, definition) => definitions.push(definition)).write(step);
    const next = new StepWriter((_, definition) => defined.push(definition));
    next.know(definitions);
    next.write(step);
    expect(definitions).toHaveLength(2);
    expect(defined).toEqual([]);
  });
});

/** Through bytes, definitions included. */
function roundTrip(steps: readonly Step[]): readonly Step[] {
  const reader = new StepReader();
  const writer = new StepWriter((time, definition) => {
    const kind = entryKinds[definition.kind];
    reader.define(unpackDefinition({ seq: 1, kind, time, payload: packDefinition(definition) }));
  });
  const read = steps.map((step) => reader.read(step.time, writer.write(step).slice()));
  reader.seal();
  return read;
}

function rowsOf({ time, events }: Step) {
  return { time, rows: events.map(({ chunk, row }) => rowOf(chunk, row)) };
}

/** All there is to a row, as plain values. */
function rowOf(chunk: MarketChunk, row: number) {
  const cells = columnsOf(chunk).map((column: FixedColumn, index) => {
    const [from, to] = cellsOf(chunk, row, index);
    return Array.from({ length: to - from }, (_, i) => formatFixed(fixedAt(column, from + i)));
  });
  const { symbol } = instrumentAt(chunk, row);
  const common = { kind: chunk.kind, symbol, time: chunk.times[row], hidden: chunk.hidden === true, cells };
  if (chunk.kind === "bar") {
    return { ...common, opens: chunk.openTimes[row], frame: chunk.timeframe.label, derived: chunk.derived };
  }
  if (chunk.kind === "tick")
    return { ...common, side: chunk.sides?.[row] ?? null, id: chunk.ids?.[row] ?? null };
  return chunk.kind === "quote"
    ? { ...common, sized: chunk.bidSize !== null }
    : { ...common, depth: chunk.depth };
}
