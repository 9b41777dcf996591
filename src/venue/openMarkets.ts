import { dayMs, type Millis } from "../domain/time.ts";
import { seedFor } from "./chance.ts";
import type { ExchangeOptions, MarketOptions } from "./exchangeOptions.ts";
import { FileRows } from "./fileRows.ts";
import { gridOf, Market, meanLevelSize, type NewsDesk } from "./market.ts";
import { pointsOf, type SourcePosition } from "./priceSource.ts";
import { RandomWalk } from "./randomWalk.ts";
import { checkedRules, knownMarkets } from "./symbolRules.ts";

/** A random walk begins so long before the exchange opens: trades and klines of seconds for who asks for the past. */
const warmupMs = 25 * 60_000;
const yearlyVolatility = 0.6;
const minutesOfYear = (365 * dayMs) / 60_000;

/** What a market goes on from after a restart. */
export interface MarketPosition {
  readonly source: SourcePosition;
  readonly tradeId: number;
  readonly updateId: number;
}

/** The market of one symbol as the exchange opens. */
export function openMarket(
  { rules, prices }: MarketOptions,
  { seed = 1, levels = 1000 }: Pick<ExchangeOptions, "seed" | "levels">,
  now: Millis,
  news: NewsDesk,
): Market {
  checkedRules(rules);
  const grid = gridOf(rules);
  const deviation = yearlyVolatility / Math.sqrt(minutesOfYear);
  if (prices.kind === "rows") {
    const source = new FileRows(prices, grid, now);
    const { time, price } = source.first;
    return upTo(now, new Market({ rules, source, seed, price, time, levels, deviation }, news));
  }
  const price = pointsOf(prices.price, grid);
  const time = Math.floor((now - warmupMs) / 60_000) * 60_000;
  const meanSize = meanLevelSize(rules, price) / 10;
  const from: SourcePosition = { turn: 0, time, price };
  const source = new RandomWalk(seedFor(seed, rules.symbol), from, grid, meanSize, prices);
  const market = new Market({ rules, source, seed, price, time, levels, deviation }, news);
  // The past ends where the first trade is.
  market.print(time, price, grid.step, "BUY");
  return upTo(now, market);
}

/** What the source traded before the exchange opens is its market's history. */
function upTo(now: Millis, market: Market): Market {
  while (market.source.nextTime < now) market.replay(market.source.next());
  market.open();
  return market;
}

/** The markets of an exchange that is asked for none in particular. */
export const usualMarkets: readonly MarketOptions[] = [...knownMarkets.values()].map(({ rules, price }) => ({
  rules,
  prices: { kind: "walk", price },
}));
