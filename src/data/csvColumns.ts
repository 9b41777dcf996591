import { ValidationError } from "../domain/errors.ts";
import type { VolumeUnit } from "../domain/instrument.ts";
import { currenciesOf } from "../domain/symbol.ts";
import { Header, type Spelling } from "./csvHeader.ts";
import { type RowKind, role } from "./csvLayout.ts";
import type { CsvOptions } from "./csvOptions.ts";

/** What the header says: which column is what, and hence what rows are. */
export interface CsvColumns {
  readonly kind: RowKind;
  readonly priceOnly: boolean;
  readonly roles: readonly number[];
  /** For quotes: sizes of bid and ask. */
  readonly hasVolume: boolean;
  readonly volumeUnit: VolumeUnit | undefined;
}

/**
 * Works out the columns from the names in the header. A column named close makes price-only rows bars, one named
 * price makes them ticks; an adjusted close is never taken for the close.
 * @param firstRow cells of the first row, to tell an index from a time
 * @throws ValidationError GEO-DATA-HEADER that lists what was found and what is needed
 */
export function resolveColumns(
  path: string,
  names: readonly string[],
  firstRow: readonly string[],
  symbol: string,
  options: CsvOptions,
): CsvColumns {
  const header = new Header(path, names);
  refuseOtherKinds(header);
  const { time, clock } = timeColumns(header, firstRow, options);
  const prices = priceColumns(header, options);
  const volume = volumeColumn(header, prices.kind, symbol, options);
  if (time === undefined) throw header.missing("a time column (timestamp, time, date, open_time …)", "time");

  const roles: number[] = names.map(() => role.ignored);
  for (const [slot, column] of prices.columns.entries()) roles[column] = slot;
  roles[time] = role.time;
  if (clock !== undefined) roles[clock] = role.clock;
  if (volume.column !== undefined && roles[volume.column] === role.ignored) {
    roles[volume.column] = prices.columns.length;
  }
  header.assign(roles, "symbol", role.symbol);
  if (prices.kind === "tick") {
    if (!header.assign(roles, "side", role.side)) header.assign(roles, "buyerMaker", role.buyerMaker);
    header.assign(roles, "id", role.id);
  }
  return {
    kind: prices.kind,
    priceOnly: prices.kind === "bar" && prices.columns.length === 1,
    roles,
    hasVolume: volume.column !== undefined,
    volumeUnit: volume.unit,
  };
}

/** Roles of the files that come without a header. */
export function headerlessColumns(
  width: number,
): { names: readonly string[]; columns: CsvColumns } | undefined {
  if (width !== 12 && width !== 6) return undefined;
  const names = Array.from({ length: width }, (_, i) => headerlessNames[i] ?? `column ${i + 1}`);
  const roles = names.map((_, i) => (i === 0 ? role.time : i < 6 ? i - 1 : role.ignored));
  // Twelve columns are a kline dump of Binance, whose volume is in base units.
  const volumeUnit = width === 12 ? "base" : undefined;
  return { names, columns: { kind: "bar", priceOnly: false, roles, hasVolume: true, volumeUnit } };
}

const headerlessNames = ["time", "open", "high", "low", "close", "volume"];

function refuseOtherKinds(header: Header): void {
  const what = otherKind(header);
  if (what === undefined) return;
  throw new ValidationError(
    "GEO-DATA-HEADER",
    `${header.path}: expected bars or trades, found ${what}: ${header.list()}`,
    { hint: "Give bars (OHLCV) or trades here." },
  );
}

function otherKind(header: Header): string | undefined {
  const has = (...names: readonly string[]) => names.some((name) => header.plain.includes(name));
  // It has a side, a price and an amount like a file of trades, but nothing in it was traded.
  if (has("issnapshot") && has("price")) return "changes of an order book";
  const trades = ["open", "price", "close"] as const;
  if (trades.some((kind) => header.find(kind) !== undefined)) return undefined;
  if (has("fundingrate", "lastfundingrate", "funding")) return "funding rates";
  const quotes = header.find("bid") !== undefined && header.find("ask") !== undefined;
  return quotes ? "quotes (bid and ask)" : undefined;
}

