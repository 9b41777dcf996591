import type { Candle } from "../connectivity/marketApi.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { BarChunk } from "../domain/market.ts";
import type { Millis, Timeframe } from "../domain/time.ts";
import { ColumnBuilder } from "./columnBuilder.ts";
import { parseAmount } from "./localBook.ts";

/** Closed candles of one instrument on their way into a chunk. */
export class BarRows {
  readonly #instrument: Instrument;
  readonly #timeframe: Timeframe;
  readonly #times: Millis[] = [];
  readonly #openTimes: Millis[] = [];
  readonly #columns = {
    open: new ColumnBuilder(),
    high: new ColumnBuilder(),
    low: new ColumnBuilder(),
    close: new ColumnBuilder(),
    volume: new ColumnBuilder(),
  };

  constructor(instrument: Instrument, timeframe: Timeframe) {
    this.#instrument = instrument;
    this.#timeframe = timeframe;
  }

  add(time: Millis, candle: Candle): void {
    this.#times.push(time);
    this.#openTimes.push(candle.openTime);
    for (const name of ["open", "high", "low", "close", "volume"] as const) {
      this.#columns[name].push(parseAmount(candle[name])!);
    }
  }

  *take(): Generator<BarChunk, void, undefined> {
    const { open, high, low, close, volume } = this.#columns;
    yield {
      kind: "bar",
      length: this.#times.length,
      instruments: [this.#instrument],
      instrumentOf: null,
      times: Float64Array.from(this.#times),
      timeframe: this.#timeframe,
      openTimes: Float64Array.from(this.#openTimes),
      open: open.finish(),
      high: high.finish(),
      low: low.finish(),
      close: close.finish(),
      volume: volume.finish(),
      derived: false,
    };
  }
}
