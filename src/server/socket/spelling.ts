import { ValidationError } from "../../domain/errors.ts";
import type { TradingService } from "../service.ts";

/** The symbols a client asked for, each in its own spelling. */
export class Spelling {
  readonly #names: ReadonlyMap<string, string> | null;
  /** Two with the same say the same of everything. */
  readonly signature: string;

  /** @param names session's spelling → client's; null: all symbols, as the session spells them */
  private constructor(names: ReadonlyMap<string, string> | null) {
    this.#names = names;
    this.signature = names === null ? "" : JSON.stringify([...names]);
  }

  static readonly all = new Spelling(null);

  /** @throws ValidationError GEO-VALUE for what is no symbol or is there twice; GeoSyncError GEO-NOT-FOUND */
  static of(symbols: readonly string[], service: TradingService): Spelling {
    const names = new Map<string, string>();
    for (const spelled of symbols) {
      const { symbol } = service.instrument(spelled);
      const other = names.get(symbol);
      if (other !== undefined) {
        const both = `"${other}" and "${spelled}"`;
        throw new ValidationError("GEO-VALUE", `subscribe.symbols: expected each once, found ${both}`);
      }
      names.set(symbol, spelled);
    }
    return new Spelling(names);
  }

  /** As the client spells it; null: it did not ask for it. */
  of(symbol: string): string | null {
    return this.#names === null ? symbol : (this.#names.get(symbol) ?? null);
  }

  /** Those that were asked for, spelled as they were. */
  select<T extends { readonly symbol: string }>(items: readonly T[]): readonly T[] {
    if (this.#names === null) return items;
    return items.flatMap((item) => {
      const symbol = this.of(item.symbol);
      return symbol === null ? [] : [{ ...item, symbol }];
    });
  }

  /** For a client to see what was understood. */
  get symbols(): readonly string[] | null {
    return this.#names === null ? null : [...this.#names.values()];
  }
}
