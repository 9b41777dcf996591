import type { Holding } from "../account/holding.ts";
import { bestPrice, midsOf } from "../domain/bestPrices.ts";
import { type FixedColumn, numberAt } from "../domain/columns.ts";
import type { Fixed } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import {
  type BarChunk,
  isOffered,
  type MarketChunk,
  type OfferedChunk,
  type TickChunk,
} from "../domain/market.ts";
import type { OrderSide } from "../domain/order.ts";
import { type Millis, parseTimeframe } from "../domain/time.ts";
import { BarSeries, type BarSeriesState } from "./barSeries.ts";
import { CloseHistory } from "./closeHistory.ts";
import { BookView, pointBook, pointQuote, QuoteView } from "./offerViews.ts";
import { illegal } from "./request.ts";
import { BarView, PositionView, pointBar, pointTick, TickView } from "./views.ts";

export interface MarketOptions {
  readonly timeframes: readonly string[];
  /** No bars in the run: closes are the ticks themselves. Quotes and books never are. */
  readonly ticksArePrices: boolean;
  /** What came up to then is warm-up. */
  readonly tradeFrom: Millis;
  /** So many closes of a symbol, and bars of another timeframe, are kept and shown. @default all of the run */
  readonly historyLimit?: number | undefined;
}

/** Beside its holding, which the account saves. */
export interface MarketState {
  readonly instrument: Instrument;
  readonly seen: number;
  readonly bars: number;
  readonly hasTicks: boolean;
  readonly closesAt: Millis;
  readonly firstPrice: number;
  readonly isResolved: boolean;
  readonly beforeRange: boolean;
  readonly hasMid: boolean;
  readonly best: Best;
  readonly closes: Float64Array;
  readonly series: readonly BarSeriesState[];
}

/** What stands at the best of each side, as far as it is known. */
interface Best {
  readonly bid: Fixed | null;
  readonly ask: Fixed | null;
}

/** What the engine knows of one instrument: the past, the last price, the views it shows to strategies. */
export class Market {
  readonly instrument: Instrument;
  readonly holding: Holding;
  readonly bar: BarView;
  readonly tick: TickView;
  readonly quote: QuoteView;
  readonly book: BookView;
  readonly position: PositionView;
  readonly series = new Map<string, BarSeries>();
  /** Bars (or, without bars, ticks) seen so far. */
  seen = 0;
  bars = 0;
  /** Prints, quotes or books are what fills here, and such fills have no bar. */
  hasTicks = false;
  /** When the latest bar made of finer rows closed, or closes in this instant. */
  closesAt: Millis = Number.NaN;
  /** The first price of the measured range, for buy and hold. */
  firstPrice = Number.NaN;
  readonly #history: CloseHistory;
  readonly #ticksArePrices: boolean;
  readonly #tradeFrom: Millis;
  /** Its bars come with finer, hidden rows that fill in their place. */
  #isResolved = false;
  #beforeRange = true;
  /** The latest row of quotes or of a book, and the mids of its chunk. */
  #offered: OfferedChunk | null = null;
  #mids: FixedColumn | null = null;
  #row = 0;
  /** That row has a mid. */
  #hasMid = false;
  /** While there is no such row: what it showed before a restart. */
  #best: Best = { bid: null, ask: null };
  readonly #historyLimit: number;

  constructor(instrument: Instrument, holding: Holding, options: MarketOptions) {
    const { timeframes, ticksArePrices, tradeFrom, historyLimit = Number.POSITIVE_INFINITY } = options;
    this.instrument = instrument;
    this.#tradeFrom = tradeFrom;
    this.bar = new BarView(instrument.symbol);
    this.tick = new TickView(instrument.symbol);
    this.quote = new QuoteView(instrument.symbol);
    this.book = new BookView(instrument.symbol);
    this.#ticksArePrices = ticksArePrices;
    this.#historyLimit = historyLimit;
    this.#history = new CloseHistory(instrument, historyLimit);
    this.holding = holding;
    this.position = new PositionView(this.holding);
    for (const timeframe of timeframes) this.barsOf(timeframe);
  }

  /** Closes up to now, oldest first. */
  get closes(): Float64Array {
    return this.#history.values;
  }

