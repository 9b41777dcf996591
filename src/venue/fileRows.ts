import { ValidationError } from "../domain/errors.ts";
import { compareFixed } from "../domain/fixed.ts";
import type { Millis } from "../domain/time.ts";
import type { RowOptions } from "./exchangeOptions.ts";
import {
  type Grid,
  type PriceBar,
  type PriceRow,
  type PriceSource,
  pointsOf,
  type SourcePosition,
  type SourceTrade,
  sizeUnitsOf,
} from "./priceSource.ts";

/** A trade on the file's clock. */
interface FileTrade extends SourceTrade {
  readonly fileTime: Millis;
}

/** The trades of a file, on the exchange's clock: `at + (time − from) / speed`. */
export class FileRows implements PriceSource {
  /** The first trade of all: where the market's own time begins. */
  readonly first: SourceTrade;
  readonly #trades: Iterator<SourceTrade>;
  #upcoming: SourceTrade | null;
  #turn = 0;
  #last: SourceTrade;

  /**
   * @param opened when the exchange opened
   * @param turn how many trades there were before it goes on
   * @throws ValidationError GEO-DATA-EMPTY without any row, GEO-DATA-ORDER when one is older than the one before it
   */
  constructor({ rows, from, at, speed = 1 }: RowOptions, grid: Grid, opened: Millis, turn = 0) {
    this.#trades = onClock(tradesOf(rows, grid), from ?? null, at ?? opened, speed);
    const first = this.#trades.next();
    if (first.done) throw new ValidationError("GEO-DATA-EMPTY", "prices of a market: found no row");
    this.first = first.value;
    this.#last = first.value;
    this.#upcoming = first.value;
    while (this.#turn < turn && this.#upcoming !== null) this.next();
  }

  get nextTime(): Millis {
    return this.#upcoming?.time ?? Number.POSITIVE_INFINITY;
  }

  get position(): SourcePosition {
    return { turn: this.#turn, time: this.#last.time, price: this.#last.price };
  }

  next(): SourceTrade {
    const trade = this.#upcoming!;
    const next = this.#trades.next();
    this.#upcoming = next.done ? null : next.value;
    this.#last = trade;
    this.#turn++;
    return trade;
  }
}

function* onClock(
  trades: Iterable<FileTrade>,
  from: Millis | null,
  at: Millis,
  speed: number,
): Generator<SourceTrade> {
  let start = from;
  for (const { fileTime, price, size, taker } of trades) {
    start ??= fileTime;
    yield { time: at + Math.round((fileTime - start) / speed), price, size, taker };
  }
}

function* tradesOf(rows: Iterable<PriceRow | PriceBar>, grid: Grid): Generator<FileTrade> {
  let [time, price, taker] = [Number.NEGATIVE_INFINITY, 0, "BUY" as SourceTrade["taker"]];
  for (const row of rows) {
    for (const one of "openTime" in row ? ofBar(row) : [row]) {
      if (one.time < time) {
        throw new ValidationError(
          "GEO-DATA-ORDER",
          `prices: expected time ${time} or later, found ${one.time}`,
        );
      }
      const points = pointsOf(one.price, grid);
      taker = one.side ?? (points === price ? taker : points > price ? "BUY" : "SELL");
      const size = one.volume === null ? grid.step : sizeUnitsOf(one.volume, grid);
      [time, price] = [one.time, points];
      yield { fileTime: one.time, time: 0, price, size, taker };
    }
  }
}

/** Open, the nearer extreme first, close: evenly over the bar, so that nothing is known before its time. */
function ofBar({ openTime, closeTime, open, high, low, close, volume }: PriceBar): readonly PriceRow[] {
  const rises = compareFixed(close, open) >= 0;
  const third = (closeTime - openTime) / 3;
  const quarter = volume === null ? null : { units: volume.units * 25n, scale: volume.scale + 2 };
  return [open, rises ? low : high, rises ? high : low, close].map((price, n) => {
    // The last one still belongs to the bar.
    const time = n === 3 ? Math.max(openTime, closeTime - 1) : Math.floor(openTime + third * n);
    return { time, price, volume: quarter };
  });
}
