import { describe } from "../../domain/decimal.ts";
import { ValidationError } from "../../domain/errors.ts";
import { marketMetadata } from "../../domain/instrument.ts";
import { didYouMean } from "../../domain/suggest.ts";
import { earliest, latest, type Millis, parseIso, parseTimeframe } from "../../domain/time.ts";
import type { BacktestOptions } from "../options.ts";

export interface MarketDataSourceOptions
  extends Pick<BacktestOptions, "stamp" | "badRows" | "lot" | "tick" | "minNotional" | "volumeUnit"> {
  /** A file of bars, trades, quotes or order books within an allowed root. */
  readonly path: string;
  /** Names a file of one symbol; in a file with a symbol column it selects that symbol. @default the file's own */
  readonly symbol?: string | undefined;
  /** @default "SIMULATED" */
  readonly venue?: string | undefined;
  /** Such as "1h". @default found in the data; bars of ticks are 1m */
  readonly timeframe?: string | undefined;
  /** First moment to trade: epoch ms, Date or ISO 8601. Bars before it only feed the warm-up. */
  readonly from?: Millis | string | Date | undefined;
  /** End of the period, exclusive. */
  readonly to?: Millis | string | Date | undefined;
}

const known = [
  ...["path", "symbol", "venue", "timeframe", "from", "to"],
  ...["stamp", "badRows", "lot", "tick", "minNotional", "volumeUnit"],
];

/** A file of one symbol's market data. A plain object of the same members will do. */
export class MarketDataSource implements MarketDataSourceOptions {
  readonly path: string;
  readonly symbol: string | undefined;
  readonly venue: string;
  readonly timeframe: string | undefined;
  readonly from: Millis | undefined;
  readonly to: Millis | undefined;
  readonly stamp: MarketDataSourceOptions["stamp"];
  readonly badRows: MarketDataSourceOptions["badRows"];
  readonly lot: string | undefined;
  readonly tick: string | undefined;
  readonly minNotional: string | undefined;
  readonly volumeUnit: MarketDataSourceOptions["volumeUnit"];

  /** @throws ValidationError GEO-VALUE or GEO-OPTION-VALUE naming the member */
  constructor(options: MarketDataSourceOptions) {
    if (typeof options !== "object" || options === null)
      throw wrong("an object { path, symbol, venue }", options);
    const unknown = Object.keys(options).find((name) => !known.includes(name));
    if (unknown !== undefined) {
      throw new ValidationError(
        "GEO-VALUE",
        `MarketDataSource: unknown member "${unknown}".${didYouMean(unknown, known)}`,
        { hint: `It may hold ${known.join(", ")}.` },
      );
    }
    const { symbol, venue, timeframe, from, to } = options;
    const market = marketMetadata({ symbol: symbol ?? "ANY", venue: venue ?? "SIMULATED" });
    if (timeframe !== undefined) parseTimeframe(timeframe, "MarketDataSource.timeframe");
    this.path = options.path;
    this.symbol = symbol === undefined ? undefined : market.symbol;
    this.venue = market.venue;
    this.timeframe = timeframe;
    this.from = timeOf(from, "from");
    this.to = timeOf(to, "to");
    this.stamp = options.stamp;
    this.badRows = options.badRows;
    this.lot = options.lot;
    this.tick = options.tick;
    this.minNotional = options.minNotional;
    this.volumeUnit = options.volumeUnit;
    Object.freeze(this);
  }
}

function timeOf(value: Millis | string | Date | undefined, member: string): Millis | undefined {
  if (value === undefined) return undefined;
  const time =
    value instanceof Date ? value.getTime() : typeof value === "string" ? parseIso(value.trim()) : value;
  if (typeof time === "number" && time >= earliest && time <= latest) return time;
  throw wrong("epoch ms, a Date or ISO 8601 between 1800 and 2200", value, member);
}

function wrong(expected: string, found: unknown, member?: string): ValidationError {
  const field = member === undefined ? "MarketDataSource" : `MarketDataSource.${member}`;
  return new ValidationError("GEO-VALUE", `${field}: expected ${expected}, found ${describe(found)}`);
}
