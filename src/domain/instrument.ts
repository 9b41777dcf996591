import { z } from "zod";
import { numericText } from "./decimal.ts";
import { ValidationError } from "./errors.ts";
import type { Fixed } from "./fixed.ts";
import { compareFixed, multiplyFixed, parseFixed, pow10, widen } from "./fixed.ts";
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
  /** Quote value of one unit at price 1. */
  readonly multiplier: Fixed;
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
}

/** Without instrument data: lot 1e-8, no tick, no minimum notional, multiplier 1. */
export function createInstrument(symbol: string, options: InstrumentOptions = {}): Instrument {
  const name = normalizeSymbol(symbol);
  return Object.freeze({
    symbol: name,
    venue: normalizeVenue(options.venue ?? "SIMULATED"),
    ...currenciesOf(name),
    tick: options.tick === undefined ? null : positive(options.tick, "tick"),
    lot: positive(options.lot ?? "0.00000001", "lot"),
    minNotional: options.minNotional === undefined ? null : notNegative(options.minNotional, "minNotional"),
    multiplier: positive(options.multiplier ?? "1", "multiplier"),
    volumeUnit: options.volumeUnit ?? "unknown",
  });
}

/** Quote value of one unit at `price`. */
export function unitValue({ multiplier }: Instrument, price: Fixed): Fixed {
  if (multiplier.units === 1n && multiplier.scale === 0) return price;
  return multiplyFixed(price, multiplier);
}

/** Is `quantity` (units of the lot), each worth `value`, less than the venue's smallest order? */
export function isTooSmall({ minNotional, lot }: Instrument, quantity: bigint, value: Fixed): boolean {
  if (minNotional === null) return false;
  return compareFixed(multiplyFixed({ units: quantity, scale: lot.scale }, value), minNotional) < 0;
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
