import { fixedAt } from "../domain/columns.ts";
import { ValidationError } from "../domain/errors.ts";
import { formatFixed } from "../domain/fixed.ts";
import type { BarChunk, MarketChunk } from "../domain/market.ts";
import type { MarketStream } from "../domain/ports.ts";
import { isoTime, type Millis } from "../domain/time.ts";
import { RangeOfRows } from "./rangeOfRows.ts";
import { sliceChunk } from "./sliceChunk.ts";

/** How well a finer file tells what the bars of a coarse one hide. */
export interface DetailReport {
  readonly bars: number;
  /** Bars in which the finer file has no row: orders match on the bar itself. */
  readonly withoutDetail: number;
  /** Bars whose open, high, low or close differ from what the finer rows make; these match all the same. */
  readonly disagreeing: number;
  readonly firstDisagreement: { readonly openTime: Millis; readonly what: string } | null;
  /** Finer rows between two bars, where the coarse file has none: left out. */
  readonly rowsOutside: number;
}

/**
 * Bars with what happened inside them: orders match on the rows of `finer` (of any kind), strategies see the bars of
 * `coarse` alone. Bars and trades must make the coarse bars' prices; quotes and books are of another nature. To each bar belong the finer rows formed within [openTime, time); they come first, marked
 * `hidden`, then the bar, marked `derived`, as nothing may fill on it a second time. Times never decrease.
 */
export class DetailedStream<C extends MarketChunk = MarketChunk> implements MarketStream<BarChunk | C> {
  readonly #coarse: MarketStream<MarketChunk>;
  readonly #finer: MarketStream<C>;
  #report = new ReportBuilder();

  constructor(coarse: MarketStream<MarketChunk>, finer: MarketStream<C>) {
    this.#coarse = coarse;
    this.#finer = finer;
  }

  /** Of the reading under way, or of the last one. */
  get report(): DetailReport {
    return { ...this.#report };
  }

  /**
   * @throws ValidationError GEO-DATA-SYMBOL when the two are not of one and the same symbol; GEO-DATA-VALUE when a
   * finer bar lies across the end of a coarse one
   */
  async *events(): AsyncGenerator<BarChunk | C, void, undefined> {
    this.#report = new ReportBuilder();
    const rows = new FinerRows(this.#finer);
    try {
      for await (const chunk of this.#coarse.events()) yield* this.#resolve(chunk, rows);
    } finally {
      await rows.close();
    }
  }

  async *#resolve(coarse: MarketChunk, finer: FinerRows<C>): AsyncGenerator<BarChunk | C, void, undefined> {
    if (coarse.kind !== "bar" || coarse.instrumentOf !== null) {
      throw new ValidationError("GEO-DATA-SYMBOL", "detail: expected bars of one symbol, found other data", {
        hint: "Give finer data for one file of bars of one symbol.",
      });
    }
    // Bars without detail that follow each other leave together.
    let plain = 0;
    for (let row = 0; row < coarse.length; row++) {
      const [open, end] = [coarse.openTimes[row]!, coarse.times[row]!];
      this.#report.bars++;
      this.#report.rowsOutside += await finer.skipTo(open, this.#report.bars > 1);
      const range = new RangeOfRows();
      let some = false;
      for (let part = await finer.next(end); part !== null; part = await finer.next(end)) {
        if (plain < row) yield sliceChunk(coarse, plain, row);
        plain = row;
        some = true;
        range.add(part);
        yield sameMarket(part, coarse);
      }
      if (!some) {
        this.#report.withoutDetail++;
        continue;
      }
      if (!range.isEmpty) this.#report.check(coarse, row, range);
      yield { ...sliceChunk(coarse, row, row + 1), derived: true };
      plain = row + 1;
    }
    if (plain < coarse.length) yield sliceChunk(coarse, plain, coarse.length);
  }
}

/** The finer rows as rows of the coarse instrument: orders and holdings know an instrument by its identity. */
function sameMarket<C extends MarketChunk>(part: C, { instruments }: BarChunk): C {
  const [finer, coarse] = [part.instruments[0]!, instruments[0]!];
  if (part.instrumentOf === null && finer.symbol === coarse.symbol)
    return { ...part, instruments, hidden: true };
  const found = part.instruments.map(({ symbol }) => symbol).join(", ");
  throw new ValidationError("GEO-DATA-SYMBOL", `detail: expected ${coarse.symbol}, found ${found}`, {
    hint: "The finer file must be of the same symbol, and of no other.",
  });
}

class ReportBuilder implements DetailReport {
  bars = 0;
  withoutDetail = 0;
  disagreeing = 0;
  firstDisagreement: DetailReport["firstDisagreement"] = null;
  rowsOutside = 0;

  check(coarse: BarChunk, row: number, range: RangeOfRows): void {
    const what = range.difference(coarse, row);
    if (what === null) return;
    this.disagreeing++;
    if (this.firstDisagreement !== null) return;
    const text = `${what.field} ${formatFixed(fixedAt(coarse[what.field], row))}, in detail ${formatFixed(what.found)}`;
    this.firstDisagreement = { openTime: coarse.openTimes[row]!, what: text };
  }
}

/** The finer rows in order, handed out by the bars they belong to. */
class FinerRows<C extends MarketChunk> {
  readonly #iterator: AsyncIterator<C>;
  #chunk: C | null = null;
  #row = 0;
  #ended = false;

  constructor(stream: MarketStream<C>) {
    this.#iterator = stream.events()[Symbol.asyncIterator]();
  }

  /** Passes over the rows formed before `time`; returns how many there were, if they are to be counted. */
  async skipTo(time: Millis, counted: boolean): Promise<number> {
    let skipped = 0;
    for (let chunk = await this.#fill(); chunk !== null; chunk = await this.#fill()) {
      const formed = formedTimes(chunk);
      const before = this.#row;
      while (this.#row < chunk.length && formed[this.#row]! < time) this.#row++;
      skipped += this.#row - before;
      if (this.#row < chunk.length) break;
    }
    return counted ? skipped : 0;
  }

  /** The next rows that were formed before `end`, as far as one chunk has them; null when there are no more. */
  async next(end: Millis): Promise<C | null> {
    const chunk = await this.#fill();
    if (chunk === null) return null;
    const formed = formedTimes(chunk);
    const from = this.#row;
    let to = from;
    while (to < chunk.length && formed[to]! < end) to++;
    if (to === from) return null;
    if (chunk.times[to - 1]! > end) throw across(chunk, to - 1, end);
    this.#row = to;
    return sliceChunk(chunk, from, to);
  }

  async close(): Promise<void> {
    if (!this.#ended) await this.#iterator.return?.();
  }

  async #fill(): Promise<C | null> {
    while (!this.#ended && (this.#chunk === null || this.#row === this.#chunk.length)) {
      const result = await this.#iterator.next();
      this.#ended = result.done === true;
      this.#chunk = this.#ended ? null : result.value;
      this.#row = 0;
    }
    return this.#chunk;
  }
}

function formedTimes(chunk: MarketChunk): Float64Array {
  return chunk.kind === "bar" ? chunk.openTimes : chunk.times;
}

function across(chunk: MarketChunk, row: number, end: Millis): ValidationError {
  const [from, to] = [isoTime(formedTimes(chunk)[row]!), isoTime(chunk.times[row]!)];
  return new ValidationError(
    "GEO-DATA-VALUE",
    `detail: expected finer bars that end with the coarse ones, found one from ${from} to ${to} across ${isoTime(end)}`,
    { hint: "Take finer bars whose length divides that of the coarse ones, or trades." },
  );
}
