import type { Millis } from "../domain/time.ts";
import type { Market } from "./market.ts";
import type { OrderDesk } from "./orderDesk.ts";
import type { SourceTrade } from "./priceSource.ts";
import { invalidSymbol } from "./refusals.ts";

/** All markets under one clock: what their sources trade happens in order of time, and orders meet it. */
export class MarketFloor {
  readonly #markets: ReadonlyMap<string, Market>;
  readonly #orders: OrderDesk;
  #isAdvancing = false;
  /** Nobody but the accounts trades any more. */
  isFrozen = false;

  constructor(markets: ReadonlyMap<string, Market>, orders: OrderDesk) {
    this.#markets = markets;
    this.#orders = orders;
  }

  /** @throws VenueError -1121 */
  marketOf(symbol: string): Market {
    const market = this.#markets.get(symbol);
    if (market === undefined) throw invalidSymbol();
    return market;
  }

  /** Everything that is due by `now` happens. */
  advance(now: Millis): void {
    // A listener may ask for something that moves the market on: it is on its way already.
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    try {
      for (let market = this.#nextDue(now); market !== null; market = this.#nextDue(now)) {
        this.#happen(market);
      }
      this.#orders.now = now;
      for (const market of this.#markets.values()) market.tick(now);
    } finally {
      this.#isAdvancing = false;
    }
  }

  /** Trades may have triggered orders, and these traded in turn. */
  afterTrading(market: Market): void {
    this.#orders.runTriggers(market);
    this.#orders.matchResting(market);
    // What filled here was not asked for by the request that is being answered.
    this.#orders.takeFills();
    this.#orders.settle();
    market.tellTop();
  }

  /** The market whose price moves next, if it does by `now`; of several the first. */
  #nextDue(now: Millis): Market | null {
    if (this.isFrozen) return null;
    let due: Market | null = null;
    let time = now;
    for (const market of this.#markets.values()) {
      const { nextTime } = market.source;
      if (nextTime < time || (nextTime === time && due === null)) {
        due = market;
        time = nextTime;
      }
    }
    return due;
  }

  /** What the source traded: on its way there the price filled what stood in between. */
  #happen(market: Market): void {
    this.trade(market, market.source.next());
  }

  /** A public trade at a price that the book then stands around. */
  trade(market: Market, trade: SourceTrade): void {
    const { time, price, size, taker } = trade;
    this.#orders.now = time;
    market.move(trade);
    this.#orders.matchResting(market);
    market.print(time, price, size, taker);
    this.afterTrading(market);
    market.tick(time);
  }
}
