/**
 * grademark 0.3 and geosync, the same bars, the same trades: `node bench/grademark.js [--quick]`. SMA 10 above SMA 30,
 * decided at a bar's close, filled at the next open, no costs (grademark has none), what is open at the end closed at
 * the last close. grademark asks no rule on the bar of a fill, so our strategy rests there too; the run fails unless
 * both make the same trades at the same prices. The averages are made as grademark's documentation makes them, with
 * data-forge's rolling windows; `loop` is the same with averages made beforehand by ours, off the clock: what remains
 * is grademark's bare loop, which keeps no cash, lots, equity, fees or order states.
 */
import { createRequire } from "node:module";
import { alternate, figure, root, short, spread, timed } from "./figure.js";

const target = 50;
/** As in our strategy: equal averages must not differ by their roundings. */
const noise = 1e-4;

figure(import.meta.url, {
  async measure({ engine, bars }) {
    const { instrument } = await import("./plugin.js");
    const { memoryBars } = await import("./walk.js");
    const stream = memoryBars(bars, instrument);
    return engine === "geosync" ? runGeosync(stream) : runGrademark(stream, averages[engine]);
  },
  async report({ quick, fresh }) {
    const lines = [];
    const results = [];
    for (const bars of quick ? [2_000] : [100_000, 1_000_000]) {
      const compared = [];
      for (const engine of ["grademark", "loop"]) {
        const pairs = await alternate(
          quick ? 1 : 3,
          () => fresh({ engine: "geosync", bars }),
          () => fresh({ engine, bars }),
        );
        for (const [ours, theirs] of pairs) refuseDifference(ours, theirs);
        compared.push(resultOf(engine, bars, pairs));
      }
      lines.push(lineOf(...compared));
      results.push(...compared);
    }
    return { lines, results };
  },
});

async function runGeosync(stream) {
  const { runPlugin } = await import("./plugin.js");
  const none = { units: 0n, scale: 0 };
  const costs = { makerFee: none, takerFee: none, slippage: none };
  const settings = { ...costs, cash: { units: 10_000_000n, scale: 0 }, atEnd: "close" };
  const { ms, result } = await runPlugin(`${root}bench/strategies/sma-cross-resting.ts`, stream, settings);
  const cents = (units, scale) => Number(units) / 10 ** (scale - 2);
  const trades = result.trades.map(({ entryBar, entryPrice, exitPrice, priceScale }) => [
    entryBar,
    cents(entryPrice, priceScale),
    cents(exitPrice, priceScale),
  ]);
  return { ms, trades };
}

async function runGrademark(stream, prepIndicators) {
  // Both are CommonJS.
  const require = createRequire(import.meta.url);
  const { backtest } = require("grademark");
  const { DataFrame } = require("data-forge");
  const bars = await barsWithAverages(stream);
  const strategy = {
    prepIndicators,
    entryRule: (enter, { bar }) => bar.fast - bar.slow > noise && enter(),
    exitRule: (exit, { bar }) => bar.slow - bar.fast > noise && exit(),
  };
  const { ms, result } = await timed(() => backtest(strategy, new DataFrame(bars)));
  const barAt = new Map(bars.map(({ time }, index) => [time.getTime(), index]));
  const cents = (price) => Math.round(price * 100);
  const trades = result.map(({ entryTime, entryPrice, exitPrice }) => [
    barAt.get(entryTime.getTime()),
    cents(entryPrice),
    cents(exitPrice),
  ]);
  return { ms, trades };
}

const averages = {
  grademark({ inputSeries }) {
    const closes = inputSeries.deflate((bar) => bar.close);
    const mean = (length) =>
      closes
        .rollingWindow(length)
        .select((window) => [window.getIndex().last(), window.average()])
        .withIndex(([index]) => index)
        .select(([, average]) => average);
    return inputSeries.withSeries("fast", mean(10)).withSeries("slow", mean(30)).skip(29);
  },
  loop: ({ inputSeries }) => inputSeries,
};

async function barsWithAverages(stream) {
  const { sma } = await import("../dist/index.js");
  const fast = sma(10);
  const slow = sma(30);
  const bars = [];
  for await (const { length, openTimes, ...columns } of stream.events()) {
    const at = (name, i) => columns[name].mantissas[i] / 10 ** columns[name].scale;
    for (let i = 0; i < length; i++) {
      const close = at("close", i);
      bars.push({
        time: new Date(openTimes[i]),
        open: at("open", i),
        high: at("high", i),
        low: at("low", i),
        close,
        volume: at("volume", i),
        fast: fast.update(close),
        slow: slow.update(close),
      });
    }
  }
  return bars;
}

function refuseDifference(ours, theirs) {
  const at = ours.trades.findIndex((trade, i) => String(trade) !== String(theirs.trades[i]));
  if (at < 0 && ours.trades.length === theirs.trades.length && ours.trades.length > 0) return;
  const count = `${ours.trades.length} and ${theirs.trades.length} trades`;
  throw new Error(
    `expected the same trades of both, found ${count}; trade ${at}: ${ours.trades[at]} and ${theirs.trades[at]}`,
  );
}

function resultOf(against, bars, pairs) {
  const speed = ({ ms }) => (bars / ms) * 1000;
  return {
    against,
    bars,
    trades: pairs[0][0].trades.length,
    ratio: spread(pairs.map(([ours, theirs]) => theirs.ms / ours.ms)),
    geosyncBarsPerSecond: spread(pairs.map(([ours]) => speed(ours))),
    grademarkBarsPerSecond: spread(pairs.map(([, theirs]) => speed(theirs))),
  };
}

function lineOf(documented, bareLoop) {
  const { bars, trades, ratio, geosyncBarsPerSecond, grademarkBarsPerSecond } = documented;
  const speed = ({ median }) => `${short(median)} bars/s`;
  return {
    work: `grademark, same ${short(bars)} bars, same ${short(trades)} trades`,
    target: `${target} ×`,
    measured: `${ratio.median.toFixed(0)} × (${speed(geosyncBarsPerSecond)}, first run of a process)`,
    against: `grademark 0.3: ${speed(grademarkBarsPerSecond)}; with averages ready-made ${speed(bareLoop.grademarkBarsPerSecond)}`,
    met: ratio.median >= target,
  };
}
