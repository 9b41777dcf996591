import { describe } from "../domain/decimal.ts";
import { ValidationError } from "../domain/errors.ts";

/**
 * How much to buy, for strategy authors: plain functions of plain numbers. Fractions go to `ctx.buy({ fraction })`,
 * quantities to `ctx.buy({ quantity })`, where the engine rounds them down to the lot.
 */

export interface FixedFraction {
  /** `ctx.equity`. */
  readonly equity: number;
  /** Share of equity to hold: 0.1 is a tenth. */
  readonly fraction: number;
  /** What the order is expected to pay for one unit. */
  readonly price: number;
  /** Value of one unit at price 1. @default 1 */
  readonly multiplier?: number;
}

/**
 * Fixed fraction: quantity = equity × fraction / (price × multiplier). As orders by `quantity` must be payable with
 * their fee, a fraction of 1 is refused where there is one; `ctx.buy({ fraction: 1 })` leaves room for it.
 * @throws ValidationError GEO-VALUE naming the argument
 */
export function fixedFraction(options: FixedFraction): number {
  const read = reader("fixedFraction", options);
  const equity = read.equity();
  return (equity * read.above("fraction")) / (read.above("price") * read.above("multiplier", 1));
}

export interface VolatilityTarget {
  /** Volatility a year that the position should have: 0.15 is 15 %. */
  readonly target: number;
  /** Volatility of the market a year, such as `stddev(20)` of daily returns × √252. */
  readonly volatility: number;
  /** Largest fraction to return, however calm the market. @default 1 */
  readonly max?: number;
}

/**
 * Volatility target: fraction of equity = target / volatility, at most `max`, which is also the answer for a market
 * that does not move. Moreira and Muir, "Volatility-Managed Portfolios" (2017), scale by the inverse of the variance;
 * the inverse of the deviation is what funds with a volatility target do.
 * @throws ValidationError GEO-VALUE naming the argument
 */
export function volatilityTarget(options: VolatilityTarget): number {
  const read = reader("volatilityTarget", options);
  const target = read.above("target");
  const volatility = read.notNegative("volatility");
  return Math.min(read.above("max", 1), target / volatility);
}

export interface KellyFraction {
  /** Share of trades that win, 0 to 1. */
  readonly winRate: number;
  /** Average win / |average loss|. */
  readonly payoff: number;
  /** How much of the Kelly fraction to take. @default 0.5 */
  readonly share?: number;
  /** Largest fraction to return. @default 1 */
  readonly max?: number;
}

/**
 * Kelly fraction of equity: share × (W − (1 − W) / payoff), from 0 (no edge, no bet) to `max`. Kelly, "A New
 * Interpretation of Information Rate" (1956), for bets that lose all they stake. The full fraction grows fastest and
 * suffers most: half of it keeps three quarters of the growth (Thorp, "The Kelly Criterion", 2006).
 * @throws ValidationError GEO-VALUE naming the argument
 */
export function kellyFraction(options: KellyFraction): number {
  const read = reader("kellyFraction", options);
  const winRate = read.notNegative("winRate");
  if (winRate > 1) throw fault("kellyFraction", "winRate", "a share from 0 to 1", winRate);
  const kelly = winRate - (1 - winRate) / read.above("payoff");
  return Math.min(read.above("max", 1), Math.max(0, read.share("share", 0.5) * kelly));
}

export interface RiskPerTrade {
  /** `ctx.equity`. */
  readonly equity: number;
  /** Share of equity to lose when the stop is hit: 0.01 is 1 %. */
  readonly risk: number;
  /** Price at which the order is expected to fill. */
  readonly entry: number;
  /** Price of the stop: below the entry for a long, above it for a short. */
  readonly stop: number;
  /** What a unit costs besides its price, in and out, as a share of the entry: 0.002 for 0.1 % a side. @default 0 */
  readonly costs?: number;
  /** Value of one unit at price 1. @default 1 */
  readonly multiplier?: number;
  /** Largest share of equity that the position may be worth, however near the stop. @default 1 */
  readonly max?: number;
}

/**
 * Risk per trade: quantity = equity × risk / ((|entry − stop| + costs × entry) × multiplier), at most what
 * max × equity buys at entry × (1 + costs). A gap beyond the stop loses more. Van Tharp, "Trade Your Way to Financial
 * Freedom" (1998), calls it the per cent risk model.
 * @throws ValidationError GEO-VALUE naming the argument; for a stop at the entry, whose risk is undefined
 */
export function riskPerTrade(options: RiskPerTrade): number {
  const read = reader("riskPerTrade", options);
  const equity = read.equity();
  const risk = read.share("risk");
  const entry = read.above("entry");
  const stop = read.above("stop");
  const costs = read.notNegative("costs", 0);
  const multiplier = read.above("multiplier", 1);
  if (stop === entry) throw fault("riskPerTrade", "stop", "a price other than the entry", stop);
  const loss = (Math.abs(entry - stop) + costs * entry) * multiplier;
  const most = (read.above("max", 1) * equity) / (entry * (1 + costs) * multiplier);
  return Math.min(most, (equity * risk) / loss);
}

/** Reads the members of an options object, each with its rule. A NaN is refused: an indicator was not ready. */
function reader(name: string, options: object) {
  if (typeof options !== "object" || options === null) throw fault(name, "options", "an object", options);
  const given = options as Readonly<Record<string, unknown>>;
  const read = (key: string, expected: string, holds: (value: number) => boolean, usual?: number): number => {
    const value = given[key] ?? usual;
    if (typeof value === "number" && Number.isFinite(value) && holds(value)) return value;
    throw fault(name, key, expected, value);
  };
  return {
    above: (key: string, usual?: number) => read(key, "a finite number above 0", (value) => value > 0, usual),
    notNegative: (key: string, usual?: number) =>
      read(key, "a finite number, 0 or more", (value) => value >= 0, usual),
    share: (key: string, usual?: number) =>
      read(key, "a share above 0, at most 1", (value) => value > 0 && value <= 1, usual),
    /** Equity that is gone buys nothing; it is no fault of the caller. */
    equity: () =>
      Math.max(
        0,
        read("equity", "a finite number", () => true),
      ),
  };
}

function fault(name: string, key: string, expected: string, found: unknown): ValidationError {
  const hint = Number.isNaN(found)
    ? "Indicators are NaN until they are ready: wait for ctx.ready."
    : undefined;
  const message = `${name}: ${key}: expected ${expected}, found ${describe(found)}`;
  return new ValidationError("GEO-VALUE", message, { hint });
}
