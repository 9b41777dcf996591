/**
 * The engine through the public plugin API: sma-cross on 1-minute bars from memory, default costs, exact account:
 * `node bench/engine.js [--quick]`. The shipped strategy puts all equity into each trade, so costs eat the account on
 * a random walk, after which there is little to do; the figure is therefore taken with a fixed quantity, where the
 * account lasts and every crossing is traded. Both are reported, as is the sample of the documentation.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { figure, repeat, root, short, spread } from "./figure.js";

const target = 20e6;
const warmBars = 10_000_000;
const shipped = { name: "shipped", path: `${root}strategies/sma-cross.ts`, order: "{ fraction: share }" };
const sample = {
  name: "sample",
  path: `${root}bench/strategies/sma-cross-sample.ts`,
  order: "{ fraction: 1 }",
};

figure(import.meta.url, {
  async measure({ path, bars, runs, cash }) {
    const { instrument, runPlugin } = await import("./plugin.js");
    const { memoryBars } = await import("./walk.js");
    const stream = memoryBars(bars, instrument);
    const settings = { cash: { units: BigInt(cash), scale: 0 } };
    const finished = await repeat(runs, async () => {
      const { ms, result } = await runPlugin(path, stream, settings);
      return { ms, outcome: outcomeOf(result) };
    });
    return { ms: finished.map(({ ms }) => ms), ...finished[0].outcome };
  },
  async report({ quick, fresh }) {
    const sizes = quick ? [2_000, 5_000] : [100_000, 1_000_000, 10_000_000];
    const folder = await mkdtemp(join(tmpdir(), "geosync-engine-"));
    const results = [];
    try {
      for (const variant of await variantsIn(folder)) {
        // The largest size is for the figure alone.
        const own = quick || isFigure(variant) ? sizes : sizes.slice(0, -1);
        for (const bars of own) results.push(await measureSize(variant, bars, quick, fresh));
      }
    } finally {
      await rm(folder, { recursive: true });
    }
    return { lines: linesOf(results), results };
  },
});

/** Each strategy as it is, and with one order size replaced. */
async function variantsIn(folder) {
  const variants = [];
  for (const { name, path, order } of [shipped, sample]) {
    const pieces = (await readFile(path, "utf8")).split(`ctx.buy(${order})`);
    if (pieces.length !== 2)
      throw new Error(`${path}: expected one ctx.buy(${order}), found ${pieces.length - 1}`);
    const sized = join(folder, `sma-cross-${name}.ts`);
    await writeFile(sized, pieces.join("ctx.buy({ quantity: 0.001 })"));
    variants.push({ strategy: name, size: "0.001 BTC", path: sized, cash: 100_000 });
    variants.push({ strategy: name, size: "all equity", path, cash: 10_000 });
  }
  return variants;
}

function isFigure({ strategy, size }) {
  return strategy === "shipped" && size === "0.001 BTC";
}

function outcomeOf({ fills, finalEquity, reasons }) {
  const equity = Number(finalEquity.units) / 10 ** finalEquity.scale;
  return { fills, finalEquity: equity, reasons: Object.fromEntries(reasons) };
}

async function measureSize({ strategy, size, path, cash }, bars, quick, fresh) {
  // Every size after the same work: the first 10 M bars of a process are the compiler's, and here it is the bars that count.
  const runs = quick ? 2 : Math.max(2, (2 * warmBars) / bars);
  const processes = await repeat(quick ? 1 : 3, () => fresh({ path, bars, runs, cash }));
  const { fills, finalEquity, reasons } = processes[0];
  const speed = (ms) => (bars / ms) * 1000;
  return {
    strategy,
    size,
    bars,
    cash,
    fills,
    finalEquity,
    reasons,
    firstRunBarsPerSecond: spread(processes.map(({ ms }) => speed(ms[0]))),
    warmRunBarsPerSecond: spread(processes.flatMap(({ ms }) => ms.slice(runs / 2).map(speed))),
  };
}

function linesOf(results) {
  const figured = results.filter(isFigure);
  const largest = figured.at(-1);
  const first = largest.firstRunBarsPerSecond.median;
  const warm = figured.map(({ warmRunBarsPerSecond }) => warmRunBarsPerSecond.median);
  const flatness = Math.max(...warm) / Math.min(...warm);
  const { bars, fills } = largest;
  return [
    {
      work: `engine through the plugin API, sma-cross, ${short(bars)} bars, costs and exact account on`,
      target: `${short(target)} bars/s`,
      measured: `${short(first)} bars/s in a fresh process, ${short(warm.at(-1))} warm`,
      against: `bars in memory, ${short(fills)} fills of 0.001 BTC`,
      met: first >= target,
    },
    {
      work: `the same, runs of ${figured.map(({ bars: size }) => short(size)).join(", ")} bars in a process that had ${short(warmBars)}`,
      target: "flat per bar",
      measured: `${warm.map(short).join(", ")} bars/s`,
      against: `the slowest size: ${flatness.toFixed(2)} ×`,
      // Costs per bar that grew with the bars would show as a factor of 100 here, noise as a few tenths.
      met: flatness < 1.5,
    },
  ];
}
