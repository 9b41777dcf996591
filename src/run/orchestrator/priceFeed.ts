import { type Fixed, parseFixed } from "../../domain/fixed.ts";
import { createInstrument, type Instrument } from "../../domain/instrument.ts";
import type { DataSource } from "../../domain/ports.ts";
import type { Millis } from "../../domain/time.ts";

type Told = (instrument: Instrument, price: Fixed, time: Millis) => Promise<void>;

/** The prices of a venue's data source, for the symbols that are traded there. */
export class PriceFeed {
  readonly #source: DataSource;
  readonly #venue: string;
  readonly #symbols: Set<string>;
  readonly #told: Told;
  readonly #problem: (error: unknown) => void;
  #running = false;

  constructor(
    source: DataSource,
    options: { venue: string; symbols: readonly string[]; told: Told; problem: (error: unknown) => void },
  ) {
    this.#source = source;
    this.#venue = options.venue;
    this.#symbols = new Set(options.symbols);
    this.#told = options.told;
    this.#problem = options.problem;
  }

  /** @throws ConnectionError */
  async start(): Promise<void> {
    await this.#source.connect();
    this.#running = true;
    // A source that came to its end is no problem; one that failed is.
    this.#source.done.catch(this.#problem);
    for (const symbol of this.#symbols) this.#subscribe(symbol);
  }

  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    for (const symbol of this.#symbols) this.#source.unsubscribe(symbol);
    await this.#source.disconnect();
  }

  /** From now on its prices come, too. */
  add(symbol: string): void {
    if (this.#symbols.has(symbol)) return;
    this.#symbols.add(symbol);
    if (this.#running) this.#subscribe(symbol);
  }

  #subscribe(symbol: string): void {
    const instrument = createInstrument(symbol, { venue: this.#venue });
    this.#source.subscribe(symbol, ({ price, time }) => {
      this.#told(instrument, parseFixed(price.toFixed()), time).catch(this.#problem);
    });
  }
}
