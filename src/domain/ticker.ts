import { z } from "zod";
import { Decimal, describe, type Numeric, toDecimal } from "./decimal.ts";
import { ValidationError } from "./errors.ts";
import { type MarketMetadata, marketMetadata } from "./instrument.ts";
import { earliest, latest, type Millis, parseIso } from "./time.ts";

/** What `Ticker.create` takes. `timestamp`: a Date, epoch milliseconds, or ISO 8601 (UTC unless it names an offset). */
export interface TickerInput {
  readonly symbol: string;
  readonly venue: string;
  readonly price: Numeric;
  readonly volume?: Numeric;
  readonly timestamp: Date | Millis | string;
}

const shape = z.strictObject({
  symbol: z.string(),
  venue: z.string(),
  price: z.unknown(),
  volume: z.unknown().optional(),
  timestamp: z.unknown(),
});

/** One immutable market data tick: exact decimal price and volume, UTC time. */
export class Ticker {
  readonly kind = "tick";
  readonly metadata: MarketMetadata;
  readonly price: Decimal;
  readonly volume: Decimal;
  /** UTC epoch milliseconds. */
  readonly time: Millis;

  private constructor(metadata: MarketMetadata, price: Decimal, volume: Decimal, time: Millis) {
    this.metadata = metadata;
    this.price = price;
    this.volume = volume;
    this.time = time;
    Object.freeze(this);
  }

  get symbol(): string {
    return this.metadata.symbol;
  }

  get venue(): string {
    return this.metadata.venue;
  }

  /** A fresh Date, so that no caller can move the tick's own. */
  get timestamp(): Date {
    return new Date(this.time);
  }

  /** @throws ValidationError GEO-VALUE that names the field: price must be > 0, volume ≥ 0, the time between 1800 and 2200. */
  static create(input: TickerInput): Ticker {
    const parsed = shape.safeParse(input);
    if (!parsed.success) throw new ValidationError("GEO-VALUE", `Ticker: ${z.prettifyError(parsed.error)}`);
    const { symbol, venue, price, volume, timestamp } = parsed.data;
    return new Ticker(
      marketMetadata({ symbol, venue }),
      atLeast(price, "Ticker.price", (value) => value.gt(0), "more than 0"),
      atLeast(volume ?? 0, "Ticker.volume", (value) => value.gte(0), "0 or more"),
      timeOf(timestamp),
    );
  }
}

function atLeast(
  value: unknown,
  field: string,
  holds: (value: Decimal) => boolean,
  expected: string,
): Decimal {
  const exact = toDecimal(value as Numeric, field);
  if (!holds(exact)) {
    throw new ValidationError("GEO-VALUE", `${field}: expected ${expected}, found ${exact.toFixed()}`);
  }
  return new Decimal(exact);
}

function timeOf(value: unknown): Millis {
  const time =
    value instanceof Date ? value.getTime() : typeof value === "string" ? parseIso(value.trim()) : value;
  if (typeof time !== "number" || !(time >= earliest && time <= latest)) {
    throw new ValidationError(
      "GEO-VALUE",
      `Ticker.timestamp: expected a Date, epoch milliseconds or ISO 8601 between 1800 and 2200, found ${describe(value)}`,
    );
  }
  return time;
}
