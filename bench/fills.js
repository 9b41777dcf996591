/** A strategy that trades on every bar, default costs, exact account: `node bench/fills.js [--quick]`. */
import { figure, repeat, root, short, spread } from "./figure.js";

const target = 500_000;

figure(import.meta.url, {
  async measure({ bars, runs }) {
    const { instrument, runPlugin } = await import("./plugin.js");
    const { memoryBars } = await import("./walk.js");
    const stream = memoryBars(bars, instrument);
    // Enough for the costs of a million trades: none is refused.
    const settings = { cash: { units: 1_000_000n, scale: 0 } };
    const path = `${root}bench/strategies/every-bar.ts`;
    const finished = await repeat(runs, async () => {
      const { ms, result } = await runPlugin(path, stream, settings);
      return { ms, fills: result.fills };
    });
    return { ms: finished.map(({ ms }) => ms), fills: finished[0].fills };
  },
  async report({ quick, fresh }) {
    const bars = quick ? 2_000 : 1_000_000;
    const processes = await repeat(quick ? 1 : 5, () => fresh({ bars, runs: quick ? 2 : 4 }));
    const { fills } = processes[0];
    // The first bar only decides.
    if (fills !== bars - 1) throw new Error(`expected ${bars - 1} fills, found ${fills}`);
    const speed = (ms) => (fills / ms) * 1000;
    const first = spread(processes.map(({ ms }) => speed(ms[0])));
    const warm = spread(processes.flatMap(({ ms }) => ms.slice(1).map(speed)));
    const line = {
      work: `a strategy that trades on every bar, ${short(bars)} bars`,
      target: `${short(target)} fills/s`,
      measured: `${short(first.median)} fills/s in a fresh process, ${short(warm.median)} warm`,
      against: "bars in memory, fees, slippage and exact account on",
      met: first.median >= target,
    };
    return {
      lines: [line],
      results: [{ bars, fills, firstRunFillsPerSecond: first, warmRunFillsPerSecond: warm }],
    };
  },
});
