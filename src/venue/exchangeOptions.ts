import type { Fixed } from "../domain/fixed.ts";
import type { Millis } from "../domain/time.ts";
import type { SymbolRules } from "./contract.ts";
import type { PriceBar, PriceRow } from "./priceSource.ts";
import type { WalkOptions } from "./randomWalk.ts";

export interface ExchangeOptions {
  /** The exchange's own time: the machine's, or one that runs faster. It must not go back. */
  readonly clock: () => Millis;
  /** @default the usual ones, on random walks */
  readonly markets?: readonly MarketOptions[];
  /** The same seed, clock and requests give the same exchange. @default 1 */
  readonly seed?: number;
  /** By name. */
  readonly accounts?: Readonly<Record<string, AccountOptions>>;
  /** Of accounts that are not named. @default 10,000 USDT, 1 BTC; commissions of 0.1 % */
  readonly defaultAccount?: AccountOptions;
  /** Of the book, a side. @default 1000 */
  readonly levels?: number;
}

export interface MarketOptions {
  readonly rules: SymbolRules;
  readonly prices: PriceOptions;
}

export type PriceOptions =
  | ({ readonly kind: "walk"; readonly price: Fixed } & WalkOptions)
  | ({ readonly kind: "rows" } & RowOptions);

export interface RowOptions {
  /** In order of time. */
  readonly rows: Iterable<PriceRow | PriceBar>;
  /** Time of the row that is the present when the exchange opens; earlier ones are its history. @default the first */
  readonly from?: Millis;
  /** When that is, on the exchange's clock. @default when it opens */
  readonly at?: Millis;
  /** So many times as fast as the rows' times are apart. @default 1 */
  readonly speed?: number;
}

export interface AccountOptions {
  /** By asset, decimal texts with at most 8 decimals. */
  readonly balances: Readonly<Record<string, string>>;
  /** Fractions of the traded value. @default 0.001 */
  readonly maker?: string;
  readonly taker?: string;
  /** Commissions are taken in BNB, 25 % off, as long as there is some. @default false */
  readonly payInBnb?: boolean;
}
