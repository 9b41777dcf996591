import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openCsv, readColumns } from "../../src/data/csvFile.ts";
import type { CsvOptions } from "../../src/data/csvOptions.ts";
import { GeoSyncError } from "../../src/domain/errors.ts";
import { parseTimeframe } from "../../src/domain/time.ts";
import { collect, hasShared, rowsOf, sharedFile, temporaryFiles } from "./support.ts";

const write = temporaryFiles();

/** Rows and summary of a reading, or the fault it ended with. */
async function outcome(path: string, options: CsvOptions): Promise<unknown> {
  try {
    const file = await openCsv(path, options);
    const rows = rowsOf(await collect(file.chunks()));
    const { skippedRows, firstSkipped, gaps, sha256 } = file.summary();
    return {
      rows,
      skippedRows,
      firstSkipped,
      gaps,
      sha256,
      timeframe: file.timeframe,
      symbols: file.symbols,
    };
  } catch (error) {
    if (error instanceof GeoSyncError) return { code: error.code, message: error.message, hint: error.hint };
    throw error;
  }
}

const digits = (min: number, max: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: min, maxLength: max });

/** Numbers as files write them, long, wide and with exponents included. */
const plainNumber = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(digits(1, 6), digits(1, 8)).map(([a, b]) => `${a}.${b}`) },
  { weight: 4, arbitrary: digits(1, 10) },
  { weight: 1, arbitrary: fc.tuple(digits(1, 18), digits(0, 18)).map(([a, b]) => `${a}.${b}`) },
  { weight: 1, arbitrary: digits(1, 4).map((b) => `.${b}`) },
  {
    weight: 1,
    arbitrary: fc.tuple(digits(1, 3), fc.constantFrom("e-7", "E+3", "e5", "e-25")).map((x) => x.join("")),
  },
  { weight: 1, arbitrary: digits(1, 5).map((a) => `+${a}`) },
);
const price = plainNumber.filter((text) => Number(text) > 0);
const badCell = fc.constantFrom(
  "",
  "NaN",
  "inf",
  "0x10",
  "true",
  "1,5",
  "-3",
  "1e999",
  "12a",
  "1.2.3",
  "--1",
  "“1”",
  "٣",
);
const blanks = fc.constantFrom("", "", "", "", " ");

const timeStyles: ReadonlyArray<(ms: number) => string> = [
  (ms) => String(ms),
  (ms) => String(ms / 1000),
  (ms) => `${ms}000`,
  (ms) => `${ms}123456`,
  (ms) => new Date(ms).toISOString(),
  (ms) => new Date(ms).toISOString().slice(0, 19).replace("T", " "),
  (ms) => `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")}.123456`,
  (ms) => `${new Date(ms).toISOString().slice(0, 19)}+00:00`,
  (ms) => `${new Date(ms).toISOString().slice(0, 16)}+05:30`,
  (ms) => new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", " "),
  (ms) => new Date(ms).toISOString().slice(0, 16).replaceAll("-", "/").replace("T", " "),
];

interface Row {
  readonly step: number;
  readonly prices: readonly string[];
  readonly volume: string;
  readonly symbol: string;
  readonly side: string;
  readonly bad: { readonly column: number; readonly text: string } | null;
  readonly quoted: boolean;
  readonly blank: string;
}

/** Mostly good rows: O = L and H = C of a rising pair, so that the checks of sense pass. */
const row: fc.Arbitrary<Row> = fc.record({
  step: fc.oneof({ weight: 150, arbitrary: fc.integer({ min: 1, max: 3 }) }, fc.integer({ min: -1, max: 0 })),
  prices: fc.tuple(price, price).map((pair) => {
    // A zero is a fault that would hide all others.
    const [low, high] = [...pair].sort((a, b) => Number(a) - Number(b)) as [string, string];
    return [low, high, low, high];
  }),
  volume: plainNumber,
  symbol: fc.constantFrom("BTCUSDT", "ETH/USDT", "btc-usdt", "SPY"),
  side: fc.constantFrom("buy", "sell", "S", "b", "BUY"),
  bad: fc.oneof(
    { weight: 100, arbitrary: fc.constant(null) },
    fc.record({ column: fc.nat(6), text: badCell }),
  ),
  quoted: fc.oneof({ weight: 60, arbitrary: fc.constant(false) }, fc.constant(true)),
  blank: blanks,
});

