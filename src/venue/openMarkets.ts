import { dayMs, type Millis } from "../domain/time.ts";
import { seedFor } from "./chance.ts";
import type { ExchangeOptions, MarketOptions } from "./exchangeOptions.ts";
import { FileRows } from "./fileRows.ts";
import { gridOf, Market, meanLevelSize, type NewsDesk } from "./market.ts";
import { pointsOf, type SourcePosition } from "./priceSource.ts";
import { RandomWalk } from "./randomWalk.ts";
import type { SavedExchange, SavedMarket } from "./savedState.ts";
import { checkedRules, knownMarkets } from "./symbolRules.ts";

/** A random walk begins so long before the exchange opens: trades and klines of seconds for who asks for the past. */
const warmupMs = 25 * 60_000;
const yearlyVolatility = 0.6;
const minutesOfYear = (365 * dayMs) / 60_000;

interface Opening {
  readonly opened: Millis;
  /** What the source trades before that has been, and no order was there. */
  readonly now: Millis;
  readonly seed: number;
  readonly levels: number;
  readonly news: NewsDesk;
}

/** The market of one symbol as the exchange opens, or goes on from what was saved. */
function openMarket(options: MarketOptions, opening: Opening, saved?: SavedMarket): Market {
  const { rules, prices } = options;
  checkedRules(rules);
  const grid = gridOf(rules);
  const { opened, seed, levels, news, now } = opening;
  const deviation = yearlyVolatility / Math.sqrt(minutesOfYear);
  if (prices.kind === "rows") {
    const source = new FileRows(prices, grid, opened, saved?.source.turn);
    const { time, price } = source.first;
    return upTo(now, new Market({ rules, source, seed, price, time, levels, deviation }, news), saved);
  }
  const price = pointsOf(prices.price, grid);
  const time = Math.floor((opened - warmupMs) / 60_000) * 60_000;
  const from: SourcePosition = saved?.source ?? { turn: 0, time, price };
  const meanSize = meanLevelSize(rules, price) / 10;
  const source = new RandomWalk(seedFor(seed, rules.symbol), from, grid, meanSize, prices);
  const market = new Market({ rules, source, seed, price, time, levels, deviation }, news);
  // The past ends where the first trade is.
  if (saved === undefined) market.print(time, price, grid.step, "BUY");
  return upTo(now, market, saved);
}

function upTo(now: Millis, market: Market, saved: SavedMarket | undefined): Market {
  if (saved !== undefined) market.restore(saved);
  while (market.source.nextTime < now) market.replay(market.source.next());
  market.open();
  return market;
}

/** By symbol. `saved`: they go on from what they were. */
export function openMarkets(
  { seed = 1, levels = 1000, markets = usualMarkets }: ExchangeOptions,
  opened: Millis,
  news: NewsDesk,
  saved?: SavedExchange,
): ReadonlyMap<string, Market> {
  const savedMarkets = new Map(saved?.state.markets.map((market) => [market.symbol, market]));
  // What it traded until then, its orders have met already.
  const now = saved?.changes?.at(-1)?.time ?? saved?.state.time ?? opened;
  const opening = { opened, now, seed, levels, news };
  return new Map(
    markets.map((market) => {
      const { symbol } = market.rules;
      return [symbol, openMarket(market, opening, savedMarkets.get(symbol))];
    }),
  );
}

/** The markets of an exchange that is asked for none in particular. */
const usualMarkets: readonly MarketOptions[] = [...knownMarkets.values()].map(({ rules, price }) => ({
  rules,
  prices: { kind: "walk", price },
}));
