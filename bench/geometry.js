/** Updates of the geometric indicators: `node bench/geometry.js [--quick]`. The first is the one that has a target. */
import { figure, repeat, short, spread } from "./figure.js";

const target = 200_000;
const assets = 10;
const window = 200;

/** Name → its indicator, and whether it takes all assets or one. */
const makers = {
  R: (api) => api.kuramoto({ assets, periods: [window / 4], cycles: 4 }),
  correlationCurvature: (api) => api.correlationCurvature({ assets, window }),
  leadLag: (api) => api.leadLag({ window, maxLag: 5 }),
  visibilityCurvature: (api) => api.visibilityCurvature(window),
  hurst: (api) => api.hurst(window),
  dfa: (api) => api.dfa(window),
  permutationEntropy: (api) => api.permutationEntropy({ window }),
  entropyChange: (api) => api.entropyChange({ window }),
};
const widths = { R: assets, correlationCurvature: assets, leadLag: 2 };

figure(import.meta.url, {
  async measure({ name, updates, runs }) {
    const indicator = makers[name](await import("../dist/index.js"));
    const inputs = walks(4096, widths[name]);
    const ms = await repeat(runs, () => {
      const start = performance.now();
      for (let i = 0; i < updates; i++) indicator.update(inputs[i % inputs.length]);
      return performance.now() - start;
    });
    if (!Number.isFinite(indicator.value)) throw new Error(`expected a value of ${name}, found none`);
    return { ms };
  },
  async report({ quick, fresh }) {
    const results = [];
    for (const name of Object.keys(makers)) {
      const updates = quick ? 500 : name === "R" ? 1_000_000 : 20_000;
      const processes = await repeat(quick || name !== "R" ? 1 : 5, () => fresh({ name, updates, runs: 3 }));
      const speed = (ms) => (updates / ms) * 1000;
      const first = spread(processes.map(({ ms }) => speed(ms[0])));
      const warm = spread(processes.flatMap(({ ms }) => ms.slice(1).map(speed)));
      results.push({
        indicator: name,
        updates,
        firstRunUpdatesPerSecond: first,
        warmRunUpdatesPerSecond: warm,
      });
    }
    const [{ firstRunUpdatesPerSecond: first, warmRunUpdatesPerSecond: warm }] = results;
    const line = {
      work: `synchrony R over ${assets} assets, window ${window}`,
      target: `${short(target)} updates/s`,
      measured: `${short(first.median)} updates/s in a fresh process, ${short(warm.median)} warm`,
      against: "log returns, phases and R of every update, one price of each asset",
      met: first.median >= target,
    };
    return { lines: [line], results };
  },
});

/** Rows of as many prices as there are assets, or single prices; the walks have half their moves in common. */
function walks(length, width) {
  let state = 20240101;
  // Numerical Recipes' generator, as in walk.js.
  const step = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 0.002;
  };
  const prices = new Float64Array(width ?? 1).fill(100);
  return Array.from({ length }, () => {
    const common = step();
    for (let i = 0; i < prices.length; i++) prices[i] *= 1 + common + step();
    return width === undefined ? prices[0] : prices.slice();
  });
}
