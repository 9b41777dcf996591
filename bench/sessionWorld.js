/** Sessions for the figures: synthetic ticks, or bars and ticks, through the Runner into a journal on the disk. */
const symbol = "BTC/USDT";
const start = Date.UTC(2026, 0, 1);
export const minute = 60_000;

export async function modules() {
  const [{ Runner }, { openSession }, { loadStrategies }, { replaySession }, { createInstrument }] =
    await Promise.all([
      import("../dist/run/session/runner.js"),
      import("../dist/run/session/open.js"),
      import("../dist/run/session/plan.js"),
      import("../dist/run/session/replaySession.js"),
      import("../dist/index.js"),
    ]);
  return { Runner, openSession, loadStrategies, replaySession, createInstrument };
}

export const instrumentOf = ({ createInstrument }) =>
  createInstrument(symbol, { tick: "0.01", lot: "0.00001", venue: "bench" });

/** `length` ticks from number `first` on, so many ms apart, as a venue's trades are: with sides and ids. */
export function ticksOf(instrument, first, length, apartMs) {
  const column = (value, scale) => ({
    mantissas: Float64Array.from({ length }, (_, i) => value(first + i)),
    scale,
    wide: null,
  });
  return {
    kind: "tick",
    length,
    instruments: [instrument],
    instrumentOf: null,
    times: Float64Array.from({ length }, (_, i) => start + Math.floor((first + i) * apartMs)),
    price: column((i) => 6_000_000 + Math.round(20_000 * Math.sin(i / 500)) + ((i * 7919) % 100), 2),
    volume: column((i) => 1 + ((i * 104_729) % 100_000), 5),
    sides: Int8Array.from({ length }, (_, i) => ((first + i) % 3) - 1),
    ids: Array.from({ length }, (_, i) => String(4_000_000_000 + first + i)),
  };
}

/** @param run (session, known, control) brings the data */
export async function runSession(parts, options) {
  const { Runner, openSession, loadStrategies } = parts;
  const {
    stateDir,
    name,
    strategy,
    run,
    instrument,
    now,
    ticksArePrices = true,
    runner = {},
    params = {},
  } = options;
  const settings = { strategy, params, cwd: process.cwd(), cash: { units: 1_000_000n, scale: 0 } };
  const ensemble = await loadStrategies(settings);
  const manifest = {
    ...{ mode: "paper", venue: "bench", symbols: [symbol], settings, ticksArePrices },
    ...{ tradeFrom: Number.NEGATIVE_INFINITY, historyLimit: 10_000 },
  };
  const opened = await openSession({ stateDir, name, manifest, ensemble });
  const intake = {
    ...{ venue: "bench", instruments: [instrument], barMs: null, ticksArePrices, isFinite: false },
    ...{ tradeFrom: Number.NEGATIVE_INFINITY, now, run, close: async () => {} },
  };
  try {
    const session = new Runner({
      ...{ store: opened.store, manifest: opened.manifest, ensemble, intake, venue: null, onExit: "keep" },
      ...{ untilBars: null, signal: new AbortController().signal, onEvent: () => {}, ...runner },
    });
    return await session.run();
  } finally {
    // Without a reason: as a kill leaves it.
    opened.store.close(options.reason);
  }
}

/** Ticks of [from, to), each a step of its own. */
export function feed(session, instrument, { from, to, apartMs, onTime }) {
  const most = 1000;
  for (let first = from; first < to; first += most) {
    const chunk = ticksOf(instrument, first, Math.min(most, to - first), apartMs);
    for (let row = 0; row < chunk.length; row++) {
      onTime(chunk.times[row]);
      session.market(chunk.times[row], [{ chunk, row }]);
    }
  }
}
