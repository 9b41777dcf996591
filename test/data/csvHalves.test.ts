import { statSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readDialect } from "../../src/data/csvDialect.ts";
import { readHalves, type WholeFile } from "../../src/data/csvHalves.ts";
import { CsvReading, type ReadingPlan } from "../../src/data/csvReading.ts";
import { parseTimeframe } from "../../src/domain/time.ts";
import { temporaryFiles } from "./support.ts";

const write = temporaryFiles();
const minute = 60_000;
const bars = "time,open,high,low,close,volume";

async function planOf(path: string, more: Partial<ReadingPlan> = {}, capacity = 64): Promise<ReadingPlan> {
  const { layout } = await readDialect(path, {});
  const timeframe = layout.kind === "bar" ? parseTimeframe("1m", "test") : null;
  return { layout, symbols: [], selected: null, timeframe, capacity, grow: true, hash: false, ...more };
}

async function fromTheTop(plan: ReadingPlan): Promise<WholeFile> {
  const reading = new CsvReading(plan).chunks();
  const { value: chunk } = await reading.next();
  const { value: summary } = await reading.next();
  return { chunk, summary } as WholeFile;
}

/** The other thread, here in this one. */
const thread = { read: (plan: ReadingPlan) => new CsvReading(plan).chunks() };

const cutAt = (plan: ReadingPlan, around: number, signal?: AbortSignal) =>
  readHalves(plan, statSync(plan.layout.path).size, thread, signal, around);

/** Steps of one minute mostly, prices and volumes of any number of decimals. */
const rows = fc.array(
  fc.record({
    step: fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, fc.integer({ min: 1, max: 9 })),
    price: fc.tuple(fc.integer({ min: 1, max: 99_999 }), fc.integer({ min: 0, max: 6 })),
    volume: fc.tuple(fc.nat(99_999), fc.integer({ min: 0, max: 9 })),
    blank: fc.boolean(),
  }),
  { minLength: 2, maxLength: 12 },
);
const text = ([digits, decimals]: readonly [number, number]) => (digits / 10 ** decimals).toFixed(decimals);

function fileOf(kind: "bar" | "tick", list: typeof rows extends fc.Arbitrary<infer T> ? T : never): string {
  let time = Date.UTC(2024, 0, 1);
  const lines = list.flatMap(({ step, price, volume, blank }) => {
    time += step * minute;
    const [p, v] = [text([price[0] + 1, price[1]]), text(volume)];
    const line = kind === "bar" ? `${time},${p},${p},${p},${p},${v}` : `${time},${p},${v},buy`;
    return blank ? [line, ""] : [line];
  });
  return [kind === "bar" ? bars : "time,price,amount,side", ...lines, ""].join("\n");
}

describe("a file read in two parts", () => {
  it.each(["bar", "tick"] as const)("is, cut at any line, what it is from the top: %ss", async (kind) => {
    let joined = 0;
    await fc.assert(
      fc.asyncProperty(rows, fc.nat(), fc.constantFrom(5, 64), async (list, at, capacity) => {
        const path = write("A.csv", fileOf(kind, list));
        const plan = await planOf(path, {}, capacity);
        const halves = await cutAt(plan, plan.layout.firstByte + (at % statSync(path).size));
        if (halves === null) return;
        joined++;
        expect(halves).toEqual(await fromTheTop(plan));
      }),
    );
    expect(joined).toBeGreaterThan(20);
  });

  const row = (i: number, rest = "10,12,9,11,1") => `${Date.UTC(2024, 0, 1) + i * minute},${rest}`;
  const good = Array.from({ length: 8 }, (_, i) => row(i));
  const middle = bars.length + (row(0).length + 1) * 4;

  it("is joined in the memory of the first part, a bar at the seam ended by the next", async () => {
    const late = [...good.slice(0, 4), ...good.slice(4).map((_, i) => row(i + 20))];
    const plan = await planOf(write("A.csv", [bars, ...late, ""].join("\n")));
    const { chunk, summary } = (await cutAt(plan, middle))!;
    expect([chunk.length, chunk.times.length]).toEqual([8, 8]);
    expect(summary.gaps).toMatchObject({ count: 1, longestMs: 17 * minute });
    expect({ chunk, summary }).toEqual(await fromTheTop(plan));
  });

  it.each([
    ["a repeated row where the parts meet", [...good.slice(0, 4), good[3], ...good.slice(4)]],
    ["a row that runs back there", [...good.slice(0, 4), row(1), ...good.slice(5)]],
    ["a bad row in the first part", [good[0], row(1, "10,8,9,8.5,1"), ...good.slice(2)]],
    ["a bad row in the second part", [...good.slice(0, 6), row(6, "10,8,9,8.5,1"), good[7]]],
    ["a quoted cell in the first part", [good[0], row(1, '"10",12,9,11,1'), ...good.slice(2)]],
    ["a quoted cell in the second part", [...good.slice(0, 6), row(6, '"10",12,9,11,1'), good[7]]],
    ["a number too long for a double", [...good.slice(0, 7), row(7, "10,12,9,11,1.2345678901234567890")]],
  ])("is left to a reading from the top for %s", async (_, lines) => {
    expect(await cutAt(await planOf(write("A.csv", [bars, ...lines, ""].join("\n"))), middle)).toBeNull();
  });

  it("is left to it for a range, a hash, forgiven rows, closing stamps and symbols", async () => {
    const path = write("A.csv", [bars, ...good, ""].join("\n"));
    const others: readonly Partial<ReadingPlan>[] = [
      { from: Date.UTC(2024, 0, 1) },
      { hash: true },
      { badRows: "skip" },
      { stamp: "close" },
      { parser: "csv-parse" },
    ];
    expect(await cutAt(await planOf(path), middle)).not.toBeNull();
    for (const other of others) expect(await cutAt(await planOf(path, other), middle)).toBeNull();
    const named = write("B.csv", "symbol,time,price\nA,2024-01-01,1\nA,2024-01-02,1\n");
    expect(await cutAt(await planOf(named), 20)).toBeNull();
  });

  it("is left to it when the thread fails, and ends with the signal's reason", async () => {
    const plan = await planOf(write("A.csv", [bars, ...good, ""].join("\n")));
    const failing = {
      async *read(plan: ReadingPlan): ReturnType<typeof thread.read> {
        if (plan.span!.from > 0) throw new Error("no memory");
        return yield* new CsvReading(plan).chunks();
      },
    };
    const size = statSync(plan.layout.path).size;
    expect(await readHalves(plan, size, failing, undefined, middle)).toBeNull();
    const stopped = AbortSignal.abort(new Error("enough"));
    await expect(cutAt(plan, middle, stopped)).rejects.toThrow("enough");
  });
});
