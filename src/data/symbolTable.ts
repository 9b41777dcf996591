import { normalizeSymbol } from "../domain/symbol.ts";
import type { RowBatch } from "./rowBatch.ts";

const mostSymbols = 65_535;

/** The symbols of a file in order of appearance; several spellings of one symbol share an index. */
export class SymbolTable {
  readonly symbols: string[];
  readonly #indexOf = new Map<string, number>();

  /** @param symbols those known from an earlier pass */
  constructor(symbols: readonly string[] = []) {
    this.symbols = [...symbols];
  }

  /** Index of the symbol that a cell names, or undefined when it names none. */
  indexOf(text: string): number | undefined {
    return this.#indexOf.get(text) ?? this.#add(text);
  }

  /** What was expected of the cell, or undefined when it was stored. */
  store(text: string, row: number, batch: RowBatch): string | undefined {
    const index = this.indexOf(text);
    if (index === undefined) return "a symbol such as BTCUSDT, BTC/USDT or AAPL";
    batch.symbols![row] = index;
    return undefined;
  }

  #add(text: string): number | undefined {
    const symbol = symbolOrNone(text);
    if (symbol === undefined || this.symbols.length >= mostSymbols) return undefined;
    let index = this.symbols.indexOf(symbol);
    if (index < 0) index = this.symbols.push(symbol) - 1;
    this.#indexOf.set(text, index);
    return index;
  }
}

/** The symbol in its one spelling, or undefined when `text` names none. */
export function symbolOrNone(text: string): string | undefined {
  try {
    return normalizeSymbol(text);
  } catch {
    return undefined;
  }
}
