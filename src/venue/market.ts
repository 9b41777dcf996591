import { type Fixed, unitsToNumber } from "../domain/fixed.ts";
import { createInstrument, type Instrument } from "../domain/instrument.ts";
import type { Millis } from "../domain/time.ts";
import { ConsumedLiquidity } from "../execution/consumedLiquidity.ts";
import { type Amount, amountScale } from "./amount.ts";
import { seedFor } from "./chance.ts";
import type { Level, MarketNews, PublicTrade, SymbolRules, WireSide } from "./contract.ts";
import { KlineNews } from "./klineNews.ts";
import { Klines } from "./klines.ts";
import { Ladder } from "./ladder.ts";
import { PastBars } from "./pastBars.ts";
import type { Grid, PriceSource, SourceTrade } from "./priceSource.ts";
import type { SavedMarket } from "./savedState.ts";
import { Tape } from "./tape.ts";

export interface MarketStart {
  readonly rules: SymbolRules;
  readonly source: PriceSource;
  readonly seed: number;
  /** Points. */
  readonly price: number;
  readonly time: Millis;
  /** Levels a side of the book. */
  readonly levels: number;
  /** Standard deviation of a minute's logarithmic return before `time`. */
  readonly deviation: number;
}

/** Where news go. */
export interface NewsDesk {
  /** Is there anyone to make them for? */
  isHeard(): boolean;
  tell(news: MarketNews): void;
}

/** Depth changes are told no more often: Binance's faster stream. */
const depthMs = 100;

/** The market of one symbol: its book, trades, klines, and what it tells of them. It knows no accounts. */
export class Market {
  readonly rules: SymbolRules;
  readonly instrument: Instrument;
  readonly grid: Grid;
  readonly source: PriceSource;
  readonly ladder: Ladder;
  readonly tape = new Tape();
  readonly klines: Klines;
  readonly klineNews: KlineNews;
  /** What is taken leaves the ladder itself; the rules of execution ask for it all the same. */
  readonly untaken: ConsumedLiquidity;
  /** Points; of the last public trade. */
  last: number;
  tradeId = 0;
  /** 10^-8 of the quote currency for one point × one unit of size. */
  readonly #valueUnit: bigint;
  readonly #news: NewsDesk;
  /** Highest and lowest price traded since the last look, for what waits for a price. */
  #highest = Number.NEGATIVE_INFINITY;
  #lowest = Number.POSITIVE_INFINITY;
  #turn = 0;
  #toldUpdateId = 0;
  #toldTime: Millis;
  readonly #toldTop = new Float64Array(4);

  constructor(start: MarketStart, news: NewsDesk) {
    const { rules, source, seed, price, time } = start;
    this.rules = rules;
    this.source = source;
    this.last = price;
    this.#news = news;
    this.grid = gridOf(rules);
    this.instrument = createInstrument(`${rules.baseAsset}/${rules.quoteAsset}`, {
      quantityScale: rules.stepSize.scale,
      lot: textOf(rules.stepSize),
    });
    this.untaken = new ConsumedLiquidity(this.instrument, "buy");
    const { priceScale, sizeScale, tick } = this.grid;
    this.#valueUnit = 10n ** BigInt(amountScale - priceScale - sizeScale);
    const spacing = Math.max(1, Math.round((price * levelSpacing) / tick)) * tick;
    const meanSize = meanLevelSize(rules, price);
    const own = seedFor(seed, `${rules.symbol} book`);
    this.ladder = new Ladder({ ...this.grid, seed: own, levels: start.levels, spacing, meanSize });
    const past = new PastBars({
      seed: seedFor(seed, `${rules.symbol} past`),
      end: Math.floor(time / 60_000) * 60_000,
      price,
      tick,
      deviation: start.deviation,
      meanSize: meanSize / 10,
      tradesPerMinute: 120,
    });
    this.klines = new Klines(this.grid, past);
    this.klineNews = new KlineNews(rules.symbol, this.klines, (one) => news.tell(one));
    this.#toldTime = time;
    this.open();
  }

