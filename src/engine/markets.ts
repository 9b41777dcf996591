import { ValidationError } from "../domain/errors.ts";
import type { Instrument } from "../domain/instrument.ts";
import { instrumentAt, type MarketChunk } from "../domain/market.ts";
import { Market, type MarketState } from "./market.ts";
import type { EngineOptions } from "./options.ts";

/** The markets of a run, one an instrument, made as they appear. Remembers the last one asked for. */
export class Markets {
  readonly all = new Map<Instrument, Market>();
  readonly #options: EngineOptions;
  /** Whose holdings they show. */
  readonly #owner: number;
  #last: Market | null = null;
  /** The chunk all of whose rows are of the last market; null when there is none. */
  #chunk: MarketChunk | null = null;

  constructor(options: EngineOptions, owner: number) {
    this.#options = options;
    this.#owner = owner;
  }

  at(chunk: MarketChunk, row: number): Market {
    if (chunk === this.#chunk) return this.#last!;
    const market = this.of(instrumentAt(chunk, row));
    if (chunk.instrumentOf === null) this.#chunk = chunk;
    return market;
  }

  of(instrument: Instrument): Market {
    if (this.#last !== null && instrument === this.#last.instrument) return this.#last;
    this.#chunk = null;
    const market = this.all.get(instrument) ?? this.#add(instrument);
    this.#last = market;
    return market;
  }

  save(): readonly MarketState[] {
    return [...this.all.values()].map((market) => market.save());
  }

  /** In their order, which strategies see. */
  load(states: readonly MarketState[]): void {
    for (const state of states) this.of(state.instrument).load(state);
  }

  #add(instrument: Instrument): Market {
    const { account } = this.#options;
    if (instrument.settle !== account.currency) {
      throw new ValidationError(
        "GEO-DATA-SYMBOL",
        `${instrument.symbol} settles in ${instrument.settle}, the account in ${account.currency}: one run, one currency`,
        { hint: "Run the symbols of each currency by themselves." },
      );
    }
    const market = new Market(instrument, account.holdingOf(instrument, this.#owner), this.#options);
    this.all.set(instrument, market);
    return market;
  }
}
