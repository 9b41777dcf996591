import { describe } from "../domain/decimal.ts";
import { type BacktestDocument, readDocument } from "./document.ts";
import {
  accepted,
  decimalOf,
  type Fields,
  fail,
  given,
  isObject,
  numberOf,
  objectOf,
  schema,
  timeOf,
} from "./fields.ts";

export { computeFromInput, type InputOptions } from "./fromInput.ts";

/** What `geosync metrics` can read. */
export type TradeInput = BacktestDocument | TradeList | ReturnSeries;

/** Closed trades; all of them have a pnl, or all a return, or both. */
export interface TradeList {
  readonly kind: "trades";
  readonly trades: readonly ListedTrade[];
}

export interface ListedTrade {
  /** Net, exact decimal. */
  readonly pnl?: string | undefined;
  readonly return?: number | undefined;
  readonly bars?: number | undefined;
  readonly fees?: string | undefined;
  /** Epoch ms, as is `exitTime`. */
  readonly entryTime?: number | undefined;
  readonly exitTime?: number | undefined;
}

/** Periodic returns, one a period of unknown length. */
export interface ReturnSeries {
  readonly kind: "returns";
  readonly returns: readonly number[];
}

/**
 * Reads parsed JSON: a `geosync.backtest/1` document, its `trades` array, `[{ pnl }]`, `[{ return }]` or a bare array of
 * returns. Numbers may be JSON numbers or decimal strings. An empty array is a list of no trades.
 *
 * @throws ValidationError GEO-VALUE naming the index and the field that is not as expected
 */
export function readTradeInput(json: unknown): TradeInput {
  if (Array.isArray(json)) return readArray(json);
  if (!isObject(json)) return fail(`expected ${accepted}, found ${describe(json)}`);
  if (json.schema === schema) return readDocument(json);
  return fail(`schema: expected "${schema}", found ${describe(json.schema)}`);
}

function readArray(rows: readonly unknown[]): TradeList | ReturnSeries {
  if (rows.length === 0 || isObject(rows[0])) return { kind: "trades", trades: readTrades(rows) };
  return { kind: "returns", returns: rows.map((value, i) => numberOf(value, `[${i}]`)) };
}

const results = ["pnl", "return"] as const;

/** A result that only some trades have would be measured on those alone, so it is refused. */
function readTrades(rows: readonly unknown[]): readonly ListedTrade[] {
  const first = rows[0];
  const expected = results.filter((name) => isObject(first) && given(first[name]));
  return rows.map((row, i) => {
    const fields = objectOf(row, `[${i}]`, 'a trade { "pnl": … } or { "return": … }');
    if (expected.length === 0) fail(`[${i}]: expected "pnl" or "return" in a trade, found ${keysOf(fields)}`);
    for (const name of results) {
      if (given(fields[name]) === expected.includes(name)) continue;
      const rule = expected.includes(name) ? "a number or a decimal string" : "no value";
      fail(`[${i}].${name}: expected ${rule}, as in the trade before it, found ${describe(fields[name])}`);
    }
    return readTrade(fields, `[${i}]`);
  });
}

function readTrade(fields: Fields, at: string): ListedTrade {
  const read = <T>(name: keyof ListedTrade, as: (value: unknown, at: string) => T): T | undefined =>
    given(fields[name]) ? as(fields[name], `${at}.${name}`) : undefined;
  return {
    pnl: read("pnl", decimalOf),
    return: read("return", numberOf),
    bars: read("bars", numberOf),
    fees: read("fees", decimalOf),
    entryTime: read("entryTime", timeOf),
    exitTime: read("exitTime", timeOf),
  };
}

function keysOf(fields: Fields): string {
  return Object.keys(fields).join(", ") || "an empty object";
}
