/**
 * grademark 0.3 and geosync, the same bars, the same trades: `node bench/grademark.js [--quick]`. SMA 10 above SMA 30,
 * decided at a bar's close, filled at the next open, no costs (grademark has none), what is open at the end closed at
 * the last close. grademark asks no rule on the bar of a fill, so our strategy rests there too; the run fails unless
 * both make the same trades at the same prices. In grademark's favour: it is given the averages ready-made, and it
 * keeps no cash, lots, equity or order states.
 */
import { createRequire } from "node:module";
import { alternate, figure, root, short, spread, timed } from "./figure.js";

const target = 50;

figure(import.meta.url, {
  async measure({ engine, bars }) {
    const { instrument } = await import("./plugin.js");
    const { memoryBars } = await import("./walk.js");
    return engines[engine](memoryBars(bars, instrument));
  },
  async report({ quick, fresh }) {
    const results = [];
    for (const bars of quick ? [2_000] : [20_000, 100_000]) {
      const pairs = await alternate(
        quick ? 1 : 3,
        () => fresh({ engine: "geosync", bars }),
        () => fresh({ engine: "grademark", bars }),
      );
      for (const [ours, theirs] of pairs) refuseDifference(ours, theirs);
      results.push(resultOf(bars, pairs));
    }
    return { lines: [lineOf(results.at(-1))], results };
  },
});

const engines = {
  async geosync(stream) {
    const { runPlugin } = await import("./plugin.js");
    const none = { units: 0n, scale: 0 };
    const settings = {
      cash: { units: 10_000_000n, scale: 0 },
      makerFee: none,
      takerFee: none,
      slippage: none,
      atEnd: "close",
    };
    const { ms, result } = await runPlugin(`${root}bench/strategies/sma-cross-resting.ts`, stream, settings);
    const toCents = (units, scale) => Number(units) / 10 ** (scale - 2);
    const trades = result.trades.map((trade) => [
      trade.entryBar,
      toCents(trade.entryPrice, trade.priceScale),
      toCents(trade.exitPrice, trade.priceScale),
    ]);
    return { ms, trades };
  },
  async grademark(stream) {
    const { sma } = await import("../dist/index.js");
    const require = createRequire(import.meta.url);
    const { backtest } = require("grademark");
    const { DataFrame } = require("data-forge");
    const bars = [];
    const fast = sma(10);
    const slow = sma(30);
    for await (const { length, openTimes, ...columns } of stream.events()) {
      for (let i = 0; i < length; i++) {
        const [open, high, low, close, volume] = ["open", "high", "low", "close", "volume"].map(
          (name) => columns[name].mantissas[i] / 10 ** columns[name].scale,
        );
        const means = { fast: fast.update(close), slow: slow.update(close) };
        bars.push({
          index: bars.length,
          time: new Date(openTimes[i]),
          open,
          high,
          low,
          close,
          volume,
          ...means,
        });
      }
    }
    const strategy = {
      lookbackPeriod: 1,
      entryRule: (enter, { bar }) => bar.fast > bar.slow && enter(),
      exitRule: (exit, { bar }) => bar.fast < bar.slow && exit(),
    };
    const { ms, result } = await timed(() => backtest(strategy, new DataFrame(bars)));
    const barAt = new Map(bars.map(({ time, index }) => [time.getTime(), index]));
    const cents = (price) => Math.round(price * 100);
    const trades = result.map((trade) => [
      barAt.get(trade.entryTime.getTime()),
      cents(trade.entryPrice),
      cents(trade.exitPrice),
    ]);
    return { ms, trades };
  },
};

function refuseDifference(ours, theirs) {
  const at = ours.trades.findIndex((trade, i) => String(trade) !== String(theirs.trades[i]));
  if (at < 0 && ours.trades.length === theirs.trades.length && ours.trades.length > 0) return;
  const count = `${ours.trades.length} and ${theirs.trades.length} trades`;
  throw new Error(
    `expected the same trades of both, found ${count}; trade ${at}: ${ours.trades[at]} and ${theirs.trades[at]}`,
  );
}

function resultOf(bars, pairs) {
  const speed = ({ ms }) => (bars / ms) * 1000;
  return {
    bars,
    trades: pairs[0][0].trades.length,
    ratio: spread(pairs.map(([ours, theirs]) => theirs.ms / ours.ms)),
    geosyncBarsPerSecond: spread(pairs.map(([ours]) => speed(ours))),
    grademarkBarsPerSecond: spread(pairs.map(([, theirs]) => speed(theirs))),
  };
}

function lineOf({ bars, trades, ratio, geosyncBarsPerSecond, grademarkBarsPerSecond }) {
  return {
    work: `grademark, same ${short(bars)} bars, same ${short(trades)} trades`,
    target: `${target} ×`,
    measured: `${ratio.median.toFixed(0)} × (${short(geosyncBarsPerSecond.median)} bars/s, first run)`,
    against: `grademark 0.3: ${short(grademarkBarsPerSecond.median)} bars/s`,
    met: ratio.median >= target,
  };
}