  /** Closed bars of another timeframe; its history starts with the run, so it must be known by then. */
  barsOf(timeframe: string): BarSeries {
    const frame = parseTimeframe(timeframe, "bars");
    const known = this.series.get(frame.label);
    if (known !== undefined) return known;
    if (this.bars > 0) {
      throw illegal(
        `bars("${timeframe}"): first asked for at bar ${this.bars}, when its past is gone`,
        `Declare it in the strategy: timeframes: ["${timeframe}"].`,
      );
    }
    const series = new BarSeries(this.instrument, frame, this.#historyLimit);
    this.series.set(frame.label, series);
    return series;
  }

  /** The index that fills on a row carry, before it is observed: of its bar, or of the bar that hides it; else -1. */
  barOfFills(chunk: MarketChunk, row: number): number {
    if (chunk.hidden !== true) return chunk.kind === "bar" ? this.bars : -1;
    this.#isResolved = true;
    // A row at the very end of a bar that is just closing belongs to the next one.
    return chunk.times[row] === this.closesAt ? this.bars + 1 : this.bars;
  }

  observeBar(chunk: BarChunk, row: number, close: number): void {
    // A bar made of ticks that are in the run themselves brings no new price; hidden rows have brought none.
    if (!chunk.derived || this.#isResolved) this.holding.markAt(chunk.close, row, close);
    this.#history.observe(chunk, row);
    pointBar(this.bar, chunk, row, this.bars, close);
    if (this.#beforeRange) this.#start(chunk.times[row]!, close);
    this.seen = ++this.bars;
    if (this.series.size > 0) for (const series of this.series.values()) series.add(chunk, row);
  }

  observeTick(chunk: TickChunk, row: number): void {
    const price = numberAt(chunk.price, row);
    // Between bid and ask a print jumps to and fro; while both stand, their mid is the price.
    if (!this.#hasMid) this.holding.markAt(chunk.price, row, price);
    this.hasTicks = true;
    if (this.#beforeRange) this.#start(chunk.times[row]!, price);
    if (this.#ticksArePrices) {
      this.#history.observe(chunk, row);
      this.seen++;
    }
  }

  /**
   * What is held is worth the mid: the price that favours neither side, as venues mark. Getting out costs half a spread
   * more; that is paid by the fill, when there is one.
   */
  observeOffer(chunk: OfferedChunk, row: number): void {
    if (chunk !== this.#offered) {
      this.#offered = chunk;
      this.#mids = midsOf(chunk);
    }
    this.#row = row;
    this.hasTicks = true;
    const mids = this.#mids!;
    this.#hasMid = mids.mantissas[row] !== 0;
    if (!this.#hasMid) return;
    const mid = numberAt(mids, row);
    this.holding.markAt(mids, row, mid);
    if (this.#beforeRange) this.#start(chunk.times[row]!, mid);
  }

  /** What an order would find: the other side where it is known, else the last price. */
  priceFor(side: OrderSide): Fixed {
    return this.#bestOf(side === "buy" ? "ask" : "bid") ?? this.holding.marketPrice();
  }

  #bestOf(side: keyof Best): Fixed | null {
    return this.#offered === null ? this.#best[side] : bestPrice(this.#offered, this.#row, side);
  }

  save(): MarketState {
    const { instrument, seen, bars, hasTicks, closesAt, firstPrice, closes } = this;
    return {
      ...{ instrument, seen, bars, hasTicks, closesAt, firstPrice, closes },
      isResolved: this.#isResolved,
      beforeRange: this.#beforeRange,
      hasMid: this.#hasMid,
      best: { bid: this.#bestOf("bid"), ask: this.#bestOf("ask") },
      series: [...this.series.values()].map((series) => series.save()),
    };
  }

  load(state: MarketState): void {
    // Before its bars are counted: from then on no other series can be asked for.
    for (const series of state.series) this.barsOf(series.timeframe).load(series);
    const { seen, bars, hasTicks, closesAt, firstPrice } = state;
    Object.assign(this, { seen, bars, hasTicks, closesAt, firstPrice });
    this.#history.load(state.closes);
    this.#isResolved = state.isResolved;
    this.#beforeRange = state.beforeRange;
    this.#hasMid = state.hasMid;
    this.#best = state.best;
  }

  showOffer(chunk: OfferedChunk, row: number): void {
    if (chunk.kind === "quote") pointQuote(this.quote, chunk, row);
    else pointBook(this.book, chunk, row);
  }

  /** Several prints of one time are each shown as themselves. */
  showTick(chunk: TickChunk, row: number): void {
    pointTick(this.tick, chunk, row, numberAt(chunk.price, row));
  }

  observe(chunk: MarketChunk, row: number): void {
    if (chunk.kind === "bar") this.observeBar(chunk, row, numberAt(chunk.close, row));
    else if (isOffered(chunk)) this.observeOffer(chunk, row);
    else this.observeTick(chunk, row);
  }

  #start(time: Millis, price: number): void {
    if (time <= this.#tradeFrom) return;
    this.#beforeRange = false;
    this.firstPrice = price;
  }
}
