import { z } from "zod";
import { numericText } from "./decimal.ts";
import { ValidationError } from "./errors.ts";
import type { Fixed } from "./fixed.ts";
import { compareFixed, divideUp, multiplyFixed, parseFixed, pow10, widen } from "./fixed.ts";
import { inverseUnitValue } from "./inverse.ts";
import { currenciesOf, normalizeSymbol, normalizeVenue } from "./symbol.ts";

/** What the volume column counts; only `base` can limit fills. */
export type VolumeUnit = "base" | "quote" | "contracts" | "ticks" | "unknown";

/** A tradable thing and its market rules. Quantities are integers of 10^-`lot.scale`, multiples of the lot. */
export interface Instrument {
  readonly symbol: string;
  readonly venue: string;
  readonly base: string;
  readonly quote: string;
  /** The currency in which profit is paid. */
  readonly settle: string;
  /** Smallest price step; null: prices are taken as given. */
  readonly tick: Fixed | null;
  /** Smallest quantity step. */
  readonly lot: Fixed;
  /** Smallest order value in quote currency; null: none. */
  readonly minNotional: Fixed | null;
  /** Quote value of one unit at price 1; of an inverse contract, its quote value at any price. */
  readonly multiplier: Fixed;
  /** Profit and loss change hands, the thing itself does not: no value is paid for it, nothing is borrowed to sell it. */
  readonly contract: boolean;
  /** A contract of a fixed quote value, settled in the base coin: quantity × multiplier / price is what it is worth. */
  readonly inverse: boolean;
  /** Maintenance margin as a fraction of a position's value; null: the account's own. */
  readonly maintenance: Fixed | null;
  readonly volumeUnit: VolumeUnit;
}

/** Symbol and venue in one spelling, as the integration reference has them. */
export interface MarketMetadata {
  readonly symbol: string;
  readonly venue: string;
}

const metadataShape = z.object({ symbol: z.string(), venue: z.string() });

export function marketMetadata(input: { symbol: string; venue: string }): MarketMetadata {
  const parsed = metadataShape.safeParse(input);
  if (!parsed.success) {
    throw new ValidationError("GEO-VALUE", `MarketMetadata: ${z.prettifyError(parsed.error)}`);
  }
  return Object.freeze({
    symbol: normalizeSymbol(parsed.data.symbol),
    venue: normalizeVenue(parsed.data.venue),
  });
}

export interface InstrumentOptions {
  readonly venue?: string | undefined;
  readonly lot?: string | undefined;
  readonly tick?: string | undefined;
  readonly minNotional?: string | undefined;
  readonly multiplier?: string | undefined;
  readonly volumeUnit?: VolumeUnit | undefined;
  /** @default true for BTC/USDT:USDT and what has a multiplier */
  readonly contract?: boolean | undefined;
  /** @default true when settled in the base, as BTC/USD:BTC */
  readonly inverse?: boolean | undefined;
  /** Maintenance margin, a fraction of the value. */
  readonly maintenance?: string | undefined;
  /** Decimals that quantities are counted in where the lot has fewer: a fee charged in base coins takes parts of a lot. */
  readonly quantityScale?: number | undefined;
}

/** Without instrument data: lot 1e-8, no tick, no minimum notional, multiplier 1. */
export function createInstrument(symbol: string, options: InstrumentOptions = {}): Instrument {
  const name = normalizeSymbol(symbol);
  const currencies = currenciesOf(name);
  const { base, quote, settle } = currencies;
  const inverse = options.inverse ?? (settle === base && settle !== quote);
  const multiplier = positive(options.multiplier ?? "1", "multiplier");
  const lot = positive(options.lot ?? "0.00000001", "lot");
  return Object.freeze({
    symbol: name,
    venue: normalizeVenue(options.venue ?? "SIMULATED"),
    base,
    quote,
    settle: inverse ? base : settle,
    tick: options.tick === undefined ? null : positive(options.tick, "tick"),
    lot: options.quantityScale === undefined ? lot : countedIn(options.quantityScale, lot),
    minNotional: options.minNotional === undefined ? null : notNegative(options.minNotional, "minNotional"),
    multiplier,
    contract: options.contract ?? (inverse || /\/.*:/.test(name) || compareFixed(multiplier, one) !== 0),
    inverse,
    maintenance: options.maintenance === undefined ? null : notNegative(options.maintenance, "maintenance"),
    volumeUnit: options.volumeUnit ?? "unknown",
  });
}

