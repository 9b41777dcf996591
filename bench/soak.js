/**
 * A simulated week of 1m bars and ticks through a session, as fast as it goes, and what it keeps in memory: `node
 * bench/soak.js [--quick]`. Heap after a full collection, at the end of each day.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { figure, root, short, spread } from "./figure.js";
import { instrumentOf, minute, modules, runSession, ticksOf } from "./sessionWorld.js";

const maxGrowth = 0.1;
const minutesADay = 1440;

figure(import.meta.url, {
  async measure({ days, ticksAMinute, minutes }) {
    const parts = await modules();
    const instrument = instrumentOf(parts);
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc");
    mkdirSync(`${root}bench/.cache`, { recursive: true });
    const stateDir = mkdtempSync(`${root}bench/.cache/soak-`);
    let time = Number.NEGATIVE_INFINITY;
    const kept = [];
    const cpu = process.cpuUsage();
    const start = performance.now();
    try {
      await runSession(parts, {
        ...{
          stateDir,
          name: "week",
          strategy: "momentum",
          params: { lookback: 60 },
          instrument,
          ticksArePrices: false,
        },
        ...{ now: () => time, reason: "done" },
        async run(session, [known]) {
          for (let day = 0; day < days; day++) {
            for (let m = 0; m < minutes; m++) {
              const first = (day * minutes + m) * ticksAMinute;
              const chunk = ticksOf(known, first, ticksAMinute, minute / ticksAMinute);
              for (let row = 0; row < ticksAMinute; row++) {
                time = chunk.times[row];
                session.market(time, [{ chunk, row }]);
              }
              const bar = barOf(known, chunk, Math.floor(chunk.times[0] / minute) * minute);
              time = bar.times[0];
              session.market(time, [{ chunk: bar, row: 0 }]);
              // As the runner does when a file is played: signals and timers are heard.
              if (m % 60 === 0) await nextTurn();
            }
            session.flush();
            collect();
            const { heapUsed, arrayBuffers } = process.memoryUsage();
            kept.push(heapUsed + arrayBuffers);
          }
        },
      });
    } finally {
      rmSync(stateDir, { recursive: true });
    }
    const { user, system } = process.cpuUsage(cpu);
    return { kept, ms: performance.now() - start, cpuMs: (user + system) / 1000 };
  },
  async report({ quick, fresh }) {
    const days = 7;
    const [ticksAMinute, minutes] = quick ? [10, 60] : [60, minutesADay];
    const { kept, ms, cpuMs } = await fresh({ days, ticksAMinute, minutes });
    const growth = Math.max(...kept.slice(1)) / kept[0] - 1;
    const events = days * minutes * (ticksAMinute + 1);
    const mb = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
    return {
      lines: [
        {
          work: `memory of a session over a week of 1m bars and ${ticksAMinute} ticks a minute, after its first day`,
          target: `under ${maxGrowth * 100} % more`,
          measured: `${(growth * 100).toFixed(1)} %`,
          against: `${mb(kept[0])} after a day, ${mb(kept.at(-1))} after a week; ${short((events / ms) * 1000)} events/s through the journal`,
          met: growth < maxGrowth,
        },
      ],
      results: [{ days, events, growth, keptMB: spread(kept.map((bytes) => bytes / 1e6)), ms, cpuMs }],
    };
  },
});

function barOf(instrument, ticks, openTime) {
  const column = (value, scale) => ({ mantissas: Float64Array.of(value), scale, wide: null });
  const prices = ticks.price.mantissas;
  return {
    ...{ kind: "bar", length: 1, instruments: [instrument], instrumentOf: null, derived: true },
    timeframe: { label: "1m", ms: minute },
    times: Float64Array.of(openTime + minute),
    openTimes: Float64Array.of(openTime),
    open: column(prices[0], 2),
    high: column(Math.max(...prices), 2),
    low: column(Math.min(...prices), 2),
    close: column(prices.at(-1), 2),
    volume: column(
      ticks.volume.mantissas.reduce((a, b) => a + b, 0),
      5,
    ),
  };
}