  /** The source's market has come to another price: the book stands around it, though it is not traded at yet. */
  move({ price, taker }: SourceTrade): void {
    this.#turn++;
    this.#place(price, taker);
    this.ladder.renew(this.#turn);
  }

  /** A trade from before the exchange opened: nobody was there. */
  replay({ time, price, size, taker }: SourceTrade): void {
    this.#turn++;
    this.print(time, price, size, taker);
  }

  /** The book stands where the last trade left it. */
  open(): void {
    this.#place(this.last, "BUY");
    this.ladder.forgetChange();
    this.#toldUpdateId = this.ladder.updateId;
    this.takeRange();
  }

  save(): SavedMarket {
    return {
      symbol: this.rules.symbol,
      source: this.source.position,
      last: this.last,
      turn: this.#turn,
      tradeId: this.tradeId,
      updateId: this.ladder.updateId,
      ...this.klines.save(),
    };
  }

  /** Goes on from there, on a source that does. Levels that were taken from have recovered. */
  restore(saved: SavedMarket): void {
    this.last = saved.last;
    this.tradeId = saved.tradeId;
    this.#turn = saved.turn;
    this.ladder.updateId = saved.updateId;
    this.klines.restore(saved);
  }

  /** A public trade. */
  print(time: Millis, price: number, size: number, taker: WireSide): number {
    this.klineNews.close(time);
    const id = ++this.tradeId;
    this.last = price;
    if (price > this.#highest) this.#highest = price;
    if (price < this.#lowest) this.#lowest = price;
    const { symbol } = this.rules;
    const buyerTook = taker === "BUY";
    this.klines.add({ time, price, size, buyerTook });
    const trade: PublicTrade = {
      symbol,
      id,
      price: this.priceOf(price),
      qty: this.sizeOf(size),
      time,
      isBuyerMaker: !buyerTook,
    };
    this.tape.add(trade);
    this.#news.tell({ kind: "trade", trade });
    this.klineNews.traded();
    return id;
  }

  /** The range traded since the last call; null without a trade. */
  takeRange(): readonly [low: number, high: number] | null {
    const range = [this.#lowest, this.#highest] as const;
    this.#highest = Number.NEGATIVE_INFINITY;
    this.#lowest = Number.POSITIVE_INFINITY;
    return range[0] > range[1] ? null : range;
  }

  /** Tells the best prices when they are others than last time. */
  tellTop(): void {
    if (!this.#news.isHeard()) return;
    const { ladder } = this;
    const told = this.#toldTop;
    const { price: bid, size: bidSize } = ladder.best("bids");
    const { price: ask, size: askSize } = ladder.best("asks");
    if (told[0] === bid && told[1] === bidSize && told[2] === ask && told[3] === askSize) return;
    told.set([bid, bidSize, ask, askSize]);
    this.#news.tell({ kind: "bookTicker", symbol: this.rules.symbol, ...this.bookTicker() });
  }

  /** Time has passed: what is told at intervals. */
  tick(now: Millis): void {
    this.klineNews.close(now);
    this.klineNews.tick(now);
    if (now - this.#toldTime >= depthMs) this.tellDepth(now);
  }

  /** What changed in the book since it was told last. Before a snapshot, so that diffs lead up to it. */
  tellDepth(now: Millis): void {
    this.#toldTime = now;
    const firstUpdateId = this.#toldUpdateId + 1;
    const lastUpdateId = this.ladder.updateId;
    if (lastUpdateId < firstUpdateId) return;
    this.#toldUpdateId = lastUpdateId;
    if (!this.#news.isHeard()) {
      this.ladder.forgetChange();
      return;
    }
    const change = this.ladder.takeChange();
    const levels = (side: ReadonlyMap<number, number>) => [...side].map((level) => this.levelOf(level));
    const { symbol } = this.rules;
    const [bids, asks] = [levels(change.bids), levels(change.asks)];
    this.#news.tell({ kind: "depth", symbol, time: now, firstUpdateId, lastUpdateId, bids, asks });
  }

  /** What stands best; 0 and Infinity when nothing does. */
  bestPrices(): { readonly bid: number; readonly ask: number } {
    const bid = this.ladder.best("bids").price;
    const ask = this.ladder.best("asks").price;
    return { bid, ask: ask === 0 ? Number.POSITIVE_INFINITY : ask };
  }

  bookTicker(): { readonly bid: Level; readonly ask: Level; readonly updateId: number } {
    const level = (side: "bids" | "asks"): Level => {
      const { price, size } = this.ladder.best(side);
      return this.levelOf([price, size]);
    };
    return { bid: level("bids"), ask: level("asks"), updateId: this.ladder.updateId };
  }

  /** In units of 10^-8; the last price when nothing was traded in the five minutes before this second. */
  average(now: Millis): number {
    return this.klines.average(now) ?? this.last * 10 ** (amountScale - this.grid.priceScale);
  }

  /** What `size` at `price` is worth in quote currency. */
  value(price: number, size: number): Amount {
    return BigInt(price) * BigInt(size) * this.#valueUnit;
  }

  baseAmount(size: number): Amount {
    return BigInt(size) * 10n ** BigInt(amountScale - this.grid.sizeScale);
  }

  priceOf(points: number): Fixed {
    return { units: BigInt(points), scale: this.grid.priceScale };
  }

  sizeOf(size: number): Fixed {
    return { units: BigInt(size), scale: this.grid.sizeScale };
  }

  levelOf([price, size]: readonly [number, number]): Level {
    return { price: this.priceOf(price), qty: this.sizeOf(size) };
  }

  /** A buyer paid the ask, a seller got the bid; the other side stands a tick away. */
  #place(price: number, taker: WireSide): void {
    const { tick } = this.grid;
    const bid = Math.max(tick, taker === "BUY" ? price - tick : price);
    this.ladder.moveTo(bid, bid + tick, this.#turn);
  }
}

/** Between levels, as a fraction of the price: a thousand of them reach 2 % away. */
const levelSpacing = 2e-5;

export function gridOf(rules: SymbolRules): Grid {
  const { tickSize, stepSize } = rules;
  return {
    priceScale: tickSize.scale,
    tick: Number(tickSize.units),
    sizeScale: stepSize.scale,
    step: Number(stepSize.units),
  };
}

/** A level is worth 5,000 of the smallest orders: 25,000 USDT. In units of the quantity's decimals. */
export function meanLevelSize(rules: SymbolRules, points: number): number {
  const { minNotional, tickSize, stepSize } = rules;
  const price = points / 10 ** tickSize.scale;
  const size = (unitsToNumber(minNotional.units, minNotional.scale) * 5000) / price;
  return Math.max(1, size * 10 ** stepSize.scale);
}

function textOf({ units, scale }: Fixed): string {
  return `${units}e-${scale}`;
}