/**
 * What one unit is worth at `price` in the settlement currency. Exact, but for inverse contracts: theirs is a quotient,
 * at 18 decimals rounded up.
 */
export function unitValue({ multiplier, inverse }: Instrument, price: Fixed): Fixed {
  if (inverse) return inverseUnitValue(multiplier, price);
  return isOne(multiplier) ? price : multiplyFixed(price, multiplier);
}

/** Is `quantity` (units of the lot), each worth `value`, less than the venue's smallest order? */
export function isTooSmall(instrument: Instrument, quantity: bigint, value: Fixed): boolean {
  const { minNotional, lot, inverse, multiplier } = instrument;
  if (minNotional === null) return false;
  // The value of an inverse contract in quote currency is its face, whatever it is worth in coins.
  const each = inverse ? multiplier : value;
  return compareFixed(multiplyFixed({ units: quantity, scale: lot.scale }, each), minNotional) < 0;
}

/** A commission of `rate` (0 or more) taken from `quantity` itself, raised to a whole unit of 10^-lot.scale. */
export function baseFee({ lot }: Instrument, quantity: bigint, rate: Fixed): Fixed {
  const exact = multiplyFixed({ units: quantity, scale: lot.scale }, rate);
  return { units: divideUp(exact, one, lot.scale), scale: lot.scale };
}

/** Largest multiple of the lot within `quantity`, towards zero, in units of 10^-lot.scale. */
export function snapQuantity(instrument: Instrument, quantity: Fixed): bigint {
  const { lot } = instrument;
  const excess = quantity.scale - lot.scale;
  // bigint division truncates towards zero: down for a long, up for a short, never larger than asked.
  const units =
    excess > 0 ? quantity.units / pow10(excess) : widen(quantity.units, quantity.scale, lot.scale);
  return wholeLots(units, instrument);
}

/** The multiple of the lot within `units`, towards zero. */
export function wholeLots(units: bigint, { lot }: Instrument): bigint {
  return lot.units === 1n ? units : units - (units % lot.units);
}

/** `price` on the grid of ticks; `up` decides the side that costs us. As given when there is no tick. */
export function snapPrice(instrument: Instrument, price: Fixed, up: boolean): Fixed {
  const { tick } = instrument;
  if (tick === null) return price;
  const scale = Math.max(price.scale, tick.scale);
  const units = widen(price.units, price.scale, scale);
  const step = widen(tick.units, tick.scale, scale);
  const rest = units % step;
  if (rest === 0n) return price;
  return { units: units - rest + (up ? step : 0n), scale };
}

const one: Fixed = { units: 1n, scale: 0 };

function isOne({ units, scale }: Fixed): boolean {
  return units === 1n && scale === 0;
}

function countedIn(scale: number, lot: Fixed): Fixed {
  if (!Number.isInteger(scale) || scale < lot.scale || scale > 18) {
    const expected = `a whole number from the lot's ${lot.scale} to 18`;
    throw new ValidationError("GEO-VALUE", `quantityScale: expected ${expected}, found ${scale}`);
  }
  return { units: widen(lot.units, lot.scale, scale), scale };
}

function positive(text: string, field: string): Fixed {
  const value = parseFixed(numericText(text, field));
  if (value.units <= 0n)
    throw new ValidationError("GEO-VALUE", `${field}: expected more than 0, found ${text}`);
  return value;
}

function notNegative(text: string, field: string): Fixed {
  const value = parseFixed(numericText(text, field));
  if (value.units < 0n) throw new ValidationError("GEO-VALUE", `${field}: expected 0 or more, found ${text}`);
  return value;
}
