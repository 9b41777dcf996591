import { performance } from "node:perf_hooks";

/** A seeded walk of 1-minute bars in memory, in chunks as the CSV reader makes them. */
export function memoryBars(rows, instrument, { seed = 7, chunkRows = 65_536 } = {}) {
  const chunks = [];
  let state = seed >>> 0;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
  let cents = 3_000_000;
  let openTime = Date.UTC(2004, 0, 1);
  for (let done = 0; done < rows; done += chunkRows) {
    const length = Math.min(chunkRows, rows - done);
    const columns = Array.from({ length: 7 }, () => new Float64Array(length));
    const [openTimes, times, open, high, low, close, volume] = columns;
    for (let i = 0; i < length; i++) {
      const next = Math.max(100_000, cents + Math.round((random() - 0.5) * 4000));
      openTimes[i] = openTime;
      openTime += 60_000;
      times[i] = openTime;
      open[i] = cents;
      high[i] = Math.max(cents, next) + Math.round(random() * 500);
      low[i] = Math.min(cents, next) - Math.round(random() * 500);
      close[i] = next;
      volume[i] = 1 + Math.round(random() * 1_000_000);
      cents = next;
    }
    const column = (mantissas, scale) => ({ mantissas, scale, wide: null });
    chunks.push({
      kind: "bar",
      length,
      instruments: [instrument],
      instrumentOf: null,
      timeframe: { label: "1m", ms: 60_000 },
      openTimes,
      times,
      open: column(open, 2),
      high: column(high, 2),
      low: column(low, 2),
      close: column(close, 2),
      volume: column(volume, 5),
      derived: false,
    });
  }
  return {
    async *events() {
      yield* chunks;
    },
  };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/** Seconds that `work` takes. */
export async function timed(work) {
  const start = performance.now();
  const result = await work();
  return { seconds: (performance.now() - start) / 1000, result };
}
