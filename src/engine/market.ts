import type { Holding } from "../account/holding.ts";
import { numberAt } from "../domain/columns.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { BarChunk, MarketChunk, TickChunk } from "../domain/market.ts";
import { type Millis, parseTimeframe } from "../domain/time.ts";
import { BarSeries } from "./barSeries.ts";
import { CloseHistory } from "./closeHistory.ts";
import { illegal } from "./request.ts";
import { BarView, PositionView, pointBar, pointTick, TickView } from "./views.ts";

export interface MarketOptions {
  readonly timeframes: readonly string[];
  /** No bars in the run: closes are the ticks themselves. */
  readonly ticksArePrices: boolean;
  /** What came up to then is warm-up. */
  readonly tradeFrom: Millis;
}

/** What the engine knows of one instrument: the past, the last price, the views it shows to strategies. */
export class Market {
  readonly instrument: Instrument;
  readonly holding: Holding;
  readonly bar: BarView;
  readonly tick: TickView;
  readonly position: PositionView;
  readonly series = new Map<string, BarSeries>();
  /** Bars (or, without bars, ticks) seen so far. */
  seen = 0;
  bars = 0;
  /** Prints are what fills here, and such fills have no bar. */
  hasTicks = false;
  /** The first price of the measured range, for buy and hold. */
  firstPrice = Number.NaN;
  readonly #history: CloseHistory;
  readonly #ticksArePrices: boolean;
  readonly #tradeFrom: Millis;
  #beforeRange = true;

  constructor(instrument: Instrument, holding: Holding, options: MarketOptions) {
    const { timeframes, ticksArePrices, tradeFrom } = options;
    this.instrument = instrument;
    this.#tradeFrom = tradeFrom;
    this.bar = new BarView(instrument.symbol);
    this.tick = new TickView(instrument.symbol);
    this.#ticksArePrices = ticksArePrices;
    this.#history = new CloseHistory(instrument);
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
    const series = new BarSeries(this.instrument, frame);
    this.series.set(frame.label, series);
    return series;
  }

  observeBar(chunk: BarChunk, row: number): void {
    const close = numberAt(chunk.close, row);
    // A bar made of ticks that are in the run themselves brings no new price.
    if (!chunk.derived) this.holding.markAt(chunk.close, row, close);
    this.#history.observe(chunk, row);
    pointBar(this.bar, chunk, row, this.bars, close);
    if (this.#beforeRange) this.#start(chunk.times[row]!, close);
    this.seen = ++this.bars;
    if (this.series.size > 0) for (const series of this.series.values()) series.add(chunk, row);
  }

  observeTick(chunk: TickChunk, row: number): void {
    const price = numberAt(chunk.price, row);
    this.holding.markAt(chunk.price, row, price);
    this.hasTicks = true;
    if (this.#beforeRange) this.#start(chunk.times[row]!, price);
    if (this.#ticksArePrices) {
      this.#history.observe(chunk, row);
      this.seen++;
    }
  }

  /** Several prints of one time are each shown as themselves. */
  showTick(chunk: TickChunk, row: number): void {
    pointTick(this.tick, chunk, row, numberAt(chunk.price, row));
  }

  observe(chunk: MarketChunk, row: number): void {
    if (chunk.kind === "bar") this.observeBar(chunk, row);
    else this.observeTick(chunk, row);
  }

  #start(time: Millis, price: number): void {
    if (time <= this.#tradeFrom) return;
    this.#beforeRange = false;
    this.firstPrice = price;
  }
}
