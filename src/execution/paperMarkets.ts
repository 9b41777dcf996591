import type { Account } from "../account/account.ts";
import { midsOf } from "../domain/bestPrices.ts";
import { type FixedColumn, fixedAt, numberAt } from "../domain/columns.ts";
import { ConnectionError, ValidationError } from "../domain/errors.ts";
import type { Fixed } from "../domain/fixed.ts";
import type { Instrument } from "../domain/instrument.ts";
import { instrumentAt, isOffered, type MarketEvent, type OfferedChunk } from "../domain/market.ts";

/** Closes kept for the volatility that some costs are made from. */
const closesKept = 64;

interface Seen {
  /** Bars so far. */
  bars: number;
  readonly closes: number[];
  price: Fixed | null;
  /** Quotes or books are there: their mid is the price, not the prints between bid and ask. */
  hasMid: boolean;
}

/** What the paper venue has seen of its markets: the last price of each, and the closes of its bars. */
export class PaperMarkets {
  readonly #instruments = new Map<string, Instrument>();
  readonly #seen = new Map<Instrument, Seen>();
  readonly #account: Account;
  #offered: OfferedChunk | null = null;
  #mids: FixedColumn | null = null;

  constructor(instruments: readonly Instrument[], account: Account) {
    this.#account = account;
    for (const instrument of instruments) this.add(instrument);
  }

  add(instrument: Instrument): void {
    this.#instruments.set(instrument.symbol, instrument);
    this.#seen.set(instrument, { bars: 0, closes: [], price: null, hasMid: false });
  }

  /** @throws ConnectionError GEO-VENUE-UNSUPPORTED */
  instrument(symbol: string): Instrument {
    const instrument = this.#instruments.get(symbol);
    if (instrument !== undefined) return instrument;
    const known = [...this.#instruments.keys()].join(", ");
    throw new ConnectionError(`paper: expected a symbol that it was made for (${known}), found ${symbol}`, {
      code: "GEO-VENUE-UNSUPPORTED",
      hint: "Name its instrument in the adapter's options.",
    });
  }

  priceOf(instrument: Instrument): Fixed | null {
    return this.#seen.get(instrument)?.price ?? null;
  }

  closesOf(instrument: Instrument): readonly number[] {
    return this.#seen.get(instrument)?.closes ?? [];
  }

  /** The index that fills on the event carry: of its bar; -1 on ticks, quotes and books. */
  barOf({ chunk, row }: MarketEvent): number {
    return chunk.kind === "bar" ? this.#of(instrumentAt(chunk, row)).bars : -1;
  }

  /** After its fills: what the event says of the price. */
  observe({ chunk, row }: MarketEvent): void {
    const instrument = instrumentAt(chunk, row);
    const seen = this.#of(instrument);
    if (isOffered(chunk)) {
      const mids = this.#midsOf(chunk);
      seen.hasMid = mids.mantissas[row] !== 0;
      if (seen.hasMid) this.#mark(instrument, seen, mids, row);
      return;
    }
    const column = chunk.kind === "bar" ? chunk.close : chunk.price;
    if (chunk.kind === "bar") {
      seen.bars++;
      seen.closes.push(numberAt(column, row));
      if (seen.closes.length > closesKept) seen.closes.shift();
    }
    if (!seen.hasMid) this.#mark(instrument, seen, column, row);
  }

  #mark(instrument: Instrument, seen: Seen, column: FixedColumn, row: number): void {
    seen.price = fixedAt(column, row);
    this.#account.holdingOf(instrument).markAt(column, row, numberAt(column, row));
  }

  #midsOf(chunk: OfferedChunk): FixedColumn {
    if (this.#offered !== chunk || this.#mids === null) {
      this.#offered = chunk;
      this.#mids = midsOf(chunk);
    }
    return this.#mids;
  }

  /** Rules and books are kept by the very object: another one of the same name would be another market. */
  #of(instrument: Instrument): Seen {
    const seen = this.#seen.get(instrument);
    if (seen !== undefined) return seen;
    throw new ValidationError(
      "GEO-VALUE",
      `paper: expected market data of the instruments it was made for, found others (${instrument.symbol})`,
      { hint: "Give the adapter the same instrument objects as the source of its data." },
    );
  }
}
