import type { Amounts, OrderApi } from "../connectivity/ordersApi.ts";
import type { Decimal } from "../domain/decimal.ts";
import { ConnectionError } from "../domain/errors.ts";
import { formatFixed } from "../domain/fixed.ts";
import type { Position } from "../domain/position.ts";
import { normalizeSymbol } from "../domain/symbol.ts";
import { TradeHistory } from "./exchangePositions.ts";

const usualQuotes = ["USDT", "USDC", "USD", "EUR"] as const;

export interface HoldingsOptions {
  /** Markets whose bases are priced in them, before any other. @default none */
  readonly symbols?: readonly string[];
  /** Currencies that are money, never positions, and that these are priced in, best first. @default USDT, USDC, USD, EUR */
  readonly quotes?: readonly string[];
}

/** Balances, and what they are as positions. Own trades are read once; later only those that followed. */
export class Holdings {
  readonly #api: OrderApi;
  readonly #symbols: readonly string[];
  readonly #quotes: readonly string[];
  readonly #histories = new Map<string, TradeHistory>();

  constructor(api: OrderApi, { symbols = [], quotes = usualQuotes }: HoldingsOptions = {}) {
    this.#api = api;
    this.#symbols = symbols.map(normalizeSymbol);
    this.#quotes = quotes;
  }

  async balances(): Promise<Record<string, Decimal>> {
    const amounts = Object.entries(await this.#api.balances());
    const totals = amounts.map(([currency, amount]) => [currency, total(amount)] as const);
    return Object.fromEntries(totals.filter(([, amount]) => !amount.isZero()));
  }

  async positions(): Promise<Position[]> {
    const positions: Position[] = [];
    for (const [currency, balance] of Object.entries(await this.balances())) {
      const symbol = this.#marketOf(currency);
      if (symbol === null || balance.lt(formatFixed(this.#api.rules(symbol).instrument.lot))) continue;
      positions.push(await this.#position(symbol, balance));
    }
    return positions;
  }

  async #position(symbol: string, balance: Decimal): Promise<Position> {
    let history = this.#histories.get(symbol);
    if (history === undefined) {
      history = new TradeHistory(this.#api.rules(symbol).instrument);
      this.#histories.set(symbol, history);
    }
    const { lastId } = history;
    history.add(await this.#api.trades(symbol, lastId === null ? { time: 0 } : { id: lastId }));
    return history.position(balance, await this.#api.lastPrice(symbol));
  }

  /** Where the coin is traded: in one of the markets named, else in the first of our quote currencies. */
  #marketOf(currency: string): string | null {
    if (this.#quotes.includes(currency)) return null;
    const named = this.#symbols.filter((symbol) => symbol.startsWith(`${currency}/`));
    const usual = this.#quotes.map((quote) => `${currency}/${quote}`);
    return [...named, ...usual].find((symbol) => this.#trades(symbol)) ?? null;
  }

  #trades(symbol: string): boolean {
    try {
      this.#api.rules(symbol);
      return true;
    } catch (error) {
      if (error instanceof ConnectionError && error.code === "GEO-VENUE-UNSUPPORTED") return false;
      throw error;
    }
  }
}

function total({ free, locked }: Amounts): Decimal {
  return free.plus(locked);
}
