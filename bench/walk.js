/** A seeded random walk of 1-minute bars, the same on every machine: in memory, or as a CSV file. */
import { open } from "node:fs/promises";

const minute = 60_000;
const firstOpen = Date.UTC(2000, 0, 1);
const chunkRows = 65_536;

/** A MarketStream of `rows` bars, in chunks as the CSV reader makes them; prices have two decimals, volumes four. */
export function memoryBars(rows, instrument) {
  const chunks = [];
  const walk = randomWalk();
  for (let first = 0; first < rows; first += chunkRows) {
    const length = Math.min(chunkRows, rows - first);
    const column = (scale) => ({ mantissas: new Float64Array(length), scale, wide: null });
    const chunk = {
      kind: "bar",
      length,
      instruments: [instrument],
      instrumentOf: null,
      timeframe: { label: "1m", ms: minute },
      openTimes: new Float64Array(length),
      times: new Float64Array(length),
      open: column(2),
      high: column(2),
      low: column(2),
      close: column(2),
      volume: column(4),
      derived: false,
    };
    for (let i = 0; i < length; i++) {
      const bar = walk();
      chunk.openTimes[i] = firstOpen + (first + i) * minute;
      chunk.times[i] = chunk.openTimes[i] + minute;
      for (const name of ["open", "high", "low", "close", "volume"]) chunk[name].mantissas[i] = bar[name];
    }
    chunks.push(chunk);
  }
  return {
    async *events() {
      yield* chunks;
    },
  };
}

/** The same bars as a plain file of about 63 bytes a row. */
export async function writeCsv(path, rows) {
  const file = await open(path, "w");
  const walk = randomWalk();
  let text = "timestamp,open,high,low,close,volume\n";
  for (let row = 0; row < rows; row++) {
    const { open, high, low, close, volume } = walk();
    const time = new Date(firstOpen + row * minute).toISOString();
    const prices = [open, high, low, close].map((cents) => (cents / 100).toFixed(2)).join(",");
    text += `${time.slice(0, 10)} ${time.slice(11, 19)},${prices},${(volume / 1e4).toFixed(4)}\n`;
    if (text.length < 1 << 20 && row < rows - 1) continue;
    await file.write(text);
    text = "";
  }
  // Else the disk would be at work while it is read.
  await file.datasync();
  await file.close();
}

/** Gives the next bar at each call, in cents and ten-thousandths of volume; the bar is overwritten by the next. */
function randomWalk() {
  let state = 20240101;
  // Numerical Recipes' generator: poor randomness, but enough to move a price, and the same everywhere.
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const bar = { open: 0, high: 0, low: 0, close: 4_000_000, volume: 0 };
  return () => {
    bar.open = bar.close;
    bar.close = Math.max(100_000, bar.open + Math.round((random() - 0.5) * 2000));
    bar.high = Math.max(bar.open, bar.close) + Math.round(random() * 500);
    bar.low = Math.min(bar.open, bar.close) - Math.round(random() * 500);
    bar.volume = 1 + Math.round(random() * 1e6);
    return bar;
  };
}
