/** Plain 1-minute OHLCV into validated columns, against csv-parse on the same file: `node bench/csv.js [--quick]`. */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alternate, figure, repeat, short, spread, timed } from "./figure.js";
import { writeCsv } from "./walk.js";

const target = 12;

figure(import.meta.url, {
  async measure({ path, reader }) {
    const read = await readers[reader]();
    const { ms, result } = await timed(() => read(path));
    return { ms, ...result, peakMB: (process.resourceUsage().maxRSS * 1024) / 1e6 };
  },
  async report({ quick, fresh }) {
    const folder = await mkdtemp(join(tmpdir(), "geosync-csv-"));
    const results = [];
    try {
      for (const rows of quick ? [3_000] : [1_000_000, 10_000_000]) {
        const path = join(folder, `BTC-USDT_${rows}.csv`);
        await writeCsv(path, rows);
        results.push(await compare(path, rows, quick, fresh));
        await rm(path);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
    return { lines: results.map(lineOf), results };
  },
});

async function compare(path, rows, quick, fresh) {
  const ours = () => fresh({ path, reader: "columns" });
  const theirs = () => fresh({ path, reader: "csv-parse" });
  // csv-parse takes most of a minute for 10 million rows: once is enough, and each of our readings is held to it.
  const pairs =
    rows > 2_000_000 ? await onceAgainst(ours, theirs) : await alternate(quick ? 1 : 5, ours, theirs);
  const streamed = await repeat(quick ? 1 : 3, () => fresh({ path, reader: "stream with SHA-256" }));
  const expected = { columns: rows, "csv-parse": rows + 1, stream: rows };
  for (const [a, b] of pairs)
    check({ columns: a.rows, "csv-parse": b.rows, stream: streamed[0].rows }, expected);
  return {
    rows,
    bytes: (await stat(path)).size,
    ratio: spread(pairs.map(([a, b]) => b.ms / a.ms)),
    columnsMs: spread(pairs.map(([a]) => a.ms)),
    csvParseMs: spread([...new Set(pairs.map(([, b]) => b.ms))]),
    streamWithSha256Ms: spread(streamed.map(({ ms }) => ms)),
    peakMB: spread(pairs.map(([a]) => a.peakMB)),
    columnsMB: pairs[0][0].columnsMB,
    streamPeakMB: spread(streamed.map(({ peakMB }) => peakMB)),
    csvParsePeakMB: spread([...new Set(pairs.map(([, b]) => b.peakMB))]),
  };
}

async function onceAgainst(ours, theirs) {
  const before = [await ours(), await ours()];
  const other = await theirs();
  return [...before, await ours()].map((our) => [our, other]);
}

/** A reader that loses rows is quick as well. */
function check(found, expected) {
  if (JSON.stringify(found) === JSON.stringify(expected)) return;
  throw new Error(`expected ${JSON.stringify(expected)} rows, found ${JSON.stringify(found)}`);
}

function lineOf({ rows, ratio, columnsMs, csvParseMs }) {
  const speed = (ms) => `${short((rows / ms) * 1000)} rows/s`;
  return {
    work: `1-minute OHLCV CSV into validated columns, ${short(rows)} rows`,
    target: `${target} × csv-parse`,
    measured: `${ratio.median.toFixed(1)} × (${speed(columnsMs.median)})`,
    against: `csv-parse into arrays of text: ${speed(csvParseMs.median)}`,
    met: ratio.median >= target,
  };
}

/** Modules are loaded before the clock starts. */
const readers = {
  async columns() {
    const { readColumns } = await import("../dist/index.js");
    return async (path) => {
      const chunk = await readColumns(path);
      return { rows: chunk.length, columnsMB: bytesOf(chunk) / 1e6 };
    };
  },
  async "stream with SHA-256"() {
    const { openCsv } = await import("../dist/index.js");
    return async (path) => {
      let rows = 0;
      for await (const chunk of (await openCsv(path)).chunks()) rows += chunk.length;
      return { rows };
    };
  },
  async "csv-parse"() {
    const { countRecords } = await import("./csvParse.js");
    return async (path) => ({ rows: await countRecords(path) });
  },
};

function bytesOf({ openTimes, times, open, high, low, close, volume }) {
  const prices = [open, high, low, close, volume].map(({ mantissas }) => mantissas);
  return [openTimes, times, ...prices].reduce((sum, column) => sum + column.byteLength, 0);
}
