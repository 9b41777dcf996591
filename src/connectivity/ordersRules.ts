import { z } from "zod";
import { numericText } from "../domain/decimal.ts";
import { type Fixed, formatFixed, parseFixed } from "../domain/fixed.ts";
import { createInstrument } from "../domain/instrument.ts";
import type { OrderRules } from "./ordersApi.ts";

const filters = z.object({
  quoteAssetPrecision: z.coerce.number().int().default(8),
  filters: z.array(z.looseObject({ filterType: z.string() })),
});

/** From `exchangeInfo`, whose texts are exact. */
export function binanceRules(symbol: string, info: unknown): OrderRules {
  const { filters: list, quoteAssetPrecision } = filters.parse(info);
  const field = (types: readonly string[], name: string): Fixed | null => {
    const filter = list.find(({ filterType, ...rest }) => types.includes(filterType) && name in rest);
    return bound(filter?.[name]);
  };
  const marketMost = field(["MARKET_LOT_SIZE"], "maxQty");
  const most = field(["LOT_SIZE"], "maxQty");
  return rulesOf(symbol, "BINANCE", {
    tick: field(["PRICE_FILTER"], "tickSize"),
    lot: field(["LOT_SIZE"], "stepSize"),
    minNotional: field(["NOTIONAL", "MIN_NOTIONAL"], "minNotional"),
    minPrice: field(["PRICE_FILTER"], "minPrice"),
    maxPrice: field(["PRICE_FILTER"], "maxPrice"),
    minQuantity: field(["LOT_SIZE"], "minQty"),
    maxQuantity: most,
    maxMarketQuantity: marketMost ?? most,
    maxNotional: field(["NOTIONAL"], "maxNotional"),
    valueScale: quoteAssetPrecision,
    mostStops: countOf(field(["MAX_NUM_ALGO_ORDERS"], "maxNumAlgoOrders")),
  });
}

const range = z.object({ min: z.unknown().optional(), max: z.unknown().optional() }).partial().nullish();
const unified = z.object({
  precision: z.object({ amount: z.unknown().optional(), price: z.unknown().optional() }),
  limits: z.object({ amount: range, price: range, cost: range }).partial(),
});

/** ccxt's way of counting precision: 2 decimals or a step of 0.01. */
const decimalPlaces = 2;
const tickSize = 4;

/** From ccxt's picture of the market; texts where it has them, else the shortest text of its numbers. */
export function unifiedRules(
  symbol: string,
  venue: string,
  market: unknown,
  precisionMode: number,
): OrderRules {
  const { precision, limits } = unified.parse(market);
  const step = (value: unknown): Fixed | null => {
    if (value === undefined || value === null) return null;
    if (precisionMode === decimalPlaces) return { units: 1n, scale: Number(value) };
    // Significant digits are no grid: such a venue checks on its own.
    return precisionMode === tickSize ? bound(value) : null;
  };
  const maxQuantity = bound(limits.amount?.max);
  return rulesOf(symbol, venue, {
    tick: step(precision.price),
    lot: step(precision.amount),
    minNotional: bound(limits.cost?.min),
    minPrice: bound(limits.price?.min),
    maxPrice: bound(limits.price?.max),
    minQuantity: bound(limits.amount?.min),
    maxQuantity,
    maxMarketQuantity: maxQuantity,
    maxNotional: bound(limits.cost?.max),
    valueScale: step(precision.price)?.scale ?? 8,
    mostStops: null,
  });
}

/** Decimals that venues count coins in. */
const coinDecimals = 8;

type Grid = Omit<OrderRules, "instrument"> & {
  readonly tick: Fixed | null;
  readonly lot: Fixed | null;
  readonly minNotional: Fixed | null;
};

function rulesOf(symbol: string, venue: string, { tick, lot, minNotional, ...bounds }: Grid): OrderRules {
  const text = (value: Fixed | null) => (value === null ? undefined : formatFixed(value));
  const instrument = createInstrument(symbol, {
    venue,
    tick: text(tick),
    lot: text(lot),
    minNotional: text(minNotional),
    volumeUnit: "base",
    // A fee taken in the coin itself leaves parts of a lot.
    quantityScale: Math.max(coinDecimals, lot?.scale ?? 0),
  });
  return { instrument, ...bounds };
}

function countOf(bound: Fixed | null): number | null {
  return bound === null ? null : Number(bound.units);
}

/** Venues say "no bound" by 0 or by saying nothing. */
function bound(value: unknown): Fixed | null {
  if (value === undefined || value === null || value === "") return null;
  const exact = parseFixed(numericText(value, "limit"));
  return exact.units > 0n ? exact : null;
}