/** The time, and the time of day beside the date when a file keeps them in two columns. */
export function timeColumns(
  header: Header,
  firstRow: readonly string[],
  options: CsvOptions,
  kind: Spelling = "time",
): { time: number | undefined; clock: number | undefined } {
  if (options.timeColumn !== undefined) return { time: header.named(options.timeColumn), clock: undefined };
  const time = header.find(kind);
  const date = header.plain.indexOf("date");
  const clock = header.plain.indexOf("time");
  if (date >= 0 && clock >= 0 && (time === date || time === clock)) {
    if (/^\s*\d{1,2}:?\d{2}(?::?\d{2}(?:\.\d+)?)?\s*$/.test(firstRow[clock] ?? ""))
      return { time: date, clock };
  }
  // pandas writes the index first, under an empty name; a running number is not a time.
  const index = header.plain[0] === "" && !/^\d{1,7}$/.test(firstRow[0] ?? "") ? 0 : undefined;
  return { time: time ?? index, clock: undefined };
}

interface Prices {
  readonly kind: "bar" | "tick";
  /** Columns in the order of the slots. */
  readonly columns: readonly number[];
}

function priceColumns(header: Header, options: CsvOptions): Prices {
  const [open, high, low] = [header.find("open"), header.find("high"), header.find("low")];
  const price = header.find("price");
  const close = header.find("close");
  if (options.priceColumn !== undefined) {
    const chosen = header.named(options.priceColumn);
    if (chosen === close && open !== undefined && high !== undefined && low !== undefined) {
      return { kind: "bar", columns: [open, high, low, close] };
    }
    return { kind: chosen === price && open === undefined ? "tick" : "bar", columns: [chosen] };
  }
  if (open === undefined && high === undefined && low === undefined) {
    if (close !== undefined) return { kind: "bar", columns: [close] };
    if (price !== undefined) return { kind: "tick", columns: [price] };
    throw header.missing(
      "open, high, low and close (bars), or a price (trades)",
      ...(["open", "high", "low", "close", "price"] as const),
    );
  }
  const last = close ?? price;
  if (open === undefined || high === undefined || low === undefined || last === undefined) {
    throw header.missing("open, high, low and close", "open", "high", "low", "close");
  }
  return { kind: "bar", columns: [open, high, low, last] };
}

function volumeColumn(
  header: Header,
  kind: "bar" | "tick",
  symbol: string,
  options: CsvOptions,
): { column: number | undefined; unit: VolumeUnit | undefined } {
  if (options.volumeColumn !== undefined)
    return { column: header.named(options.volumeColumn), unit: undefined };
  const order = kind === "bar" ? (["volume", "amount"] as const) : (["amount", "volume"] as const);
  const plain = header.find(order[0]);
  if (plain !== undefined) return { column: plain, unit: undefined };
  return volumeOfCurrency(header, symbol) ?? { column: header.find(order[1]), unit: undefined };
}

/** "Volume BTC" and "Volume USDT": the base currency's is the one that can limit fills. */
function volumeOfCurrency(header: Header, symbol: string): { column: number; unit: VolumeUnit } | undefined {
  const named = [...header.plain.entries()]
    .map(([column, name]) => ({ column, currency: /^vol(?:ume)?([a-z0-9]{2,10})$/.exec(name)?.[1] }))
    .filter((entry) => entry.currency !== undefined);
  if (named.length === 0) return undefined;
  const { base, quote } = currenciesOf(symbol);
  const ofBase = named.find((entry) => entry.currency === base.toLowerCase());
  if (ofBase !== undefined) return { column: ofBase.column, unit: "base" };
  const foreign = named.find((entry) => entry.currency !== quote.toLowerCase());
  return foreign === undefined
    ? { column: named[0]!.column, unit: "quote" }
    : { column: foreign.column, unit: "unknown" };
}