const file = fc.record({
  rows: fc.array(row, { minLength: 1, maxLength: 40 }),
  kind: fc.constantFrom("bar" as const, "tick" as const),
  symbols: fc.boolean(),
  extra: fc.boolean(),
  delimiter: fc.constantFrom(",", ";", "\t", "|"),
  newline: fc.constantFrom("\n", "\r\n"),
  finalNewline: fc.boolean(),
  style: fc.nat(timeStyles.length - 1),
  bom: fc.boolean(),
  cut: fc.oneof({ weight: 15, arbitrary: fc.constant(null) }, fc.nat(12)),
});
type FileSpec = typeof file extends fc.Arbitrary<infer T> ? T : never;

function textOf(spec: FileSpec): string {
  const bar = spec.kind === "bar";
  const names = [
    "timestamp",
    ...(spec.symbols ? ["symbol"] : []),
    ...(bar ? ["open", "high", "low", "close", "volume"] : ["price", "amount", "side", "id"]),
    ...(spec.extra ? ["remark"] : []),
  ];
  let time = Date.UTC(2024, 0, 31, 23, 40);
  const lines = spec.rows.map((each, index) => {
    time += each.step * 60_000;
    const cells = [
      timeStyles[spec.style]!(time),
      ...(spec.symbols ? [each.symbol] : []),
      ...(bar ? [...each.prices, each.volume] : [each.prices[0]!, each.volume, each.side, `t${index}`]),
      ...(spec.extra ? ["ignored ü"] : []),
    ];
    if (each.bad !== null && each.bad.column < cells.length) cells[each.bad.column] = each.bad.text;
    const dressed = cells.map((cell, i) =>
      each.quoted && i % 2 === 0 ? `"${cell}"` : `${each.blank}${cell}`,
    );
    return dressed.join(spec.delimiter);
  });
  const text =
    [names.join(spec.delimiter), ...lines].join(spec.newline) + (spec.finalNewline ? spec.newline : "");
  const whole = (spec.bom ? "\uFEFF" : "") + text;
  return spec.cut === null ? whole : whole.slice(0, whole.length - spec.cut);
}

describe("the scanner and csv-parse", () => {
  it.each(["refuse", "skip"] as const)(
    "read the same from any file, cell for cell, or find the same fault (bad rows: %s)",
    async (badRows) => {
      let read = 0;
      let refused = 0;
      let number = 0;
      await fc.assert(
        fc.asyncProperty(file, fc.constantFrom(1, 3, 65_536), async (spec, chunkRows) => {
          const path = write(`BTC-USDT_${badRows}${number++ % 4}.csv`, textOf(spec));
          // Symbols with steps of their own are refused unless the timeframe is given.
          const options = { badRows, timeframe: spec.symbols ? parseTimeframe("1m") : undefined };
          const fast = await outcome(path, { ...options, chunkRows });
          const plain = await outcome(path, { ...options, parser: "csv-parse" });
          expect(fast).toEqual(plain);
          if (fast !== null && typeof fast === "object" && "rows" in fast) read++;
          else refused++;
        }),
        { numRuns: 250 },
      );
      // The property must not hold for want of files that can be read, or of faults.
      expect(Math.min(read, refused)).toBeGreaterThan(0);
    },
  );

  it
    .skipIf(!hasShared)
    .each([
      "GOOG_1d.csv",
      "SP500_1d.csv",
      "EURUSD_1h.csv",
      "ETHBTC_5m.csv",
      "XRPETH_1m.csv",
      "XRPETH_trades.csv",
      "BTCPERP_1m.csv",
      "US_equities_1d_multi.csv",
    ])("read the same from %s, and so does readColumns", async (name) => {
    const path = sharedFile(name);
    const fast = (await outcome(path, { chunkRows: 1000 })) as { rows: string[] };
    expect(fast).toEqual(await outcome(path, { parser: "csv-parse" }));
    expect(rowsOf([await readColumns(path)])).toEqual(fast.rows);
  });
});
