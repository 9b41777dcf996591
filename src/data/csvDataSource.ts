import { fixedAt } from "../domain/columns.ts";
import { ConnectionError, GeoSyncError, ValidationError } from "../domain/errors.ts";
import { formatFixed } from "../domain/fixed.ts";
import type { TradedChunk } from "../domain/market.ts";
import type { DataSource } from "../domain/ports.ts";
import { normalizeSymbol } from "../domain/symbol.ts";
import { Ticker } from "../domain/ticker.ts";
import { isoTime } from "../domain/time.ts";
import { type CsvFile, openCsv } from "./csvFile.ts";
import type { CsvOptions } from "./csvOptions.ts";

export interface CsvDataSourceOptions
  extends Omit<CsvOptions, "symbol" | "defaultSymbol" | "instrument" | "hash" | "chunkRows" | "warmupRows"> {
  /** @default "CSV" */
  readonly venue?: string | undefined;
}

type Callback = (tick: Ticker) => void;

/**
 * A CSV file as the integration reference's data source. The columns default to `timestamp`, `close` and `volume`,
 * or the usual other spellings (of a trade file, `price`); a column that is named but missing is refused.
 *
 *     const source = new CsvDataSource("data.csv");
 *     await source.connect();
 *     source.subscribe("BTCUSD", (tick) => console.log(tick.price.toString()));
 *     await source.replay();
 *
 * A tick carries the stamp of its row as the file has it: the open of a bar, unless stamps are closes.
 */
export class CsvDataSource implements DataSource {
  readonly #path: string;
  readonly #options: CsvDataSourceOptions;
  readonly #callbacks = new Map<string, Callback>();
  #file: CsvFile | null = null;
  #done = deferred();

  constructor(path: string, options: CsvDataSourceOptions = {}) {
    this.#path = path;
    this.#options = options;
  }

  /** Settles with the first replay since `connect`, or when the source is disconnected. */
  get done(): Promise<void> {
    return this.#done.promise;
  }

  /** @throws ConnectionError when there is no such file; ValidationError GEO-DATA-… when it is not market data */
  async connect(): Promise<void> {
    const { venue: _, ...options } = this.#options;
    try {
      this.#file = await openCsv(this.#path, { ...options, defaultSymbol: "SYMBOL", hash: false });
    } catch (cause) {
      if (!(cause instanceof GeoSyncError) || cause.code !== "GEO-FILE") throw cause;
      throw new ConnectionError(cause.message, { hint: cause.hint, cause });
    }
    this.#done = deferred();
  }

  async disconnect(): Promise<void> {
    this.#file = null;
    this.#callbacks.clear();
    this.#done.resolve();
  }

  /** @throws ValidationError GEO-VALUE when `symbol` is none */
  subscribe(symbol: string, callback: Callback): void {
    this.#callbacks.set(normalizeSymbol(symbol), callback);
  }

  unsubscribe(symbol: string): void {
    this.#callbacks.delete(normalizeSymbol(symbol));
  }

  /**
   * Calls the callback of `symbol` with every row, in order of time; of a file with a symbol column, with the rows of
   * that symbol. Ends early when the callback is unsubscribed or the source disconnected.
   * @param symbol default: the one that is subscribed to
   * @throws ConnectionError when not connected; ValidationError without a callback or for a bad row;
   * GeoSyncError GEO-STRATEGY-THREW with the cause when the callback throws
   */
  async replay(symbol?: string): Promise<void> {
    if (this.#file === null) {
      throw new ConnectionError(`${this.#path}: expected a connected source, found it not connected`, {
        hint: "Call connect() first.",
      });
    }
    const name = this.#subscribed(symbol);
    try {
      await this.#play(name, this.#file);
      this.#done.resolve();
    } catch (error) {
      this.#done.reject(error);
      throw error;
    }
  }

  #subscribed(symbol: string | undefined): string {
    const names = [...this.#callbacks.keys()];
    const name = symbol === undefined && names.length === 1 ? names[0]! : symbol && normalizeSymbol(symbol);
    if (name !== undefined && this.#callbacks.has(name)) return name;
    const found = names.length === 0 ? "none" : names.join(", ");
    throw new ValidationError(
      "GEO-VALUE",
      `replay: expected a callback for ${symbol ?? "one symbol"}, found callbacks for ${found}`,
      { hint: "Call subscribe(symbol, callback) first, and name the symbol when there are several." },
    );
  }

  async #play(symbol: string, file: CsvFile): Promise<void> {
    const { venue = "CSV", stamp = "open" } = this.#options;
    for await (const chunk of file.chunks()) {
      const instrument = wantedInstrument(chunk, symbol);
      if (instrument === undefined) throw absent(file, symbol);
      const prices = chunk.kind === "bar" ? chunk.close : chunk.price;
      const stamps = chunk.kind === "bar" && stamp === "open" ? chunk.openTimes : chunk.times;
      for (let row = 0; row < chunk.length; row++) {
        if (chunk.instrumentOf !== null && chunk.instrumentOf[row] !== instrument) continue;
        const callback = this.#callbacks.get(symbol);
        if (callback === undefined || this.#file !== file) return;
        const price = formatFixed(fixedAt(prices, row));
        const volume = formatFixed(fixedAt(chunk.volume, row));
        call(callback, Ticker.create({ symbol, venue, price, volume, timestamp: stamps[row]! }));
      }
    }
  }
}

/** Index of the symbol; a file without a symbol column holds whatever symbol it is replayed for. */
function wantedInstrument(chunk: TradedChunk, symbol: string): number | undefined {
  if (chunk.instrumentOf === null) return 0;
  const index = chunk.instruments.findIndex((instrument) => instrument.symbol === symbol);
  return index < 0 ? undefined : index;
}

function absent(file: CsvFile, symbol: string): ValidationError {
  return new ValidationError(
    "GEO-DATA-SYMBOL",
    `${file.path}: expected the symbol ${symbol}, found ${file.symbols.slice(0, 20).join(", ")}`,
    { hint: "Subscribe to one of these." },
  );
}

function call(callback: Callback, tick: Ticker): void {
  try {
    callback(tick);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GeoSyncError(
      "GEO-STRATEGY-THREW",
      `the callback of ${tick.symbol} threw at ${isoTime(tick.time)}: ${reason}`,
      { cause, hint: "Correct the callback; the rest of the file was not replayed." },
    );
  }
}

interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

function deferred(): Deferred {
  let resolve: () => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  // Nobody has to listen to `done`: replay itself reports the failure.
  promise.catch(() => {});
  return { promise, resolve, reject };
}
