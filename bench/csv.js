/**
 * Reading speed of CSV: `npm run build && node bench/csv.js [rows …]` (default 1000000 10000000). Generates 1-minute
 * OHLCV in the temporary folder, the same on every machine, and prints one JSON document with medians.
 */
import { createReadStream, rmSync } from "node:fs";
import { mkdtemp, open, stat } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse";
import { openCsv, readColumns } from "../dist/data/csvFile.js";

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1_000_000, 10_000_000];
const folder = await mkdtemp(join(tmpdir(), "geosync-csv-"));
try {
  const results = [];
  for (const rows of sizes) results.push(await measureSize(rows));
  const document = { schema: "geosync.bench.csv/1", node: process.version, cpu: cpus()[0]?.model, results };
  console.log(JSON.stringify(document, null, 2));
} finally {
  rmSync(folder, { recursive: true });
}

async function measureSize(rows) {
  const path = join(folder, `BTC-USDT_${rows}.csv`);
  await generate(path, rows);
  const { size } = await stat(path);
  const repeats = rows > 2_000_000 ? 3 : 5;
  const readers = {
    "readColumns, no hash": () => readColumns(path, { hash: false }),
    "readColumns, hash": () => readColumns(path, { hash: true }),
    "chunks, no hash": () => drain(path, { hash: false }),
    "chunks, hash": () => drain(path, { hash: true }),
  };
  if (rows <= 1_000_000) {
    readers["csv-parse raw"] = () => parsed(path, {});
    readers["csv-parse columns"] = () => parsed(path, { columns: true });
  }
  const medians = {};
  for (const [name, read] of Object.entries(readers)) {
    const times = [];
    for (let i = 0; i < (name.startsWith("csv-parse") ? 1 : repeats); i++) times.push(await timed(read));
    const ms = times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
    medians[name] = { ms: Math.round(ms), rowsPerSecond: Math.round((rows / ms) * 1000) };
  }
  rmSync(path);
  return {
    rows,
    bytes: size,
    repeats,
    peakRssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    medians,
  };
}

async function timed(read) {
  const start = performance.now();
  await read();
  return performance.now() - start;
}

async function drain(path, options) {
  const file = await openCsv(path, options);
  let rows = 0;
  for await (const chunk of file.chunks()) rows += chunk.length;
  return rows;
}

async function parsed(path, options) {
  let rows = 0;
  for await (const _ of createReadStream(path).pipe(parse(options))) rows++;
  return rows;
}

/** A seeded random walk with two decimals and a volume with four; about 60 bytes a row. */
async function generate(path, rows) {
  const handle = await open(path, "w");
  let state = 20240101;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  let text = "timestamp,open,high,low,close,volume\n";
  let price = 4_000_000;
  for (let row = 0; row < rows; row++) {
    const time = new Date(Date.UTC(2000, 0, 1) + row * 60_000).toISOString();
    const open = price;
    price = Math.max(100_000, price + Math.round((random() - 0.5) * 2000));
    const high = Math.max(open, price) + Math.round(random() * 500);
    const low = Math.min(open, price) - Math.round(random() * 500);
    const cells = [open, high, low, price].map((cents) => (cents / 100).toFixed(2));
    text += `${time.slice(0, 10)} ${time.slice(11, 19)},${cells.join(",")},${(random() * 100).toFixed(4)}\n`;
    if (text.length > 1 << 20 || row === rows - 1) {
      await handle.write(text);
      text = "";
    }
  }
  await handle.close();
}
